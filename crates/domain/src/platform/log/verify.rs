use uuid::Uuid;

use crate::{
    Result, Services,
    audit::{Entry, Walk, Walker},
    platform::Operator,
};

/// Rows that are read at a time.
const BATCH: i64 = 500;

/// Looks whether the operators' log is whole. Gives the number of the first row that is missing or was changed.
///
/// # Errors
/// When the database does not answer.
pub async fn verify_log(services: &Services, _: &Operator) -> Result<Option<i64>> {
    Ok(walk_log(services).await?.broken)
}

/// The same, with the number of rows that are whole.
pub(in crate::platform) async fn walk_log(services: &Services) -> Result<Walk> {
    let mut walker = Walker::default();
    loop {
        let rows = sqlx::query!(
            "select id, seq, actor_id, action, resource_type, resource_id, before, after, ip, user_agent, previous_hash,
                    hash, created_at
             from platform_logs where seq > $1 order by seq limit $2",
            walker.walk().rows,
            BATCH
        )
        .fetch_all(services.db.system().pool())
        .await?;
        if rows.is_empty() {
            return Ok(walker.walk());
        }
        for row in rows {
            let entry = Entry {
                organization: Uuid::nil(),
                id: row.id,
                seq: row.seq,
                actor_type: "platform_admin",
                actor_id: row.actor_id,
                impersonator: None,
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
