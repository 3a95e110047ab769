//! The text around a cited passage.

use serde::{Deserialize, Serialize};
use types::id::{DocumentId, SourceId};
#[cfg(any(feature = "ssr", test))]
use types::{id::ChunkId, knowledge::Document};

/// Characters shown before and after the passage.
#[cfg(any(feature = "ssr", test))]
const AROUND: usize = 900;

/// A passage within its document, ready to be shown with the passage marked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SourceText {
    pub source_id: SourceId,
    pub document_id: DocumentId,
    pub before: String,
    pub passage: String,
    pub after: String,
    pub is_cut_before: bool,
    pub is_cut_after: bool,
}

#[cfg(any(feature = "ssr", test))]
impl SourceText {
    /// The passage with some text around it; `None` when the document has no such passage any more.
    pub fn around(document: &Document, chunk: ChunkId) -> Option<Self> {
        let chunk = document.chunks.iter().find(|known| known.id == chunk)?;
        let start = usize::try_from(chunk.char_start).ok()?;
        let length = usize::try_from(chunk.char_end).ok()?.checked_sub(start)?;
        let from = start.saturating_sub(AROUND);
        let mut characters = document.content.chars().skip(from);
        let before = characters.by_ref().take(start - from).collect();
        let passage = characters.by_ref().take(length).collect();
        let after = characters.by_ref().take(AROUND).collect();
        Some(Self {
            source_id: document.source_id,
            document_id: document.id,
            before,
            passage,
            after,
            is_cut_before: from > 0,
            is_cut_after: characters.next().is_some(),
        })
    }
}

#[cfg(test)]
mod tests {
    use types::{id::*, knowledge::Chunk};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_passage_is_cut_out_by_characters() {
        let id = ChunkId(Uuid::nil());
        let chunk = Chunk {
            id,
            ordinal: 0,
            heading_path: vec!["Kthimi".into(), "Afati".into()],
            content: "çdo ditë".into(),
            char_start: 3,
            char_end: 11,
            page: None,
        };
        let document = Document {
            id: DocumentId(Uuid::nil()),
            source_id: SourceId(Uuid::nil()),
            source_name: "Ndihma".into(),
            location: "https://example.com".into(),
            title: "Kthimi".into(),
            content: "Në çdo ditë pune".into(),
            chunks: vec![chunk],
        };
        let text = SourceText::around(&document, id).expect("the passage");
        assert_eq!((&*text.before, &*text.passage, &*text.after), ("Në ", "çdo ditë", " pune"));
        assert!(!text.is_cut_before && !text.is_cut_after);
        assert!(SourceText::around(&document, ChunkId(Uuid::max())).is_none());
    }
}
