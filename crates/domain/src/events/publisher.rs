use std::{collections::BTreeMap, time::Duration};

use db::hooks::step;
use tokio_util::sync::CancellationToken;
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Result, Services, audit, live, webhooks};

/// How many events one transaction publishes.
const BATCH: i64 = 500;
/// How often the outbox is looked at when no commit of this process woke the publisher.
const POLL: Duration = Duration::from_millis(500);
/// One publisher at a time, whatever the number of processes.
const LOCK: i64 = 0x6269_7365_6461;

/// Gives events their positions after their commit and tells the nodes, and seals what was written to the audit logs. One
/// runs in every process.
pub struct Publisher;

impl Publisher {
    /// Publishes until the shutdown. While the database is away it waits and goes on; nothing is lost, because the
    /// outbox was committed with the events.
    pub async fn run(services: Services, shutdown: CancellationToken) {
        while !shutdown.is_cancelled() {
            let pause = match drain(&services).await {
                Ok(()) => POLL,
                Err(error) => {
                    tracing::warn!(error = ?error, "events wait: the database does not take their publication");
                    Duration::from_secs(1)
                }
            };
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = services.live.woken() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        // What was committed in the last moment still leaves, if the database is there.
        let _ = drain(&services).await;
    }
}

/// Publishes and seals all that was committed before.
///
/// # Errors
/// When the database does not answer; what was done before stays done.
pub(crate) async fn drain(services: &Services) -> Result<()> {
    while publish(services).await? == BATCH as usize {}
    audit::seal(services).await
}

/// Publishes what stands in the outbox, up to 500 events, and gives how many.
///
/// The order of positions is the order in which commits became visible: an event whose transaction commits later gets
/// a later position, even when it was written earlier. Positions become visible in their order, because one publisher
/// works at a time.
///
/// # Errors
/// When the database does not answer; then nothing was published.
pub async fn publish(services: &Services) -> Result<usize> {
    let pool = services.db.system();
    let waits = sqlx::query_scalar!(r#"select exists (select from event_outbox) as "waits!""#);
    if !waits.fetch_one(pool.pool()).await? {
        return Ok(0);
    }
    let mut tx = pool.begin().await?;
    sqlx::query!("select pg_advisory_xact_lock($1)", LOCK).execute(&mut *tx).await?;
    let rows = sqlx::query!("select id, organization_id, event_id from event_outbox order by id limit $1", BATCH)
        .fetch_all(&mut *tx)
        .await?;
    if rows.is_empty() {
        return Ok(0);
    }
    let positions = sqlx::query_scalar!(
        r#"select nextval('event_positions') as "position!" from generate_series(1, $1::bigint)"#,
        rows.len() as i64
    )
    .fetch_all(&mut *tx)
    .await?;
    // Each organization with the position before its first new event.
    let mut touched = Vec::<(OrganizationId, i64)>::new();
    let mut organizations = BTreeMap::<Uuid, Vec<(Uuid, i64)>>::new();
    for (row, position) in rows.iter().zip(&positions) {
        let published = organizations.entry(row.organization_id).or_default();
        if published.is_empty() {
            touched.push((OrganizationId(row.organization_id), position - 1));
        }
        published.push((row.event_id, *position));
    }
    for (organization, mut published) in organizations {
        // Held in the order in which who erases a contact holds its events.
        published.sort_unstable();
        let (events, places): (Vec<Uuid>, Vec<i64>) = published.into_iter().unzip();
        let scope = format!("set local app.organization_id = '{organization}'");
        sqlx::query(&scope).persistent(false).execute(&mut *tx).await?;
        sqlx::query!(
            "update events e set position = p.position from unnest($2::uuid[], $3::bigint[]) p (id, position)
             where e.organization_id = $1 and e.id = p.id",
            organization,
            &events,
            &places
        )
        .execute(&mut *tx)
        .await?;
        webhooks::collect(&mut tx, &services.db, organization, &events).await?;
    }
    let done: Vec<i64> = rows.iter().map(|row| row.id).collect();
    sqlx::query!("delete from event_outbox where id = any($1)", &done).execute(&mut *tx).await?;
    for payload in live::published_payloads(&services.live, &touched) {
        sqlx::query!("select pg_notify('biseda_live', $1)", payload).execute(&mut *tx).await?;
    }
    step("events-numbered");
    tx.commit().await?;
    step("events-published");
    for (organization, position) in touched {
        services.live.mark_dirty(organization, Some(position));
    }
    metrics::counter!("biseda_events_published_total").increment(rows.len() as u64);
    Ok(rows.len())
}
