//! Re-reading by the clock.

use chrono::{DateTime, Utc};
use serde_json::json;
use types::{
    event::EventName,
    id::{OrganizationId, SourceId, SyncId},
    knowledge::{Schedule, Source},
    permission::Permission,
};

use super::{
    source::find,
    start::{WATCH_AFTER, start},
    sync::{next_sync, recipe},
};
use crate::{
    Actor, Cx, Result, Services, audit,
    error::require,
    events,
    jobs::{self, Job},
};

/// Sources that one call looks at.
const BATCH: i64 = 100;

/// Sets how often a source is read again, counted from its last reading.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden), [`Error::NotFound`](crate::Error::NotFound).
pub async fn set_schedule(cx: &mut Cx, id: SourceId, schedule: Schedule) -> Result<Source> {
    require(cx, Permission::KnowledgeWrite)?;
    let before = find(cx, id).await?;
    sqlx::query!(
        "update knowledge_sources set schedule = $3, updated_at = $4 where organization_id = $1 and id = $2",
        cx.organization().0,
        id.0,
        schedule.as_str(),
        cx.now()
    )
    .execute(cx.conn())
    .await?;
    next_sync(cx, id).await?;
    let payload = json!({"schedule": schedule});
    events::emit(cx, EventName::SourceUpdated, "knowledge_source", id, None, payload).await?;
    let after = find(cx, id).await?;
    audit::changed(cx, "knowledge_source.updated", id, &before, &after).await?;
    Ok(after)
}

/// Begins the syncs that are due and takes up those that stand still. Called every 30 seconds on one node; several at
/// once do no harm. Returns how many jobs were enqueued.
///
/// # Errors
/// When the database does not answer; what was begun before stays begun.
pub async fn run_due(services: &Services) -> Result<usize> {
    let now = services.db.now();
    // Taken by moving the time on: another node does not see them, and a crash here only delays them.
    let due = sqlx::query!(
        "update sync_schedule s set due_at = $2
         from (select organization_id, source_id from sync_schedule where due_at <= $1
               order by due_at limit $3 for update skip locked) d
         where s.organization_id = d.organization_id and s.source_id = d.source_id
         returning s.organization_id, s.source_id",
        now,
        now + WATCH_AFTER,
        BATCH
    )
    .fetch_all(services.db.system().pool())
    .await?;
    let mut begun = 0;
    for row in due {
        let (organization, source) = (OrganizationId(row.organization_id), SourceId(row.source_id));
        match look_at(services, organization, source).await {
            Ok(enqueued) => begun += usize::from(enqueued),
            // One organization's trouble is not the others'.
            Err(error) => tracing::warn!(%organization, %source, %error, "a scheduled sync did not begin"),
        }
    }
    Ok(begun)
}

/// Puts the sources of an organization whose documents were made with another reader or embedding model into the schedule,
/// also those that are read once only. The first is due at `from`, and one every ten seconds after it: members' own syncs do
/// not wait behind all of them. Gives when the next organization's first is due.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn renew(
    services: &Services,
    organization: OrganizationId,
    from: DateTime<Utc>,
) -> Result<DateTime<Utc>> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let next = sqlx::query_scalar!(
        r#"with outdated as (
             select source_id, row_number() over (order by source_id) - 1 as place
             from (select distinct source_id from documents
                   where organization_id = $1 and is_live and recipe <> $2) d
           ), scheduled as (
             insert into sync_schedule as s (organization_id, source_id, due_at)
             select $1, source_id, $3::timestamptz + place * interval '10 seconds' from outdated
             on conflict (organization_id, source_id) do update set due_at = least(s.due_at, excluded.due_at)
           )
           select $3::timestamptz + count(*) * interval '10 seconds' as "next!" from outdated"#,
        organization.0,
        recipe(services),
        from
    )
    .fetch_one(cx.conn())
    .await?;
    cx.commit().await?;
    Ok(next)
}

/// Begins the sync of a source, or enqueues its running one again when that gives no sign of life and the queue has it no
/// more: it may just wait there.
async fn look_at(services: &Services, organization: OrganizationId, source: SourceId) -> Result<bool> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    if !is_active(&mut cx).await? {
        return Ok(false);
    }
    let running = sqlx::query!(
        "select id, heartbeat_at from knowledge_syncs
         where organization_id = $1 and source_id = $2 and status = 'running'",
        organization.0,
        source.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let enqueued = match running {
        Some(sync) if now - sync.heartbeat_at < WATCH_AFTER => false,
        Some(sync) => {
            let (organization_id, source_id, sync_id) = (organization, source, SyncId(sync.id));
            let job = |later| Job::SyncSource { organization_id, source_id, sync_id, later };
            !jobs::is_waiting(&mut cx, job(true)).await? && jobs::enqueue_again(&mut cx, job(false)).await?
        }
        None => match due_now(&mut cx, source, &recipe(services)).await? {
            true => start(&mut cx, source).await?.is_some(),
            false => {
                next_sync(&mut cx, source).await?;
                false
            }
        },
    };
    services.commit(cx).await?;
    Ok(enqueued)
}

/// Whether the organization is neither suspended nor deleted. Of others nothing is read; they are asked again later.
async fn is_active(cx: &mut Cx) -> Result<bool> {
    let organization = cx.organization().0;
    let active =
        sqlx::query_scalar!(r#"select status = 'active' as "active!" from organizations where id = $1"#, organization)
            .fetch_optional(cx.conn())
            .await?;
    Ok(active.unwrap_or(false))
}

/// Whether the source's own time has come, or its documents were made with something else than others are now; a watch
/// that outlived its sync is no reason to read.
async fn due_now(cx: &mut Cx, source: SourceId, recipe: &str) -> Result<bool> {
    let due = sqlx::query_scalar!(
        r#"select coalesce(schedule <> 'off' and next_sync_at <= $3, false)
                  or exists (select from documents d where d.organization_id = $1 and d.source_id = $2 and d.is_live
                             and d.recipe <> $4) as "due!"
           from knowledge_sources where organization_id = $1 and id = $2"#,
        cx.organization().0,
        source.0,
        cx.now(),
        recipe
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(due.unwrap_or(false))
}
