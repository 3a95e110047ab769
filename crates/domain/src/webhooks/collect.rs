use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use types::event::EventName;
use uuid::Uuid;

use crate::{Db, Result};

/// Makes deliveries of events for the subscriptions that want them, and their lanes due, and gives how many. The
/// connection's transaction is the one that publishes the events, scoped to their organization.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn collect(
    connection: &mut PgConnection,
    db: &Db,
    organization: Uuid,
    events: &[Uuid],
) -> Result<usize> {
    let wanted = sqlx::query!(
        "select s.id as subscription_id, e.id as event_id
         from webhook_subscriptions s
         join events e on e.organization_id = s.organization_id and e.id = any($2)
         where s.organization_id = $1 and s.is_active and e.name <> $3 and (s.events = '{}' or e.name = any(s.events))
         order by e.position",
        organization,
        events,
        EventName::WebhookTest.as_str()
    )
    .fetch_all(&mut *connection)
    .await?;
    if wanted.is_empty() {
        return Ok(0);
    }
    let now = db.now();
    let ids: Vec<Uuid> = wanted.iter().map(|_| db.new_id()).collect();
    let subscriptions: Vec<Uuid> = wanted.iter().map(|row| row.subscription_id).collect();
    let events: Vec<Uuid> = wanted.iter().map(|row| row.event_id).collect();
    sqlx::query!(
        "insert into webhook_deliveries (organization_id, id, subscription_id, event_id, next_attempt_at, created_at)
         select $1, w.id, w.subscription_id, w.event_id, $5, $5
         from unnest($2::uuid[], $3::uuid[], $4::uuid[]) w (id, subscription_id, event_id)
         on conflict do nothing",
        organization,
        &ids,
        &subscriptions,
        &events,
        now
    )
    .execute(&mut *connection)
    .await?;
    // Always in one order, so that two publishers never hold what the other waits for.
    let mut lanes = subscriptions;
    lanes.sort_unstable();
    lanes.dedup();
    make_due(connection, &lanes, now).await?;
    Ok(wanted.len())
}

/// Makes lanes due, if they are not due sooner.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn make_due(connection: &mut PgConnection, subscriptions: &[Uuid], at: DateTime<Utc>) -> Result<()> {
    sqlx::query!(
        "update webhook_lanes set due_at = least(due_at, $2) where subscription_id = any($1)",
        subscriptions,
        at
    )
    .execute(connection)
    .await?;
    Ok(())
}
