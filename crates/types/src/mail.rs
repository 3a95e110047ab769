//! Mails that the product sends, as platform admins see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{id::MailId, text_enum::text_enum};

text_enum! {
    /// What became of a mail.
    MailStatus {
        /// On its way; tried again until it is taken.
        Queued = "queued",
        /// A mail server has taken it.
        Sent = "sent",
        /// Refused for good, or tried too often.
        Failed = "failed",
        /// No mail server was configured when it was written.
        Kept = "kept",
    }
}

/// A mail in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MailSummary {
    pub id: MailId,
    /// What it is about: `invitation`, `password_reset` and so on.
    pub kind: String,
    pub recipient: String,
    pub subject: String,
    pub status: MailStatus,
    /// How often it was handed to a mail server.
    pub attempts: i32,
    /// Why the last attempt failed, in the mail server's words.
    pub error: Option<String>,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

/// A mail with its text, as long as that is kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mail {
    pub summary: MailSummary,
    /// Gone once the mail was sent: it may hold links that open accounts.
    pub text: Option<String>,
}
