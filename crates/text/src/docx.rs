//! Text of Word documents (Office Open XML).

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};
use zip::ZipArchive;

use crate::{Block, ExtractError, Extracted};

/// The most bytes of one part, unpacked. The text of a book of 1,000 pages takes about 10 MB of XML.
const MAX_PART: u64 = 128 * 1024 * 1024;
const MAX_ENTRIES: usize = 20_000;
/// XML packs well, but not this well.
const MAX_RATIO: u64 = 400;

pub(crate) fn extract(bytes: &[u8]) -> Result<Extracted, ExtractError> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| ExtractError::Broken("it is no complete Word file".into()))?;
    if archive.len() > MAX_ENTRIES {
        return Err(ExtractError::TooLarge("it packs too many files".into()));
    }
    let body =
        part(&mut archive, "word/document.xml")?.ok_or_else(|| ExtractError::Broken("it has no main part".into()))?;
    let styles = part(&mut archive, "word/styles.xml")?.map(|xml| heading_styles(&xml)).unwrap_or_default();
    let title = part(&mut archive, "docProps/core.xml")?.and_then(|xml| title(&xml)).unwrap_or_default();
    Ok(Extracted { title, blocks: paragraphs(&body, &styles)?, ..Extracted::default() })
}

/// One part as text, read no further than the limits.
fn part(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<Option<String>, ExtractError> {
    let damaged = || ExtractError::Broken(format!("its part {name} cannot be unpacked"));
    let file = match archive.by_name(name) {
        Ok(file) => file,
        Err(zip::result::ZipError::FileNotFound) => return Ok(None),
        Err(_) => return Err(damaged()),
    };
    if file.encrypted() {
        return Err(ExtractError::Encrypted);
    }
    // The size in the directory may lie; what counts is what comes out.
    let limit = MAX_PART.min((file.compressed_size().max(1) * MAX_RATIO).max(1024 * 1024));
    let mut bytes = Vec::new();
    file.take(limit + 1).read_to_end(&mut bytes).map_err(|_| damaged())?;
    if bytes.len() as u64 > limit {
        return Err(ExtractError::TooLarge("it unpacks to far more than a document holds".into()));
    }
    Ok(Some(crate::plain::decode(&bytes, "", false)))
}

/// Style id → level, from outline levels and the names that Word gives in every language's file.
fn heading_styles(xml: &str) -> HashMap<String, u8> {
    let mut styles = HashMap::new();
    let mut reader = Reader::from_str(xml);
    let mut current = String::new();
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "style" => current = attribute(&tag, "styleId").unwrap_or_default(),
                "outlineLvl" => {
                    if let Some(level) =
                        attribute(&tag, "val").and_then(|value| value.parse::<u8>().ok()).filter(|level| *level < 6)
                    {
                        styles.insert(current.clone(), level + 1);
                    }
                }
                "name" => {
                    let name = attribute(&tag, "val").unwrap_or_default().to_ascii_lowercase();
                    let level = match name.as_str() {
                        "title" => Some(1),
                        _ => name.strip_prefix("heading ").and_then(|level| level.trim().parse().ok()),
                    };
                    if let Some(level) = level {
                        styles.insert(current.clone(), level);
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
    styles
}

/// The value of an attribute whatever its prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let attribute =
        tag.attributes().with_checks(false).flatten().find(|found| found.key.local_name().as_ref() == name)?;
    Some(attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned())
}

fn title(xml: &str) -> Option<String> {
    let mut reader = Reader::from_str(xml);
    let mut inside = false;
    let mut title = String::new();
    loop {
        match reader.read_event().ok()? {
            Event::Start(tag) if tag.local_name().as_ref() == "title" => inside = true,
            Event::Text(text) if inside => title.push_str(&text.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) if inside => title.extend(resolve(&reference)),
            Event::End(tag) if tag.local_name().as_ref() == "title" => return Some(title),
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// The character of a reference; entities of the document's own are not expanded.
pub(crate) fn resolve(reference: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = reference.resolve_char_ref() {
        return Some(c);
    }
    match reference.xml_content(XmlVersion::Implicit1_0).as_ref() {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn paragraphs(xml: &str, styles: &HashMap<String, u8>) -> Result<Vec<Block>, ExtractError> {
    let mut reader = Reader::from_str(xml);
    let mut blocks = Vec::new();
    let (mut text, mut table) = (String::new(), String::new());
    let (mut level, mut listed, mut in_text, mut tables) = (None, false, false, 0usize);
    loop {
        match reader.read_event().map_err(|_| ExtractError::Broken("its XML is damaged".into()))? {
            Event::Eof => return Ok(blocks),
            Event::Start(tag) if tag.local_name().as_ref() == "p" => {
                text.clear();
                (level, listed) = (None, false);
            }
            Event::Start(tag) if tag.local_name().as_ref() == "t" => in_text = true,
            Event::Start(tag) if tag.local_name().as_ref() == "tbl" => tables += 1,
            Event::Start(tag) | Event::Empty(tag) => match tag.local_name().as_ref() {
                "pStyle" => {
                    let style = attribute(&tag, "val").unwrap_or_default();
                    level = styles
                        .get(&style)
                        .copied()
                        .or_else(|| style.strip_prefix("Heading").and_then(|level| level.parse().ok()));
                }
                "numPr" => listed = true,
                "tab" => text.push('\t'),
                "br" | "cr" => text.push('\n'),
                _ => {}
            },
            Event::Text(piece) if in_text => text.push_str(&piece.xml_content(XmlVersion::Implicit1_0)),
            Event::GeneralRef(reference) if in_text => text.extend(resolve(&reference)),
            Event::End(tag) => match tag.local_name().as_ref() {
                "t" => in_text = false,
                "p" if tables > 0 => {
                    table.push_str(text.trim());
                    table.push(' ');
                    text.clear();
                }
                "p" => {
                    let paragraph = std::mem::take(&mut text);
                    if !paragraph.trim().is_empty() {
                        blocks.push(match level {
                            Some(level) => Block::heading(level, paragraph.trim().to_owned()),
                            None if listed => Block::text(format!("- {}", paragraph.trim())),
                            None => Block::text(paragraph),
                        });
                    }
                }
                "tc" => {
                    table.truncate(table.trim_end().len());
                    table.push_str(" | ");
                }
                "tr" => {
                    table.truncate(table.trim_end_matches([' ', '|']).len());
                    table.push('\n');
                }
                "tbl" => {
                    tables = tables.saturating_sub(1);
                    if tables == 0 {
                        blocks.push(Block::text(std::mem::take(&mut table)));
                    }
                }
                _ => {}
            },
            _ => {}
        }
    }
}
