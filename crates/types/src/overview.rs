//! Figures of the overview page and the getting-started checklist.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What the overview shows; every figure is counted from the organization's own rows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    pub open: i64,
    pub unassigned: i64,
    pub waiting: i64,
    /// Conversations begun in the last 7 days, and in the 7 before.
    pub conversations_week: i64,
    pub conversations_previous_week: i64,
    /// Answers of agents in the last 7 days, by decision.
    pub answers_week: i64,
    pub handed_off_week: i64,
    /// Median seconds from a customer's message to the first answer, of the last 7 days.
    pub median_first_response_seconds: Option<f64>,
    /// The last 14 days, oldest first.
    pub days: Vec<DayFigures>,
    pub checklist: Checklist,
}

/// One day's figures, in the organization's time zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayFigures {
    pub day: NaiveDate,
    pub conversations: i64,
    pub answers: i64,
}

/// The steps to a first answer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Checklist {
    pub has_ready_source: bool,
    pub has_agent: bool,
    pub has_tried_agent: bool,
    pub has_widget: bool,
    pub has_conversation: bool,
}

impl Checklist {
    /// Whether nothing is left to do.
    pub fn is_complete(self) -> bool {
        self.has_ready_source && self.has_agent && self.has_tried_agent && self.has_widget && self.has_conversation
    }
}
