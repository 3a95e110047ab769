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

/// What a walk over a log found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walk {
    /// Rows that are whole, from the first on. One that has fallen since an earlier walk: rows were cut off at the end.
    pub rows: i64,
    /// The number of the first row that is missing or was changed.
    pub broken: Option<i64>,
}

/// How far a walk over a log has come.
#[derive(Default)]
pub(crate) struct Walker {
    walk: Walk,
    /// The digest of the last row.
    hash: Vec<u8>,
}

impl Walker {
    /// Looks at the next row, with the digests that stand in it. Gives what was found when it is not the one that belongs
    /// there: the walk ends here.
    pub(crate) fn step(&mut self, entry: &Entry<'_>, previous: &[u8], hash: Vec<u8>) -> Option<Walk> {
        let next = self.walk.rows + 1;
        if entry.seq != next || previous != self.hash || hash != entry.digest(previous) {
            return Some(Walk { broken: Some(next), ..self.walk });
        }
        (self.walk.rows, self.hash) = (next, hash);
        None
    }

    /// What was found so far: rows, all of them whole.
    pub(crate) fn walk(&self) -> Walk {
        self.walk
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
