//! Passages: pieces of a document that are found and cited.

use serde::{Deserialize, Serialize};

use crate::{BlockKind, Extracted};

/// The most characters of a passage: about 220 tokens of English, under the 256 that small models read.
const MAX: usize = 1_000;

/// A passage with its place in the document's content.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChunkPiece {
    /// The content's characters from `char_start` to `char_end`, exactly.
    pub content: String,
    /// Headings above it, the highest first.
    pub heading_path: Vec<String>,
    /// Characters (not bytes) from the beginning of the content.
    pub char_start: usize,
    pub char_end: usize,
    /// Page of a paged file, from 1.
    pub page: Option<u32>,
}

impl ChunkPiece {
    /// What is embedded and searched: the passage under its title and headings, which often hold its subject.
    pub fn in_context(&self, title: &str) -> String {
        let mut context = String::new();
        for heading in std::iter::once(title).chain(self.heading_path.iter().map(String::as_str)) {
            if !heading.is_empty() && !context.ends_with(&format!("{heading}\n")) {
                context.push_str(heading);
                context.push('\n');
            }
        }
        context + &self.content
    }
}

/// Bytes of the content.
type Range = std::ops::Range<usize>;

/// Writes a document's content and cuts it into passages.
///
/// A passage lies under one heading and on one page. A section longer than 1,000 characters is cut at sentence ends
/// into passages of even length; a sentence longer than that, at a space. Passages do not overlap: each character of
/// the content is in one of them, or in a heading or the space between.
pub fn chunk(document: &Extracted) -> (String, Vec<ChunkPiece>) {
    let mut content = String::new();
    let mut pieces: Vec<(Range, Vec<String>, Option<u32>)> = Vec::new();
    let mut path: Vec<(u8, String)> = Vec::new();
    let mut section: Vec<Range> = Vec::new();
    let mut page = None;
    // A heading that nothing follows is a passage itself.
    let mut bare: Option<Range> = None;
    for block in &document.blocks {
        if !content.is_empty() {
            content.push_str("\n\n");
        }
        let start = content.len();
        content.push_str(block.text.trim());
        let range = start..content.len();
        match block.kind {
            BlockKind::Heading(level) => {
                cut(&content, &mut section, &path, page, &mut pieces);
                let deeper = path.last().is_none_or(|(above, _)| *above < level);
                if let Some(heading) = bare.replace(range)
                    && !deeper
                {
                    pieces.push((heading, names(&path[..path.len().saturating_sub(1)]), page));
                }
                while path.last().is_some_and(|(above, _)| *above >= level) {
                    path.pop();
                }
                path.push((level, block.text.clone()));
                page = block.page;
            }
            BlockKind::Text => {
                bare = None;
                if block.page != page {
                    cut(&content, &mut section, &path, page, &mut pieces);
                    page = block.page;
                }
                section.push(range);
            }
        }
    }
    cut(&content, &mut section, &path, page, &mut pieces);
    if let Some(heading) = bare {
        pieces.push((heading, names(&path[..path.len().saturating_sub(1)]), page));
    }
    let pieces = with_characters(&content, pieces);
    (content, pieces)
}

fn names(path: &[(u8, String)]) -> Vec<String> {
    path.iter().map(|(_, name)| name.clone()).collect()
}

/// Cuts a section into passages of even length and empties it.
fn cut(
    content: &str,
    section: &mut Vec<Range>,
    path: &[(u8, String)],
    page: Option<u32>,
    pieces: &mut Vec<(Range, Vec<String>, Option<u32>)>,
) {
    let total: usize = section.iter().map(|range| content[range.clone()].chars().count()).sum();
    let aim = if total <= MAX { MAX } else { total.div_ceil(total.div_ceil(MAX * 9 / 10)) };
    let mut open: Option<(Range, usize)> = None;
    for range in section.drain(..) {
        // A paragraph stays whole where it fits.
        let whole = content[range.clone()].chars().count() <= aim;
        let units = if whole { vec![range] } else { sentences(content, range, aim) };
        for unit in units {
            let length = content[unit.clone()].chars().count();
            open = match open.take() {
                Some((mut piece, so_far)) if so_far + length <= aim + aim / 10 => {
                    piece.end = unit.end;
                    Some((piece, so_far + length))
                }
                Some((piece, _)) => {
                    pieces.push((piece, names(path), page));
                    Some((unit, length))
                }
                None => Some((unit, length)),
            };
        }
    }
    if let Some((piece, _)) = open {
        pieces.push((piece, names(path), page));
    }
}

