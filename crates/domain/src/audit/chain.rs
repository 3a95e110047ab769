use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// A row of the log as its digest covers it.
pub(super) struct Entry<'a> {
    pub organization: Uuid,
    pub id: Uuid,
    pub seq: i64,
    pub actor_type: &'a str,
    pub actor_id: Option<Uuid>,
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
    pub(super) fn digest(&self, previous: &[u8]) -> Vec<u8> {
        let row = json!([
            self.organization,
            self.id,
            self.seq,
            self.actor_type,
            self.actor_id,
            self.action,
            self.resource_type,
            self.resource_id,
            self.before.map(in_order),
            self.after.map(in_order),
            self.ip,
            self.user_agent,
            self.created_at.timestamp_micros(),
        ]);
        let mut digest = Sha256::new();
        digest.update(previous);
        digest.update(row.to_string());
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
