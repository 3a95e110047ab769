use std::{collections::BTreeMap, time::Duration};

use db::hooks::step;
use sqlx::PgConnection;
use tokio_util::sync::CancellationToken;
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Result, Services, audit, live, webhooks};

/// How many events one transaction publishes at most, of all organizations and of one.
const BATCH: i64 = 500;
const SHARE: i64 = 100;
/// After so many deliveries a transaction takes no further organization: an event may go to a hundred subscriptions.
const DELIVERIES: usize = 5_000;
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
    publish(services).await?;
    audit::seal(services).await
}

/// Publishes what stands in the outbox by now, and gives how many events. What somebody holds who erases a contact waits for
/// the next time, with what its organization wrote later.
///
/// The order of an organization's positions is the order in which commits became visible: an event whose transaction
/// commits later gets a later position, even when it was written earlier. Positions become visible in their order, because
/// one publisher works at a time.
///
/// # Errors
/// When the database does not answer; what was published before stays published.
pub async fn publish(services: &Services) -> Result<usize> {
    let last = sqlx::query_scalar!("select max(id) from event_outbox").fetch_one(services.db.system().pool()).await?;
    let Some(last) = last else { return Ok(0) };
    let mut published = 0;
    loop {
        match publish_some(services, last).await? {
            0 => return Ok(published),
            some => published += some,
        }
    }
}

/// Publishes some of what stands in the outbox up to this place. The organizations take turns: one that writes thousands of
/// events waits for itself.
async fn publish_some(services: &Services, last: i64) -> Result<usize> {
    let mut tx = services.db.system().begin().await?;
    sqlx::query!("select pg_advisory_xact_lock($1)", LOCK).execute(&mut *tx).await?;
    let mut published = Vec::new();
    // Each organization with the position before its first new event.
    let mut touched = Vec::<(OrganizationId, i64)>::new();
    let mut deliveries = 0;
    for (organization, waiting) in by_turns(&mut tx, last).await? {
        if deliveries >= DELIVERIES {
            break;
        }
        let scope = format!("set local app.organization_id = '{organization}'");
        sqlx::query(&scope).persistent(false).execute(&mut *tx).await?;
        let numbered = number(&mut tx, organization, &waiting.events).await?;
        if !numbered.is_free {
            continue;
        }
        if let Some(first) = numbered.first {
            touched.push((OrganizationId(organization), first - 1));
        }
        deliveries += webhooks::collect(&mut tx, &services.db, organization, &waiting.events).await?;
        published.extend(waiting.places);
    }
    if published.is_empty() {
        return Ok(0);
    }
    sqlx::query!("delete from event_outbox where id = any($1)", &published).execute(&mut *tx).await?;
    for payload in live::published_payloads(&services.live, &touched) {
        sqlx::query!("select pg_notify('biseda_live', $1)", payload).execute(&mut *tx).await?;
    }
    step("events-numbered");
    tx.commit().await?;
    step("events-published");
    for (organization, position) in touched {
        services.live.mark_dirty(organization, Some(position));
    }
    metrics::counter!("biseda_events_published_total").increment(published.len() as u64);
    Ok(published.len())
}

/// Events of an organization that wait, in their order, with their places in the outbox.
#[derive(Default)]
struct Waiting {
    events: Vec<Uuid>,
    places: Vec<i64>,
}

/// What is published next: the first event of every organization that waits before the second of any. Always in one order
/// of organizations.
async fn by_turns(connection: &mut PgConnection, last: i64) -> Result<BTreeMap<Uuid, Waiting>> {
    let rows = sqlx::query!(
        r#"with recursive waiting (organization_id) as (
             (select organization_id from event_outbox order by organization_id limit 1)
             union all
             select (select o.organization_id from event_outbox o
                     where o.organization_id > w.organization_id order by o.organization_id limit 1)
             from waiting w where w.organization_id is not null
           )
           select o.id as "id!", w.organization_id as "organization_id!", o.event_id as "event_id!"
           from waiting w
           cross join lateral (
             select id, event_id, row_number() over (order by id) as turn from event_outbox
             where organization_id = w.organization_id and id <= $1 order by id limit $2
           ) o
           order by o.turn, o.id limit $3"#,
        last,
        SHARE,
        BATCH
    )
    .fetch_all(connection)
    .await?;
    let mut organizations = BTreeMap::<Uuid, Waiting>::new();
    for row in rows {
        let waiting = organizations.entry(row.organization_id).or_default();
        waiting.events.push(row.event_id);
        waiting.places.push(row.id);
    }
    Ok(organizations)
}

/// What came of [`number`].
struct Numbered {
    /// Nobody holds any of the events; otherwise none has got a position.
    is_free: bool,
    /// The first position; none when the events are gone.
    first: Option<i64>,
}

/// Gives an organization's events their positions in the order given.
async fn number(connection: &mut PgConnection, organization: Uuid, events: &[Uuid]) -> Result<Numbered> {
    let numbered = sqlx::query_as!(
        Numbered,
        r#"with held as (
             select id from events where organization_id = $1 and id = any($2) for no key update skip locked
           ), looked_at as (
             select (select count(*) from held)
                    = (select count(*) from events where organization_id = $1 and id = any($2)) as is_free
           ), given as (
             select id, nextval('event_positions') as position from (
               select id from unnest($2::uuid[]) with ordinality e (id, place)
               where (select is_free from looked_at) order by place) e
           ), numbered as (
             update events e set position = given.position from given
             where e.organization_id = $1 and e.id = given.id returning e.position
           )
           select is_free as "is_free!", (select min(position) from numbered) as first from looked_at"#,
        organization,
        events
    )
    .fetch_one(connection)
    .await?;
    Ok(numbered)
}
