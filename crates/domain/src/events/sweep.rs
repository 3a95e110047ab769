use chrono::{DateTime, Duration, Utc};
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Actor, Cx, Result, Services, live};

/// Events that are looked at in one transaction.
const BATCH: i64 = 1_000;

/// Removes an organization's events that are older than the operator lets them become. These stay: the newest, which says
/// where live updates stand; what is not published yet; what a delivery of a webhook refers to; and what happened with
/// contacts, as long as they are there, because their histories tell of it. Part of the daily upkeep.
///
/// Goes along the primary key, which begins with the time: an index of its own would be written with every event.
///
/// # Errors
/// When the database does not answer; what was removed before stays removed.
pub(crate) async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    let mut behind = Uuid::nil();
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let before = cx.now() - Duration::days(services.settings.events_kept_days.into());
        let old = sqlx::query_scalar!(
            "select id from events where organization_id = $1 and id > $2 and id < $3 order by id limit $4",
            organization.0,
            behind,
            db::first_id(before),
            BATCH
        )
        .fetch_all(cx.conn())
        .await?;
        let Some(last) = old.last() else { return Ok(()) };
        behind = *last;
        remove(&mut cx, &old, before).await?;
        cx.commit().await?;
    }
}

/// Removes those of them that nobody needs. What is locked at this moment waits for the next upkeep: who erases a contact
/// holds its events in an order of its own.
async fn remove(cx: &mut Cx, old: &[Uuid], before: DateTime<Utc>) -> Result<()> {
    let (organization, newest) = (cx.organization(), live::cursor(cx).await?);
    sqlx::query!(
        "delete from events where organization_id = $1 and id in (
           select e.id from events e
           where e.organization_id = $1 and e.id = any($2) and e.created_at < $3 and e.position < $4
             and (e.resource_type <> 'contact' or e.payload = '{}')
             and not exists (select from webhook_deliveries d where d.organization_id = $1 and d.event_id = e.id)
           for update of e skip locked)",
        organization.0,
        old,
        before,
        newest
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
