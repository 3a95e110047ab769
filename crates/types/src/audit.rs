//! The audit log, as it is read.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::id::AuditLogId;

/// An entry of the audit log: who did what.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    pub id: AuditLogId,
    /// Position in the organization's chain, starting at 1.
    pub seq: i64,
    /// `member`, `api_key`, `agent`, `visitor`, `platform_admin` or `system`.
    pub actor_type: String,
    pub actor_id: Option<Uuid>,
    /// The actor's current name, if it still has one.
    pub actor_name: Option<String>,
    /// A noun and what happened to it, such as `agent.updated`.
    pub action: String,
    pub resource_type: String,
    pub resource_id: Option<Uuid>,
    pub before: Option<Value>,
    pub after: Option<Value>,
    /// Whether an operator of the service did this while working as the member.
    pub impersonated: bool,
    pub ip: Option<String>,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// Which rows to list, newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AuditFilter {
    /// The whole action or its noun.
    pub action: Option<String>,
    pub actor_id: Option<Uuid>,
    pub resource_id: Option<Uuid>,
    pub from: Option<DateTime<Utc>>,
    pub until: Option<DateTime<Utc>>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}
