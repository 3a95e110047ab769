//! Markdown to blocks.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::{Block, Extracted, html};

/// Reads headings, paragraphs, lists, tables and code; front matter is dropped, HTML reduced to its text.
pub(crate) fn extract(source: &str) -> Extracted {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut document = Extracted::default();
    let mut text = String::new();
    let mut raw = String::new();
    let mut lists: Vec<Option<u64>> = Vec::new();
    let mut metadata = false;
    let mut flush = |text: &mut String, kind: Option<u8>| {
        let whole = std::mem::take(text);
        if !whole.trim().is_empty() {
            document.blocks.push(match kind {
                Some(level) => Block::heading(level, whole),
                None => Block::text(whole),
            });
        }
    };
    for event in Parser::new_ext(source, options) {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => metadata = true,
            Event::End(TagEnd::MetadataBlock(_)) => metadata = false,
            _ if metadata => {}
            Event::Start(Tag::HtmlBlock) => raw.clear(),
            Event::Html(piece) => raw.push_str(&piece),
            Event::End(TagEnd::HtmlBlock) => {
                if let Ok(page) = html::extract(&raw) {
                    text.push_str(&page.blocks.into_iter().map(|block| block.text).collect::<Vec<_>>().join("\n"));
                }
                flush(&mut text, None);
            }
            Event::Text(piece) | Event::Code(piece) => text.push_str(&piece),
            Event::SoftBreak => text.push(' '),
            Event::HardBreak => text.push('\n'),
            Event::Start(Tag::Heading { .. }) => flush(&mut text, None),
            Event::End(TagEnd::Heading(level)) => flush(&mut text, Some(number(level))),
            Event::Start(Tag::List(first)) => {
                if lists.is_empty() {
                    flush(&mut text, None);
                }
                lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                lists.pop();
                if lists.is_empty() {
                    flush(&mut text, None);
                }
            }
            Event::Start(Tag::Item) => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                match lists.last_mut() {
                    Some(Some(next)) => {
                        text.push_str(&format!("{next}. "));
                        *next += 1;
                    }
                    _ => text.push_str("- "),
                }
            }
            Event::End(TagEnd::Paragraph) if !lists.is_empty() => text.push('\n'),
            Event::End(TagEnd::TableCell) => text.push_str(" | "),
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                text.truncate(text.trim_end_matches(" | ").len());
                text.push('\n');
            }
            Event::End(TagEnd::Paragraph | TagEnd::CodeBlock | TagEnd::Table) if lists.is_empty() => {
                flush(&mut text, None);
            }
            _ => {}
        }
    }
    flush(&mut text, None);
    document
}

fn number(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BlockKind;

    #[test]
    fn structure() {
        let source = "---\ntitle: x\n---\n# A *b*\n\ntext [link](http://x)\nmore\n\n1. one\n2. two\n   - deep\n\n| h | i |\n|---|---|\n| 1 | 2 |\n\n```\ncode\n```\n<div><b>raw</b><script>no()</script></div>\n";
        let document = extract(source);
        let blocks: Vec<_> = document.blocks.iter().map(|block| (block.kind, block.text.trim())).collect();
        assert_eq!(
            blocks,
            [
                (BlockKind::Heading(1), "A b"),
                (BlockKind::Text, "text link more"),
                (BlockKind::Text, "1. one\n2. two\n- deep"),
                (BlockKind::Text, "h | i\n1 | 2"),
                (BlockKind::Text, "code"),
                (BlockKind::Text, "raw"),
            ]
        );
    }
}
