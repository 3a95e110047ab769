use std::collections::BTreeMap;

use sqlx::PgConnection;
use uuid::Uuid;

use super::chain::Entry;
use crate::{Result, Services};

/// How many rows one transaction seals.
const BATCH: i64 = 500;
/// One seals at a time, whatever the number of processes.
const LOCK: i64 = 0x6269_7365_6163;

/// Gives the rows that were written until now their places in the chains of their organizations. Writers do not wait for
/// each other this way: the order of a chain is the order in which commits became visible.
///
/// # Errors
/// When the database does not answer; what was sealed before stays sealed.
pub async fn seal(services: &Services) -> Result<()> {
    let last = sqlx::query_scalar!("select max(id) from audit_outbox").fetch_one(services.db.system().pool()).await?;
    if let Some(last) = last {
        while seal_some(services, last).await? == BATCH as usize {}
    }
    Ok(())
}

/// Seals rows up to this place in the outbox, and gives how many.
async fn seal_some(services: &Services, last: i64) -> Result<usize> {
    let mut tx = services.db.system().begin().await?;
    sqlx::query!("select pg_advisory_xact_lock($1)", LOCK).execute(&mut *tx).await?;
    let rows = sqlx::query!(
        "select id, organization_id, audit_log_id from audit_outbox where id <= $1 order by id limit $2",
        last,
        BATCH
    )
    .fetch_all(&mut *tx)
    .await?;
    let mut organizations = BTreeMap::<Uuid, Vec<Uuid>>::new();
    for row in &rows {
        organizations.entry(row.organization_id).or_default().push(row.audit_log_id);
    }
    for (organization, ids) in &organizations {
        let scope = format!("set local app.organization_id = '{organization}'");
        sqlx::query(&scope).persistent(false).execute(&mut *tx).await?;
        append(&mut tx, *organization, ids).await?;
    }
    let sealed: Vec<i64> = rows.iter().map(|row| row.id).collect();
    sqlx::query!("delete from audit_outbox where id = any($1)", &sealed).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok(rows.len())
}

/// Appends rows to the organization's chain, in the order given. Those of an organization that is gone are gone too.
async fn append(connection: &mut PgConnection, organization: Uuid, ids: &[Uuid]) -> Result<()> {
    let last = sqlx::query!(
        r#"select seq as "seq!", hash as "hash!" from audit_logs
           where organization_id = $1 and seq is not null order by seq desc limit 1"#,
        organization
    )
    .fetch_optional(&mut *connection)
    .await?;
    let (mut seq, mut previous) = last.map_or((0, Vec::new()), |last| (last.seq, last.hash));
    let rows = sqlx::query!(
        "select l.id, actor_type, actor_id, action, resource_type, resource_id, before, after, ip, user_agent, created_at,
                impersonator_id
         from unnest($2::uuid[]) with ordinality as w (id, place)
         join audit_logs l on l.organization_id = $1 and l.id = w.id
         where l.seq is null order by w.place",
        organization,
        ids
    )
    .fetch_all(&mut *connection)
    .await?;
    let (mut places, mut before, mut hashes) = (Vec::new(), Vec::new(), Vec::new());
    for row in &rows {
        seq += 1;
        let entry = Entry {
            organization,
            id: row.id,
            seq,
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
        let hash = entry.digest(&previous);
        places.push(seq);
        before.push(std::mem::replace(&mut previous, hash.clone()));
        hashes.push(hash);
    }
    let ids: Vec<Uuid> = rows.into_iter().map(|row| row.id).collect();
    sqlx::query!(
        "update audit_logs l set seq = s.seq, previous_hash = s.previous_hash, hash = s.hash
         from unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::bytea[]) s (id, seq, previous_hash, hash)
         where l.organization_id = $1 and l.id = s.id",
        organization,
        &ids,
        &places,
        &before,
        &hashes
    )
    .execute(connection)
    .await?;
    Ok(())
}
