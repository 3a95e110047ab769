use serde_json::json;
use types::{
    event::EventName,
    id::SourceId,
    knowledge::{Source, SyncStatus},
    permission::Permission,
};

use super::{
    source::find,
    sync::{Settled, abandon},
};
use crate::{Cx, Error, Result, audit, error::require, events};

/// Stops the sync of a source. What it has read is dropped; the version before it goes on answering.
///
/// # Errors
/// [`Error::Conflict`] when none runs.
pub async fn cancel(cx: &mut Cx, id: SourceId) -> Result<Source> {
    require(cx, Permission::KnowledgeWrite)?;
    find(cx, id).await?;
    let (organization, now) = (cx.organization().0, cx.now());
    let sync = sqlx::query_scalar!(
        "update knowledge_syncs set status = 'cancelled', finished_at = $3
         where organization_id = $1 and source_id = $2 and status = 'running' returning id",
        organization,
        id.0,
        now
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or_else(|| Error::Conflict("this source is not being read".into()))?;
    abandon(cx, id, Settled::Cancelled).await?;
    let payload = json!({"source_id": id, "status": SyncStatus::Cancelled});
    events::emit(cx, EventName::SyncUpdated, "knowledge_sync", sync, None, payload).await?;
    audit::record(cx, "knowledge_sync.cancelled", sync, None, Some(json!({"source_id": id}))).await?;
    find(cx, id).await
}
