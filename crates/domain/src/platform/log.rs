//! The operators' log: what they did. Like the organizations' audit logs it only grows, and its rows are chained.

use chrono::{DateTime, SubsecRound, Utc};
use serde_json::Value;
use sqlx::{PgConnection, QueryBuilder};
use types::{
    page::{Page, clamp},
    platform::{PlatformLogEntry, PlatformLogFilter},
};
use uuid::Uuid;

use super::Operator;
use crate::{
    Result, Services,
    accounts::ClientInfo,
    audit::{Entry, Walk},
    validate::{clean, cut},
};

/// Counting stops here, and so do the pages: a filter narrows the list.
const COUNT_BOUND: i64 = 10_000;
/// One row is written at a time, so that the chain has one order.
const LOCK: i64 = 0x706c_6174_666f_726d;
/// Rows that are read at a time.
const BATCH: i64 = 500;

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

/// The rows of the operators' log that match, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn log(services: &Services, _: &Operator, filter: &PlatformLogFilter) -> Result<Page<PlatformLogEntry>> {
    let (page, limit, offset) = clamp(filter.page, Some(50));
    let action = clean(&filter.action).trim().to_lowercase();
    let conditions = |query: &mut QueryBuilder<'_, sqlx::Postgres>| {
        if !action.is_empty() {
            query.push(" and (l.action = ").push_bind(action.clone());
            query.push(" or l.resource_type = ").push_bind(action.clone()).push(")");
        }
        if let Some(resource) = filter.resource_id {
            query.push(" and l.resource_id = ").push_bind(resource);
        }
    };
    let pool = services.db.system();
    let mut count = QueryBuilder::new("select count(*) from (select from platform_logs l where true");
    conditions(&mut count);
    count.push(" limit ").push_bind(COUNT_BOUND).push(") matching");
    let total: i64 = count.build_query_scalar().fetch_one(pool.pool()).await?;
    let mut query = QueryBuilder::new(
        "select l.seq, u.name as actor_name, l.action, l.resource_type, l.resource_id, l.before, l.after, l.ip, l.created_at
         from platform_logs l left join users u on u.id = l.actor_id where true",
    );
    conditions(&mut query);
    query.push(" order by l.seq desc limit ").push_bind(limit).push(" offset ").push_bind(offset.min(COUNT_BOUND));
    let rows = query.build_query_as::<Row>().fetch_all(pool.pool()).await?;
    Ok(Page { items: rows.into_iter().map(Row::entry).collect(), total, page, limit })
}

/// Looks whether the operators' log is whole. Gives the number of the first row that is missing or was changed.
///
/// # Errors
/// When the database does not answer.
pub async fn verify_log(services: &Services, _: &Operator) -> Result<Option<i64>> {
    Ok(walk_log(services).await?.broken)
}

/// The same, with the number of rows that are whole.
pub(super) async fn walk_log(services: &Services) -> Result<Walk> {
    let (mut last, mut previous) = (0, Vec::new());
    loop {
        let rows = sqlx::query!(
            "select id, seq, actor_id, action, resource_type, resource_id, before, after, ip, user_agent, previous_hash,
                    hash, created_at
             from platform_logs where seq > $1 order by seq limit $2",
            last,
            BATCH
        )
        .fetch_all(services.db.system().pool())
        .await?;
        if rows.is_empty() {
            return Ok(Walk { rows: last, broken: None });
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
            if row.seq != last + 1 || row.previous_hash != previous || row.hash != entry.digest(&previous) {
                return Ok(Walk { rows: last, broken: Some(last + 1) });
            }
            (last, previous) = (row.seq, row.hash);
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    actor_name: Option<String>,
    action: String,
    resource_type: String,
    resource_id: Option<Uuid>,
    before: Option<Value>,
    after: Option<Value>,
    ip: Option<String>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn entry(self) -> PlatformLogEntry {
        PlatformLogEntry {
            seq: self.seq,
            actor_name: self.actor_name,
            action: self.action,
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            before: self.before,
            after: self.after,
            ip: self.ip,
            created_at: self.created_at,
        }
    }
}
