use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A row of the log as its digest covers it.
pub(crate) struct Entry<'a> {
    pub organization: Uuid,
    pub id: Uuid,
    pub seq: i64,
    pub actor_type: &'a str,
    pub actor_id: Option<Uuid>,
    /// The operator behind a member's act.
    pub impersonator: Option<Uuid>,
    pub action: &'a str,
    pub resource_type: &'a str,
    pub resource_id: Option<Uuid>,
    pub before: Option<&'a Value>,
    pub after: Option<&'a Value>,
    pub ip: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    pub created_at: DateTime<Utc>,
}

impl Entry<'_> {
    /// SHA-256 of the digest before and this row, as a JSON array whose objects have their names in order: Postgres
    /// keeps them in another one.
    pub(crate) fn digest(&self, previous: &[u8]) -> Vec<u8> {
        let mut row = vec![
            json!(self.organization),
            json!(self.id),
            json!(self.seq),
            json!(self.actor_type),
            json!(self.actor_id),
            json!(self.action),
            json!(self.resource_type),
            json!(self.resource_id),
            json!(self.before.map(in_order)),
            json!(self.after.map(in_order)),
            json!(self.ip),
            json!(self.user_agent),
            json!(self.created_at.timestamp_micros()),
        ];
        row.extend(self.impersonator.map(|id| json!(id)));
        let mut digest = Sha256::new();
        digest.update(previous);
        digest.update(Value::Array(row).to_string());
        digest.finalize().to_vec()
    }
}

/// The value with every object written as a list of its names and values, sorted by name.
fn in_order(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            fields.into_iter().map(|(name, value)| json!([name, in_order(value)])).collect()
        }
        Value::Array(items) => items.iter().map(in_order).collect(),
        other => other.clone(),
    }
}
