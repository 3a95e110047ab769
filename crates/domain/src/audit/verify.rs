use types::permission::Permission;

use super::chain::{Entry, Walk, Walker};
use crate::{Cx, Result, error::require};

/// Rows that are read at a time.
const BATCH: i64 = 500;

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
    let mut walker = Walker::default();
    loop {
        let rows = sqlx::query!(
            r#"select id, seq as "seq!", actor_type, actor_id, action, resource_type, resource_id, before, after, ip, user_agent,
                      previous_hash as "previous_hash!", hash as "hash!", created_at, impersonator_id
               from audit_logs where organization_id = $1 and seq > $2 order by seq limit $3"#,
            organization,
            walker.walk().rows,
            BATCH
        )
        .fetch_all(cx.conn())
        .await?;
        if rows.is_empty() {
            return Ok(walker.walk());
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
            if let Some(broken) = walker.step(&entry, &row.previous_hash, row.hash) {
                return Ok(broken);
            }
        }
    }
}
