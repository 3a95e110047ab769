use types::permission::Permission;

use super::chain::Entry;
use crate::{Cx, Result, error::require};

/// Rows that are read at a time.
const BATCH: i64 = 500;

/// What a walk over a log found.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Walk {
    /// Rows that are whole, from the first on. One that has fallen since an earlier walk: rows were cut off at the end.
    pub rows: i64,
    /// The number of the first row that is missing or was changed.
    pub broken: Option<i64>,
}

/// Looks whether the organization's log is whole: every row from the first on is there and says what it said when it
/// was written. Gives the number of the first that is not. Rows cut off at the end do not show.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn verify(cx: &mut Cx) -> Result<Option<i64>> {
    Ok(walk(cx).await?.broken)
}

/// The same, with the number of rows that are whole.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn walk(cx: &mut Cx) -> Result<Walk> {
    require(cx, Permission::AuditRead)?;
    let organization = cx.organization().0;
    let (mut last, mut previous) = (0, Vec::new());
    loop {
        let rows = sqlx::query!(
            r#"select id, seq as "seq!", actor_type, actor_id, action, resource_type, resource_id, before, after, ip, user_agent,
                      previous_hash as "previous_hash!", hash as "hash!", created_at, impersonator_id
               from audit_logs where organization_id = $1 and seq > $2 order by seq limit $3"#,
            organization,
            last,
            BATCH
        )
        .fetch_all(cx.conn())
        .await?;
        if rows.is_empty() {
            return Ok(Walk { rows: last, broken: None });
        }
        for row in rows {
            let entry = Entry {
                organization,
                id: row.id,
                seq: row.seq,
                actor_type: &row.actor_type,
                actor_id: row.actor_id,
                impersonator: row.impersonator_id,
                action: &row.action,
                resource_type: &row.resource_type,
                resource_id: row.resource_id,
                before: row.before.as_ref(),
                after: row.after.as_ref(),
                ip: row.ip.as_deref(),
                user_agent: row.user_agent.as_deref(),
                created_at: row.created_at,
            };
            if row.seq != last + 1 || row.previous_hash != previous || row.hash != entry.digest(&previous) {
                return Ok(Walk { rows: last, broken: Some(last + 1) });
            }
            (last, previous) = (row.seq, row.hash);
        }
    }
}