/// Sentences and lines of a paragraph, none longer than `most` characters, without the space around them.
fn sentences(content: &str, range: Range, most: usize) -> Vec<Range> {
    let text = &content[range.clone()];
    let mut units = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    let mut last_space = None;
    let mut length = 0;
    while let Some((at, c)) = characters.next() {
        let end = at + c.len_utf8();
        length += 1;
        let next_is_space = characters.peek().is_none_or(|(_, next)| next.is_whitespace());
        if c.is_whitespace() {
            last_space = Some(at);
        }
        let ends = c == '\n'
            || matches!(c, '.' | '!' | '?' | '…' | ';') && next_is_space
            || matches!(c, '。' | '！' | '？' | '।' | '؟');
        let cut_at = if ends {
            Some(end)
        } else if length >= most {
            Some(last_space.filter(|space| *space > start).unwrap_or(end))
        } else {
            None
        };
        if let Some(cut_at) = cut_at {
            units.push(start..cut_at);
            start = cut_at;
            length = text[start..end].chars().count();
            last_space = None;
        }
    }
    units.push(start..text.len());
    units
        .into_iter()
        .filter_map(|unit| {
            let piece = &text[unit.clone()];
            let trimmed = piece.trim_start();
            let from = range.start + unit.start + (piece.len() - trimmed.len());
            let trimmed = trimmed.trim_end();
            (!trimmed.is_empty()).then(|| from..from + trimmed.len())
        })
        .collect()
}

/// Turns byte ranges, which ascend, into character ranges in one pass.
fn with_characters(content: &str, mut pieces: Vec<(Range, Vec<String>, Option<u32>)>) -> Vec<ChunkPiece> {
    pieces.sort_by_key(|(range, ..)| range.start);
    let (mut byte, mut character) = (0, 0);
    pieces
        .into_iter()
        .map(|(range, heading_path, page)| {
            character += content[byte..range.start].chars().count();
            let char_start = character;
            character += content[range.clone()].chars().count();
            byte = range.end;
            ChunkPiece { content: content[range].to_owned(), heading_path, char_start, char_end: character, page }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Block;

    fn document(blocks: Vec<Block>) -> Extracted {
        Extracted { blocks, ..Extracted::default() }
    }

    fn check(document: &Extracted) -> Vec<ChunkPiece> {
        let (content, pieces) = chunk(document);
        let characters: Vec<char> = content.chars().collect();
        let mut before = 0;
        for piece in &pieces {
            assert!(piece.char_start >= before, "they do not overlap");
            before = piece.char_end;
            let exact: String = characters[piece.char_start..piece.char_end].iter().collect();
            assert_eq!(exact, piece.content);
            assert!(piece.content.chars().count() <= MAX * 5 / 4, "{}", piece.content.chars().count());
            assert_eq!(piece.content.trim(), piece.content);
        }
        pieces
    }

    #[test]
    fn sections_keep_their_headings() {
        let pieces = check(&document(vec![
            Block::heading(1, "Shipping".into()),
            Block::heading(2, "Abroad".into()),
            Block::text("Ten days.".into()),
            Block::text("Përveç ditëve të festave.".into()),
            Block::heading(2, "Empty".into()),
            Block::heading(1, "Returns".into()),
            Block::text("Thirty days.".into()),
        ]));
        let seen: Vec<_> = pieces.iter().map(|piece| (piece.heading_path.join("/"), piece.content.as_str())).collect();
        assert_eq!(
            seen,
            [
                ("Shipping/Abroad".into(), "Ten days.\n\nPërveç ditëve të festave."),
                ("Shipping".into(), "Empty"),
                ("Returns".into(), "Thirty days."),
            ]
        );
        assert_eq!(pieces[0].in_context("Shipping"), format!("Shipping\nAbroad\n{}", pieces[0].content));
    }

    #[test]
    fn long_sections_are_cut_evenly_at_sentences() {
        let sentence = "Një fjali me shkronja të veçanta që ka rreth tetëdhjetë shenja, jo më shumë se kaq. ";
        let pieces = check(&document(vec![Block::text(sentence.repeat(30)), Block::text(sentence.repeat(5))]));
        assert!(pieces.len() >= 3 && pieces.len() <= 4, "{}", pieces.len());
        assert!(pieces.iter().all(|piece| piece.content.ends_with('.') && piece.content.len() > 400));
        let all: usize = pieces.iter().map(|piece| piece.content.matches("Një fjali").count()).sum();
        assert_eq!(all, 35);
    }

    #[test]
    fn text_without_sentences_or_spaces() {
        assert!(check(&document(vec![Block::text("word ".repeat(2_000).trim().into())])).len() >= 10);
        let pieces = check(&document(vec![Block::text("字".repeat(5_000))]));
        assert_eq!(pieces.iter().map(|piece| piece.content.chars().count()).sum::<usize>(), 5_000);
    }

    #[test]
    fn pages_are_not_mixed() {
        let on = |page, text: &str| Block { page: Some(page), ..Block::text(text.into()) };
        let pieces = check(&document(vec![on(1, "one"), on(1, "more"), on(2, "two")]));
        assert_eq!(pieces.iter().map(|piece| piece.page).collect::<Vec<_>>(), [Some(1), Some(2)]);
    }
}
