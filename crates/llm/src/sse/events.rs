//! Server-sent events (WHATWG HTML, section 9.2.6), in a time that grows with their bytes, however these come in pieces.

use std::{mem, ops::Range};

use crate::{Error, Result};

/// One event; never without data.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Event {
    /// Empty when it has none.
    pub(super) name: String,
    pub(super) data: String,
}

/// What came of a stream and was not taken yet.
#[derive(Default)]
pub(super) struct Events {
    bytes: Vec<u8>,
    /// Where the next line begins.
    line: usize,
    /// Before this there is no end of that line.
    searched: usize,
    /// The line before ended with CR: an LF here belongs to it.
    after_cr: bool,
    /// A line was read already.
    begun: bool,
    name: String,
    data: String,
}

impl Events {
    /// Adds what has come.
    pub(super) fn push(&mut self, piece: &[u8]) {
        self.bytes.drain(..self.line);
        self.searched -= self.line;
        self.line = 0;
        self.bytes.extend_from_slice(piece);
    }

    /// The next event, if it has come whole.
    ///
    /// # Errors
    /// [`Error::InvalidResponse`] when it is no UTF-8.
    pub(super) fn next(&mut self) -> Result<Option<Event>> {
        while let Some(line) = self.next_line() {
            let line = std::str::from_utf8(&self.bytes[line])
                .map_err(|_| Error::InvalidResponse("it is no stream of events".into()))?;
            let mark = if mem::replace(&mut self.begun, true) { "" } else { "\u{feff}" };
            let line = line.strip_prefix(mark).unwrap_or(line);
            if line.is_empty() {
                let (name, mut data) = (mem::take(&mut self.name), mem::take(&mut self.data));
                data.pop();
                if !data.is_empty() {
                    return Ok(Some(Event { name, data }));
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "event" => value.clone_into(&mut self.name),
                "data" => {
                    self.data.push_str(value);
                    self.data.push('\n');
                }
                // Comments, and what is for those who connect again.
                _ => {}
            }
        }
        Ok(None)
    }

    /// Where the next line is, without its end (CR, LF or both), if that has come.
    fn next_line(&mut self) -> Option<Range<usize>> {
        if self.after_cr && self.line < self.bytes.len() {
            self.after_cr = false;
            self.line += usize::from(self.bytes[self.line] == b'\n');
            self.searched = self.line;
        }
        let found = self.bytes[self.searched..].iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        let Some(length) = found else {
            self.searched = self.bytes.len();
            return None;
        };
        let (begin, end) = (self.line, self.searched + length);
        self.after_cr = self.bytes[end] == b'\r';
        self.line = end + 1;
        self.searched = self.line;
        Some(begin..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: impl IntoIterator<Item = impl AsRef<[u8]>>) -> (Vec<Event>, bool) {
        let (mut events, mut found) = (Events::default(), Vec::new());
        for piece in pieces {
            events.push(piece.as_ref());
            loop {
                match events.next() {
                    Ok(Some(event)) => found.push(event),
                    Ok(None) => break,
                    Err(_) => return (found, false),
                }
            }
        }
        (found, true)
    }

    /// The same by the letter of the standard, for a stream that is there as a whole and is UTF-8.
    fn by_the_letter(stream: &str) -> Vec<Event> {
        let stream = stream.strip_prefix('\u{feff}').unwrap_or(stream).replace("\r\n", "\n").replace('\r', "\n");
        let (mut found, mut name, mut data) = (Vec::new(), "", String::new());
        let Some((whole, _)) = stream.rsplit_once('\n') else { return found };
        for line in whole.split('\n') {
            match line.split_once(':').unwrap_or((line, "")) {
                _ if line.is_empty() => {
                    let data = mem::take(&mut data);
                    let name = mem::take(&mut name);
                    let data = data.strip_suffix('\n').unwrap_or(&data);
                    if !data.is_empty() {
                        found.push(Event { name: name.to_owned(), data: data.to_owned() });
                    }
                }
                ("data", value) => data += &format!("{}\n", value.strip_prefix(' ').unwrap_or(value)),
                ("event", value) => name = value.strip_prefix(' ').unwrap_or(value),
                _ => {}
            }
        }
        found
    }

    #[test]
    fn streams_of_events_take_hostile_bytes() {
        const STREAMS: &[&[u8]] = &[
            b"event: a\ndata: 1\n\nid: 7\nretry: 10\ndata:2\ndata: 3\n\n: comment\n\ndata\n\n",
            b"data: 1\r\n\r\ndata: 2\r\rdata: 3\n\r\n\revent: b\r\ndata:  4\r\r\n",
            "\u{feff}\u{feff}data: 1\n\n\u{feff}data: ë\n\nevent: half\ndata: no end".as_bytes(),
            b"data: \xff\n\n",
        ];
        let words = ["data:", "data: ", "event: ", "\n", "\r\n", "\r", "\n\n", ":", "\u{feff}", "\u{85}", "\u{2028}"];
        fuzz::bytes(STREAMS, &words, |bytes| {
            let whole = read([bytes]);
            assert_eq!(read(bytes.chunks(1)), whole);
            assert_eq!(read(bytes.chunks(5)), whole);
            if let Ok(text) = std::str::from_utf8(bytes) {
                assert_eq!(whole, (by_the_letter(text), true));
            }
        });
    }

    #[test]
    fn a_line_without_end_costs_no_more_than_its_bytes() {
        // Looking through all of it for each new byte would take hours.
        let byte = std::iter::repeat_n(b"x", 2_000_000);
        assert_eq!(read(byte), (Vec::new(), true));
    }
}
