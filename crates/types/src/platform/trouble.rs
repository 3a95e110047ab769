//! What wants somebody to look: jobs, webhooks and sources that fail.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{DeliveryId, OrganizationId, SourceId, WebhookSubscriptionId},
    knowledge::NotRead,
    webhook::NotDelivered,
};

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
    pub failure: Option<NotDelivered>,
}

/// A source of knowledge that could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FailingSource {
    pub organization_id: OrganizationId,
    pub organization_name: String,
    pub source_id: SourceId,
    pub name: String,
    pub location: String,
    pub reason: Option<NotRead>,
    pub updated_at: DateTime<Utc>,
}
