//! Organizations as operators see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::PlatformDay;
use crate::{
    id::{OrganizationId, UserId},
    member::Role,
    organization::{OrganizationLimits, OrganizationStatus},
    text_enum::text_enum,
};

/// How much an organization has; as of the last round of counting.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OrganizationUsage {
    pub members: i64,
    pub conversations: i64,
    pub messages: i64,
    pub documents: i64,
    /// Bytes of attachments.
    pub storage_bytes: i64,
    /// Webhooks whose deliveries fail, or that were switched off because they did.
    pub failing_webhooks: i64,
    pub failed_sources: i64,
    /// When somebody wrote a message last.
    pub last_active_at: Option<DateTime<Utc>>,
    /// When it was counted; `None` before the first time.
    pub measured_at: Option<DateTime<Utc>>,
}

/// An organization in the operators' list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationRow {
    pub id: OrganizationId,
    pub name: String,
    pub slug: String,
    pub status: OrganizationStatus,
    pub created_at: DateTime<Utc>,
    pub usage: OrganizationUsage,
}

text_enum! {
    /// By what the operators' list of organizations is sorted; names upwards, everything else downwards.
    OrganizationSort {
        Created = "created",
        Name = "name",
        Members = "members",
        Conversations = "conversations",
        Messages = "messages",
        Documents = "documents",
        Storage = "storage",
        Active = "active",
    }
}

/// Which organizations to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct OrganizationFilter {
    /// A part of the name or the slug, or the whole id.
    pub q: String,
    pub status: Option<OrganizationStatus>,
    pub sort: Option<OrganizationSort>,
    pub page: Option<i64>,
}

/// A member in an organization's detail.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationPerson {
    pub user_id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    pub is_active: bool,
    /// Whom nobody can work as.
    pub is_platform_admin: bool,
    /// When a session was used last in this organization, else the last sign-in anywhere.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// An organization as operators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationDetail {
    pub row: OrganizationRow,
    pub suspended_at: Option<DateTime<Utc>>,
    pub suspended_reason: Option<String>,
    /// When a deleted organization is purged.
    pub purge_at: Option<DateTime<Utc>>,
    pub limits: OrganizationLimits,
    /// Conversations that began in this month (UTC).
    pub conversations_this_month: i64,
    /// The first hundred, owners first.
    pub people: Vec<OrganizationPerson>,
    /// The last 30 days, oldest first.
    pub days: Vec<PlatformDay>,
}
