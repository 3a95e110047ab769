//! The least that a reader of sockets can do, for the load generator shares the machine: frames are counted, not read.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use anyhow::{Context, bail};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const BUFFER: usize = 64 * 1024;
const PING: u8 = 0x9;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;

/// Reads a WebSocket (RFC 6455) after its handshake and counts the text frames that begin so, until it ends.
///
/// # Errors
/// When the other side closes.
pub async fn count(mut stream: TcpStream, begin: &'static [u8], counted: Arc<AtomicU64>) -> anyhow::Result<()> {
    let (mut buffer, mut filled) = (vec![0; BUFFER], 0);
    loop {
        match stream.read(&mut buffer[filled..]).await? {
            0 => bail!("a socket was closed, or a frame is too long"),
            read => filled += read,
        }
        let (mut at, mut found) = (0, 0);
        while let Some((opcode, start, end)) = frame(&buffer[at..filled]) {
            let content = &buffer[at + start..at + end];
            match opcode {
                TEXT if content.starts_with(begin) => found += 1,
                // The ping of engine.io.
                TEXT if content == b"2" => stream.write_all(&masked(TEXT, b"3")).await?,
                PING => stream.write_all(&masked(0xA, b"")).await?,
                CLOSE => bail!("a socket was closed"),
                _ => {}
            }
            at += end;
        }
        counted.fetch_add(found, Ordering::Relaxed);
        buffer.copy_within(at..filled, 0);
        filled -= at;
    }
}

/// The first text frame that begins so.
///
/// # Errors
/// When none comes.
pub async fn first(stream: &mut TcpStream, begin: &[u8]) -> anyhow::Result<Vec<u8>> {
    let (mut buffer, mut filled) = (vec![0; BUFFER], 0);
    loop {
        match stream.read(&mut buffer[filled..]).await? {
            0 => bail!("a socket was closed before a frame came"),
            read => filled += read,
        }
        let mut at = 0;
        while let Some((opcode, start, end)) = frame(&buffer[at..filled]) {
            let content = &buffer[at + start..at + end];
            if opcode == TEXT && content.starts_with(begin) {
                return Ok(content.to_vec());
            }
            at += end;
        }
        buffer.copy_within(at..filled, 0);
        filled -= at;
    }
}

/// Asks for a socket, and waits until that is granted.
///
/// # Errors
/// When it is refused.
pub async fn upgrade(stream: &mut TcpStream, path: &str) -> anyhow::Result<()> {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\nupgrade: websocket\r\nconnection: upgrade\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    let status = std::str::from_utf8(&head)?.split(' ').nth(1).context("no status")?;
    if status == "101" { Ok(()) } else { bail!("a socket was refused with status {status}") }
}

/// A short frame of a client. The mask is zero, which changes nothing.
pub fn masked(opcode: u8, content: &[u8]) -> Vec<u8> {
    let mut frame = vec![0x80 | opcode, 0x80 | u8::try_from(content.len()).unwrap_or(125), 0, 0, 0, 0];
    frame.extend_from_slice(content);
    frame
}

/// The first whole frame of a server: its opcode, and where its content begins and ends.
fn frame(bytes: &[u8]) -> Option<(u8, usize, usize)> {
    let (start, length) = match *bytes.get(1)? {
        126 => (4, usize::from(u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?))),
        127 => (10, usize::try_from(u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?)).ok()?),
        length => (2, usize::from(length)),
    };
    (bytes.len() >= start + length).then_some((bytes[0] & 0xF, start, start + length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_found_when_they_are_whole() {
        let long = [&[0x81, 126, 1, 0][..], &[b'x'; 256]].concat();
        assert_eq!(frame(&[0x81, 2, b'h', b'i', 0x89]), Some((TEXT, 2, 4)));
        assert_eq!(frame(&long), Some((TEXT, 4, 260)));
        assert_eq!(frame(&long[..259]), None);
        assert_eq!(frame(&[0x89, 0]), Some((PING, 2, 2)));
        assert_eq!(frame(&[0x81]), None);
    }
}
