//! The operators' log: what they did. Like the organizations' audit logs it only grows, and its rows are chained.

mod list;
mod verify;

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use super::Operator;
use crate::{Result, Services, accounts::ClientInfo, audit::Entry, validate::cut};

pub use list::log;
pub use verify::verify_log;
pub(super) use verify::walk_log;

/// One row is written at a time, so that the chain has one order.
const LOCK: i64 = 0x706c_6174_666f_726d;

/// What is written down.
pub(super) struct Act<'a> {
    /// A noun and what became of it.
    pub action: &'a str,
    pub resource: Uuid,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

impl Operator {
    /// Writes what the operator did, in the caller's transaction. Other operators' acts wait until that ends: call it last.
    pub(super) async fn note(&self, services: &Services, connection: &mut PgConnection, act: Act<'_>) -> Result<()> {
        let now = services.db.now();
        write(connection, services.db.new_id(), now, self.user(), self.client(), act).await
    }
}

/// Writes a row.
pub(super) async fn write(
    connection: &mut PgConnection,
    id: Uuid,
    now: DateTime<Utc>,
    actor: types::id::UserId,
    client: &ClientInfo,
    act: Act<'_>,
) -> Result<()> {
    let (ip, user_agent) = (cut(client.ip.as_deref(), 64), cut(client.user_agent.as_deref(), 400));
    let created_at = now.trunc_subsecs(6);
    sqlx::query!("select pg_advisory_xact_lock($1)", LOCK).execute(&mut *connection).await?;
    let last = sqlx::query!("select seq, hash from platform_logs order by seq desc limit 1")
        .fetch_optional(&mut *connection)
        .await?;
    let (seq, previous) = last.map_or((1, Vec::new()), |last| (last.seq + 1, last.hash));
    let resource_type = act.action.split('.').next().unwrap_or_default();
    let entry = Entry {
        organization: Uuid::nil(),
        id,
        seq,
        actor_type: "platform_admin",
        actor_id: Some(actor.0),
        impersonator: None,
        action: act.action,
        resource_type,
        resource_id: Some(act.resource),
        before: act.before.as_ref(),
        after: act.after.as_ref(),
        ip: ip.as_deref(),
        user_agent: user_agent.as_deref(),
        created_at,
    };
    let hash = entry.digest(&previous);
    sqlx::query!(
        "insert into platform_logs (id, seq, actor_id, action, resource_type, resource_id, before, after, ip, user_agent,
                                    previous_hash, hash, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        id,
        seq,
        actor.0,
        act.action,
        resource_type,
        act.resource,
        act.before,
        act.after,
        ip,
        user_agent,
        previous,
        hash,
        created_at
    )
    .execute(connection)
    .await?;
    Ok(())
}
