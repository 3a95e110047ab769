use chrono::TimeDelta;
use serde_json::json;
use types::{
    event::EventName,
    id::{SourceId, SyncId},
    knowledge::{Sync, SyncStatus},
    permission::Permission,
};

use crate::{
    Cx, Error, Result, audit,
    error::require,
    events,
    jobs::{self, Job},
};

/// How long a running sync may give no sign of life before it is taken up again.
pub(super) const WATCH_AFTER: TimeDelta = TimeDelta::minutes(15);

/// Begins to read a source again. What it says now answers until the new reading is complete.
///
/// # Errors
/// [`Error::Conflict`] while a sync of the source runs.
pub async fn sync(cx: &mut Cx, id: SourceId) -> Result<Sync> {
    require(cx, Permission::KnowledgeWrite)?;
    let started = start(cx, id).await?;
    let sync = started
        .ok_or_else(|| Error::Conflict("this source is already being read: wait for that or cancel it".into()))?;
    audit::record(cx, "knowledge_sync.started", sync.id, None, Some(json!({"source_id": id}))).await?;
    Ok(sync)
}

/// Begins a sync; none when one runs already.
pub(super) async fn start(cx: &mut Cx, source: SourceId) -> Result<Option<Sync>> {
    let (organization, now) = (cx.organization(), cx.now());
    let found = sqlx::query!(
        "select name, location from knowledge_sources where organization_id = $1 and id = $2",
        organization.0,
        source.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("knowledge source"))?;
    let id = SyncId(cx.new_id());
    // The order of locks is everywhere: sync, then source.
    let inserted = sqlx::query!(
        "insert into knowledge_syncs (organization_id, id, source_id, pages_found, started_at, heartbeat_at)
         values ($1, $2, $3, 1, $4, $4) on conflict do nothing",
        organization.0,
        id.0,
        source.0,
        now
    )
    .execute(cx.conn())
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(None);
    }
    let first = if found.location.is_empty() { found.name } else { found.location };
    sqlx::query!(
        "with page as (
           insert into knowledge_sync_pages (organization_id, sync_id, location) values ($1, $2, $3)
         ), watch as (
           insert into sync_schedule (organization_id, source_id, due_at) values ($1, $4, $5)
           on conflict (organization_id, source_id) do update set due_at = excluded.due_at
         )
         update knowledge_sources set status = 'processing', failure_reason = null, updated_at = $6
         where organization_id = $1 and id = $4",
        organization.0,
        id.0,
        first,
        source.0,
        now + WATCH_AFTER,
        now
    )
    .execute(cx.conn())
    .await?;
    let job = Job::SyncSource { organization_id: organization, source_id: source, sync_id: id, later: false };
    jobs::enqueue(cx, job).await?;
    let payload = json!({"source_id": source, "status": SyncStatus::Running});
    events::emit(cx, EventName::SyncUpdated, "knowledge_sync", id, None, payload).await?;
    Ok(Some(Sync {
        id,
        status: SyncStatus::Running,
        reason: None,
        failure: None,
        pages_found: 1,
        pages_done: 0,
        pages_unchanged: 0,
        pages_failed: 0,
        chunks: 0,
        started_at: now,
        finished_at: None,
    }))
}
