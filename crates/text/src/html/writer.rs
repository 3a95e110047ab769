//! Blocks of text, from the elements that open and close around it.

use crate::Block;

/// Elements that begin a block of their own.
const BLOCKS: [&str; 27] = [
    "address",
    "article",
    "blockquote",
    "body",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "header",
    "hr",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tbody",
    "thead",
    "tfoot",
    "ul",
    "caption",
];

/// Collects text into blocks while the tree is walked.
#[derive(Default)]
pub(super) struct Writer {
    blocks: Vec<Block>,
    text: String,
    preformatted: usize,
    lists: usize,
    tables: usize,
    headings: usize,
}

impl Writer {
    pub(super) fn text(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.text.push_str(text);
            return;
        }
        for (index, word) in text.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            if index > 0 && !self.text.is_empty() && !self.text.ends_with([' ', '\n']) {
                self.text.push(' ');
            }
            self.text.push_str(word);
        }
    }

    pub(super) fn finish(mut self) -> Vec<Block> {
        self.flush(None);
        self.blocks
    }

    fn line(&mut self) {
        self.text.truncate(self.text.trim_end_matches(' ').len());
        if !self.text.is_empty() && !self.text.ends_with('\n') {
            self.text.push('\n');
        }
    }

    fn flush(&mut self, heading: Option<u8>) {
        let text = std::mem::take(&mut self.text);
        let text = text.trim_matches('\n').trim_end();
        if text.trim().is_empty() {
            return;
        }
        self.blocks.push(match heading {
            Some(level) => {
                let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
                Block::heading(level, text.trim_end_matches(['¶', '#', ' ']).to_owned())
            }
            None => Block::text(text.to_owned()),
        });
    }

    pub(super) fn open(&mut self, name: &str) {
        match name {
            "br" => self.text.push('\n'),
            "li" => {
                self.line();
                self.text.push_str("- ");
            }
            "ul" | "ol" => {
                if self.lists == 0 && self.tables == 0 && self.headings == 0 {
                    self.flush(None);
                }
                self.lists += 1;
            }
            "table" => {
                if self.lists == 0 && self.tables == 0 {
                    self.flush(None);
                }
                self.tables += 1;
            }
            "tr" => self.line(),
            "pre" => {
                self.boundary();
                self.preformatted += 1;
            }
            _ if level(name).is_some() => {
                self.flush(None);
                self.headings += 1;
            }
            // What a term says stays with the term.
            "dd" => self.line(),
            _ if BLOCKS.contains(&name) => self.boundary(),
            _ => {}
        }
    }

    pub(super) fn close(&mut self, name: &str) {
        match name {
            "ul" | "ol" => {
                self.lists = self.lists.saturating_sub(1);
                self.boundary();
            }
            "table" => {
                self.tables = self.tables.saturating_sub(1);
                self.boundary();
            }
            "td" | "th" => self.text.push_str(" | "),
            "tr" => {
                self.text.truncate(self.text.trim_end_matches([' ', '|']).len());
                self.line();
            }
            "pre" => {
                self.preformatted = self.preformatted.saturating_sub(1);
                self.boundary();
            }
            "dt" => self.line(),
            _ => {
                if let Some(level) = level(name) {
                    self.headings = self.headings.saturating_sub(1);
                    self.flush(Some(level));
                } else if BLOCKS.contains(&name) {
                    self.boundary();
                }
            }
        }
    }

    /// The end of a block: inside headings, lists and tables only a space or a new line, so that these stay together.
    fn boundary(&mut self) {
        if self.headings > 0 || self.tables > 0 {
            self.text.push(' ');
        } else if self.lists > 0 {
            if !self.text.ends_with("- ") {
                self.line();
            }
        } else {
            self.flush(None);
        }
    }
}

fn level(name: &str) -> Option<u8> {
    match name.as_bytes() {
        [b'h', digit @ b'1'..=b'6'] => Some(digit - b'0'),
        _ => None,
    }
}
