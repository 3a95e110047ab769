//! The state of the service in figures.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

/// A day (UTC) over all organizations, or of one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlatformDay {
    pub day: NaiveDate,
    /// Organizations and users that were made on it; zero for one organization.
    pub organizations: i64,
    pub users: i64,
    pub conversations: i64,
    pub messages: i64,
    /// Answers by agents.
    pub answers: i64,
}

/// The state of the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformOverview {
    pub organizations: i64,
    pub suspended: i64,
    pub users: i64,
    pub conversations: i64,
    pub messages: i64,
    pub jobs_waiting: i64,
    pub jobs_failed: i64,
    pub failing_webhooks: i64,
    pub failed_sources: i64,
    pub failed_mails: i64,
    /// The last 30 days, oldest first.
    pub days: Vec<PlatformDay>,
    /// The oldest count among the figures of organizations.
    pub measured_at: Option<DateTime<Utc>>,
}
