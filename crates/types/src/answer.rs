//! Curated answers.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::AnswerId;

/// A curated question and answer; it beats a generated one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub id: AnswerId,
    pub category: String,
    pub question: String,
    pub answer: String,
    pub is_active: bool,
    pub hit_count: i32,
    pub updated_at: DateTime<Utc>,
}

/// A new curated answer, or all of one's fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AnswerInput {
    pub category: String,
    pub question: String,
    pub answer: String,
    pub is_active: bool,
}
