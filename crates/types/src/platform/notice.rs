//! What stands above members' dashboards.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Impersonation;
use crate::{id::AnnouncementId, text_enum::text_enum};

text_enum! {
    /// How loud an announcement is.
    AnnouncementLevel { Info = "info", Warning = "warning" }
}

/// What operators tell all members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    pub id: AnnouncementId,
    pub level: AnnouncementLevel,
    pub text_en: String,
    /// In Albanian; without one the English is shown.
    pub text_sq: Option<String>,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
}

/// What stands above a person's dashboard.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Notices {
    /// That an operator works here as a member; then nothing else is told.
    pub impersonation: Option<Impersonation>,
    pub announcements: Vec<Announcement>,
}

/// A new announcement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateAnnouncement {
    pub level: AnnouncementLevel,
    pub text_en: String,
    pub text_sq: String,
    /// Dates and times in UTC as forms send them: `2026-01-31T08:00`. Without a begin: at once.
    pub starts_at: String,
    pub ends_at: String,
}
