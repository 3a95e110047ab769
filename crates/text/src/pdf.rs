//! Text of PDF files, page by page.

use std::panic::{AssertUnwindSafe, catch_unwind};

use memchr::memmem::find;
use pdf_extract::{Document, PlainTextOutput, output_doc_page};

use crate::{Block, ExtractError, Extracted, MAX_CHARACTERS};

const MAX_PAGES: usize = 10_000;

pub(crate) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    // The reader loses the objects of a file whose password it does not have.
    let locked = find(bytes, b"/Encrypt").is_some();
    let mut file = Document::load_mem(bytes).map_err(|error| match error {
        pdf_extract::Error::Decryption(_) | pdf_extract::Error::InvalidPassword => ExtractError::Encrypted,
        _ if locked => ExtractError::Encrypted,
        _ => ExtractError::Broken("it is no complete PDF file".into()),
    })?;
    // Files that only forbid printing or copying open with the empty password.
    if file.is_encrypted() && file.decrypt("").is_err() {
        return Err(ExtractError::Encrypted);
    }
    let pages = file.get_pages();
    if pages.is_empty() {
        return Err(if locked { ExtractError::Encrypted } else { ExtractError::Broken("it has no pages".into()) });
    }
    if pages.len() > MAX_PAGES {
        return Err(ExtractError::TooLarge(format!("{} pages; {MAX_PAGES} are read", pages.len())));
    }
    let mut document = Extracted { title: title(&file).unwrap_or_default(), ..Extracted::default() };
    let (mut failed, mut length) = (0, 0);
    for number in pages.keys().copied() {
        // One damaged page does not take the others with it.
        let text = catch_unwind(AssertUnwindSafe(|| {
            let mut text = String::new();
            output_doc_page(&file, &mut PlainTextOutput::new(&mut text), number).map(|()| text)
        }));
        match text {
            Ok(Ok(text)) => {
                length += text.len();
                if length > MAX_CHARACTERS {
                    return Err(ExtractError::too_much_text());
                }
                document.blocks.extend(paragraphs(&text).map(|text| Block { page: Some(number), ..Block::text(text) }));
            }
            _ => failed += 1,
        }
    }
    if failed == pages.len() {
        return Err(ExtractError::Broken("none of its pages can be read".into()));
    }
    let letters = document.blocks.iter().flat_map(|block| block.text.chars()).filter(|c| c.is_alphanumeric());
    if letters.take(2 * pages.len() + 8).count() < (2 * pages.len() + 8).min(10) {
        return Err(if has_images(&file) { ExtractError::Scanned } else { ExtractError::Empty });
    }
    Ok(document)
}

fn has_images(file: &Document) -> bool {
    file.objects.values().any(|object| {
        object.as_stream().is_ok_and(|stream| {
            stream.dict.get(b"Subtype").and_then(|s| s.as_name()).is_ok_and(|name| name == b"Image")
        })
    })
}

/// The title of the information dictionary.
fn title(file: &Document) -> Option<String> {
    let info = file.trailer.get(b"Info").ok()?;
    let info = match info.as_reference() {
        Ok(id) => file.get_dictionary(id).ok()?,
        Err(_) => info.as_dict().ok()?,
    };
    let title = info.get(b"Title").ok()?.as_str().ok()?;
    Some(match title {
        [0xfe, 0xff, rest @ ..] => encoding_rs::UTF_16BE.decode_without_bom_handling(rest).0.into_owned(),
        other => match std::str::from_utf8(other) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(other).0.into_owned(),
        },
    })
}

/// Paragraphs of a page: lines joined, words that were divided at a line's end put together.
fn paragraphs(page: &str) -> impl Iterator<Item = String> {
    let mut paragraphs = Vec::new();
    let mut text = String::new();
    for line in page.lines().chain([""]) {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            if !text.is_empty() {
                paragraphs.push(std::mem::take(&mut text));
            }
            continue;
        }
        let divided = text.ends_with('-')
            && text.chars().rev().nth(1).is_some_and(char::is_alphabetic)
            && line.chars().next().is_some_and(char::is_lowercase);
        if divided {
            text.pop();
        } else if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&line);
    }
    paragraphs.into_iter()
}
