//! How an answer came about.

use serde::{Deserialize, Serialize};

use super::DecisionCode;
use crate::{
    id::{ChunkId, DocumentId, SourceId},
    reason::Reason,
    text_enum::text_enum,
};

text_enum! {
    /// What was decided about a question.
    Decision {
        Curated = "curated",
        Generated = "generated",
        Extracted = "extracted",
        Greeting = "greeting",
        AskBack = "ask_back",
        HandOff = "hand_off",
    }
}

/// A passage with the scores that ranked it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Passage {
    pub chunk_id: ChunkId,
    pub document_id: DocumentId,
    pub source_id: SourceId,
    pub title: String,
    pub url: Option<String>,
    pub heading_path: Vec<String>,
    pub content: String,
    pub char_start: i32,
    pub char_end: i32,
    pub page: Option<i32>,
    /// Combined score of meaning and words, 0 to 1.
    pub score: f32,
    /// Cosine similarity, -1 to 1.
    pub vector_score: f32,
    /// BM25 score, 0 or higher.
    pub text_score: f32,
}

/// How an answer came about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Trace {
    pub question: String,
    pub decision: Decision,
    /// Why that was decided, in English.
    pub reason: Option<String>,
    /// The same as a code, with what the sentence mentions.
    pub why: Option<Reason<DecisionCode>>,
    pub passages: Vec<Passage>,
    /// What was sent to the model, as role and text; empty if no model was asked.
    pub prompt: Vec<PromptMessage>,
    pub model: String,
    pub input_tokens: i32,
    pub output_tokens: i32,
    pub retrieval_ms: i32,
    pub first_token_ms: Option<i32>,
    pub total_ms: i32,
}

impl Trace {
    /// What remains for those who may not read the knowledge, of which the prompt repeats the passages.
    pub fn without_knowledge(self) -> Self {
        Self { passages: Vec::new(), prompt: Vec::new(), ..self }
    }
}

/// One message of a prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PromptMessage {
    pub role: String,
    pub content: String,
}
