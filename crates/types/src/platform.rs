//! What those see and set who operate the service for all organizations.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    id::{AnnouncementId, DeliveryId, OrganizationId, SourceId, UserId, WebhookSubscriptionId},
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

/// A user in the operators' list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserRow {
    pub id: UserId,
    pub name: String,
    pub email: String,
    /// Whether the user may sign in; an operator locks and unlocks.
    pub is_active: bool,
    pub is_platform_admin: bool,
    pub has_second_factor: bool,
    pub email_is_verified: bool,
    pub organizations: i64,
    pub sessions: i64,
    pub last_login_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

text_enum! {
    /// Which users to list.
    UserState {
        Active = "active",
        Locked = "locked",
        PlatformAdmin = "platform_admin",
    }
}

/// Which users to list.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct UserFilter {
    /// A part of the name or the address, or the whole id.
    pub q: String,
    pub state: Option<UserState>,
    pub page: Option<i64>,
}

/// A user with the organizations that the person belongs to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UserDetail {
    pub row: UserRow,
    pub organizations: Vec<OrganizationRow>,
}

/// An operator at work as a member.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Impersonation {
    /// The operator.
    pub admin_id: UserId,
    pub admin_name: String,
    pub user_name: String,
    pub reason: String,
    pub expires_at: DateTime<Utc>,
}

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

/// A queue of jobs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QueueFigures {
    pub name: String,
    pub waiting: i64,
    pub running: i64,
    /// Wait for another try.
    pub retrying: i64,
    pub failed: i64,
    /// For how long the oldest has waited, in seconds.
    pub oldest_seconds: Option<f64>,
    pub completed_last_hour: i64,
}

/// A job that failed, or waits for another try.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobRow {
    pub id: i64,
    /// What it does, such as `reply_as_agent`.
    pub name: String,
    pub queue: String,
    pub attempt: i16,
    pub max_attempts: i16,
    /// Why the last try failed.
    pub error: Option<String>,
    pub run_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    /// Whether it is given up, and can be begun anew.
    pub has_failed: bool,
}

/// Jobs as operators see them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Jobs {
    pub queues: Vec<QueueFigures>,
    /// The newest hundred that failed, then those that are to be tried again.
    pub failures: Vec<JobRow>,
}

/// A webhook that does not get its deliveries through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailingWebhook {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub subscription_id: WebhookSubscriptionId,
    pub url: String,
    pub is_active: bool,
    pub failing_since: Option<DateTime<Utc>>,
    pub pending: i64,
    /// The last failure.
    pub delivery_id: Option<DeliveryId>,
    pub response_status: Option<i32>,
    pub error: Option<String>,
}

/// A source of knowledge that could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailingSource {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub source_id: SourceId,
    pub name: String,
    pub location: String,
    pub reason: Option<String>,
    pub updated_at: DateTime<Utc>,
}

/// A statement that took much time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SlowQuery {
    pub query: String,
    pub calls: i64,
    pub mean_ms: f64,
    pub total_ms: f64,
}

/// A table and its size.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TableSize {
    pub name: String,
    /// With indexes.
    pub bytes: i64,
    /// As the database estimates.
    pub rows: i64,
}

/// A step of the schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Migration {
    pub version: i64,
    pub name: String,
    pub installed_at: DateTime<Utc>,
}

/// Program and database.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct System {
    pub version: String,
    pub database_version: String,
    pub database_bytes: i64,
    pub connections: i64,
    pub active_connections: i64,
    pub max_connections: i64,
    /// The longest that a statement runs now, in seconds.
    pub longest_seconds: Option<f64>,
    /// The largest twelve.
    pub tables: Vec<TableSize>,
    pub migrations: Vec<Migration>,
    /// Steps of the schema that this program knows and the database has not seen.
    pub pending_migrations: i64,
    /// `None`: the database does not count statements (`pg_stat_statements`).
    pub slow_queries: Option<Vec<SlowQuery>>,
}

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

text_enum! {
    /// What can be switched on and off while the program runs.
    FeatureFlag {
        /// Whether strangers may found organizations.
        SignUp = "sign_up",
        /// Whether visitors may send files.
        WidgetUploads = "widget_uploads",
    }
}

impl FeatureFlag {
    /// What counts while no operator has said otherwise.
    pub const fn default_value(self) -> bool {
        match self {
            Self::SignUp | Self::WidgetUploads => true,
        }
    }

    /// Whether it can differ from organization to organization.
    pub const fn by_organization(self) -> bool {
        match self {
            Self::SignUp => false,
            Self::WidgetUploads => true,
        }
    }
}

/// A flag for one organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagOverride {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub is_on: bool,
}

/// A flag as operators see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlagState {
    pub flag: FeatureFlag,
    pub is_on: bool,
    /// The first hundred by name.
    pub overrides: Vec<FlagOverride>,
}

/// What an operator did.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformLogEntry {
    /// Place in the chain, from 1.
    pub seq: i64,
    pub actor_name: Option<String>,
    pub action: String,
    pub resource_type: String,
    pub resource_id: Option<Uuid>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    pub ip: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Which rows of the operators' log to list, newest first.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlatformLogFilter {
    /// The whole action or its noun.
    pub action: String,
    pub resource_id: Option<Uuid>,
    pub page: Option<i64>,
}
