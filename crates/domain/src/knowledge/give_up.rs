use serde_json::json;
use types::{
    event::EventName,
    id::{OrganizationId, SourceId, SyncId},
    knowledge::{NotRead, NotReadCode, SyncStatus},
};

use super::sync::{Settled, abandon};
use crate::{Actor, Result, Services, events};

/// Ends a sync whose job has failed for the last time. What it has read is dropped; the version before it goes on
/// answering.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn give_up(
    services: &Services,
    organization: OrganizationId,
    source: SourceId,
    sync: SyncId,
) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    // The faults themselves are the operator's matter and stand in the log.
    let reason = NotRead::from(NotReadCode::GivenUp);
    let ended = sqlx::query!(
        "update knowledge_syncs set status = 'failed', reason = $4, reason_code = $5, finished_at = $6
         where organization_id = $1 and source_id = $2 and id = $3 and status = 'running'",
        organization.0,
        source.0,
        sync.0,
        reason.to_string(),
        serde_json::to_value(&reason)?,
        now
    )
    .execute(cx.conn())
    .await?;
    if ended.rows_affected() == 0 {
        return Ok(());
    }
    abandon(&mut cx, source, Settled::Failed(reason)).await?;
    let payload = json!({"source_id": source, "status": SyncStatus::Failed});
    events::emit(&mut cx, EventName::SyncUpdated, "knowledge_sync", sync, None, payload).await?;
    let payload = json!({"status": "failed"});
    events::emit(&mut cx, EventName::SourceUpdated, "knowledge_source", source, None, payload).await?;
    services.commit(cx).await
}
