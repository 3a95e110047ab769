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

impl AuditFilter {
    /// An action and days such as `2026-11-21`, in UTC, as people write them; the last day belongs to it. What is empty or
    /// no day does not filter.
    pub fn of_days(action: &str, from: &str, until: &str) -> Self {
        Self {
            action: Some(action.trim().to_owned()).filter(|action| !action.is_empty()),
            from: day(from),
            until: day(until).map(|day| day.checked_add_days(chrono::Days::new(1)).unwrap_or(day)),
            ..Self::default()
        }
    }
}

/// The beginning of a day, in UTC.
fn day(text: &str) -> Option<DateTime<Utc>> {
    let day = text.trim().parse::<chrono::NaiveDate>().ok()?;
    Some(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_take_hostile_bytes() {
        let words = ["-", "+", "0", "9", "T", "Z", "262142", "-262143", "12-31", " "];
        fuzz::text(&["2026-11-21", "+262142-12-31", "0000-02-29"], &words, |text| {
            let filter = AuditFilter::of_days(text, text, text);
            assert!(filter.action.is_none_or(|action| !action.is_empty() && action == action.trim()));
            // The last day belongs to what is asked for: the time between is a day, or none at the end of all days.
            assert_eq!(filter.from.is_some(), filter.until.is_some());
            let pair = filter.from.zip(filter.until);
            assert!(pair.is_none_or(|(from, until)| until == from || until - from == chrono::TimeDelta::days(1)));
        });
    }
}
