//! What a document says, whatever it was written in.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::{Deserialize, Serialize};

use crate::{csv_rows, docx, html, language, markdown_blocks, pdf, plain, sniff::sniff};

/// The most characters that one document may have.
pub const MAX_CHARACTERS: usize = 50 * 1024 * 1024;
/// The most blocks: each takes memory, however little it says.
const MAX_BLOCKS: usize = 1_000_000;
/// The most characters of a heading, which stands above every passage of its section. What is longer is text.
const MAX_HEADING: usize = 200;

/// A document as a series of headings and texts.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Extracted {
    /// Its own title; empty when it names none.
    pub title: String,
    /// ISO 639-1, as recognized, else as declared.
    pub language: Option<String>,
    /// Empty only for a page that has nothing but links.
    pub blocks: Vec<Block>,
    /// Targets of an HTML page's links, as they are written there.
    #[serde(default)]
    pub links: Vec<String>,
    /// What `<base href>` says that links are relative to.
    #[serde(default)]
    pub base: Option<String>,
    /// The address that a page names as its own.
    #[serde(default)]
    pub canonical: Option<String>,
}

/// A paragraph, list, row or heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Block {
    pub kind: BlockKind,
    pub text: String,
    /// Page of a paged file, from 1.
    pub page: Option<u32>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BlockKind {
    /// 1 is the highest, 6 the lowest.
    Heading(u8),
    Text,
}

impl Block {
    pub(crate) fn text(text: String) -> Self {
        Self { kind: BlockKind::Text, text, page: None }
    }

    pub(crate) fn heading(level: u8, text: String) -> Self {
        Self { kind: BlockKind::Heading(level.clamp(1, 6)), text, page: None }
    }
}

/// Why there is no text, in words for the person who gave the document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "error", content = "words", rename_all = "snake_case")]
pub enum ExtractError {
    #[error("{0} cannot be read; PDF, DOCX, HTML, Markdown, CSV and plain text can")]
    Unsupported(String),
    #[error("the document is protected with a password; remove it and try again")]
    Encrypted,
    #[error("the document contains pictures of text only (a scan); run text recognition (OCR) on it and try again")]
    Scanned,
    #[error("the document is damaged: {0}")]
    Broken(String),
    #[error("the document is too large: {0}")]
    TooLarge(String),
    #[error("the document contains no text")]
    Empty,
}

impl ExtractError {
    pub(crate) fn too_much_text() -> Self {
        Self::TooLarge(format!("more than {} MB of text", MAX_CHARACTERS / (1024 * 1024)))
    }
}

/// Reads the text of a document. The true type is found from the bytes; the declared type and the file's name only
/// decide between kinds of text. Deterministic, without side effects; may take seconds and hundreds of megabytes for
/// hostile PDF files and large ones of every kind, so that callers run those in a process of their own (see
/// [`crate::Kind::needs_isolation`]).
///
/// # Errors
/// [`ExtractError`], whose words are for the person who gave the document.
pub fn extract(bytes: &[u8], media_type: &str, file_name: &str) -> Result<Extracted, ExtractError> {
    let kind = sniff(bytes, media_type, file_name)?;
    // Third-party parsers panic on some damaged files.
    let read = catch_unwind(AssertUnwindSafe(|| match kind {
        crate::Kind::Pdf => pdf::extract(bytes),
        crate::Kind::Docx => docx::extract(bytes),
        crate::Kind::Html => html::extract(&plain::decode(bytes, media_type, true)),
        crate::Kind::Markdown => Ok(markdown_blocks::extract(&plain::decode(bytes, media_type, false))),
        crate::Kind::Csv => csv_rows::extract(&plain::decode(bytes, media_type, false)),
        crate::Kind::Text => Ok(plain::extract(&plain::decode(bytes, media_type, false))),
    }))
    .unwrap_or_else(|_| Err(ExtractError::Broken("its structure makes no sense".into())))?;
    finish(read)
}

/// Cleans every text, drops what is empty, checks the size and recognizes the language.
fn finish(mut document: Extracted) -> Result<Extracted, ExtractError> {
    if document.blocks.len() > MAX_BLOCKS {
        return Err(ExtractError::TooLarge(format!("more than {MAX_BLOCKS} paragraphs or rows")));
    }
    let mut characters = 0;
    for block in &mut document.blocks {
        block.text = clean(&block.text);
        characters += block.text.len();
        if block.text.chars().nth(MAX_HEADING).is_some() {
            block.kind = BlockKind::Text;
        }
    }
    document.blocks.retain(|block| !block.text.is_empty());
    if characters > MAX_CHARACTERS {
        return Err(ExtractError::too_much_text());
    }
    // A page of links only is read for where they lead.
    if document.blocks.is_empty() && document.links.is_empty() {
        return Err(ExtractError::Empty);
    }
    document.title = clean(&document.title).split_whitespace().collect::<Vec<_>>().join(" ");
    // The highest heading at the beginning is the title; a heading further down is that of a part.
    if document.title.is_empty()
        && let Some(first) = document.blocks.first().filter(|block| block.kind == BlockKind::Heading(1))
    {
        document.title = first.text.clone();
    }
    document.title = document.title.chars().take(300).collect();
    // What a page declares is often its template's language.
    document.language = language::recognize(&document).or_else(|| document.language.take());
    Ok(document)
}

/// Removes what has no glyph: control characters, zero-width marks, direction overrides and tag characters, with
/// which text can be hidden from people and shown to models.
fn clean(text: &str) -> String {
    let kept: String = text
        .chars()
        .map(|c| if matches!(c, '\u{a0}' | '\u{2007}' | '\u{202f}') { ' ' } else { c })
        .filter(|c| {
            !(c.is_control() && !matches!(c, '\n' | '\t')
                || matches!(c, '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{2069}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'))
        })
        .collect();
    kept.trim().to_owned()
}
