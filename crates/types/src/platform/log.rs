//! The operators' log.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

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
