//! Telling progress, but not too often.

use std::{
    sync::PoisonError,
    time::{Duration, Instant},
};

use serde_json::json;
use types::{event::EventName, knowledge::SyncStatus};

use super::run::Run;
use crate::{Cx, Result, events};

const INTERVAL: Duration = Duration::from_secs(1);

/// Whether progress is to be told now; if so, the next time is a second later.
pub(super) fn is_due(run: &Run) -> bool {
    let mut told = run.told.lock().unwrap_or_else(PoisonError::into_inner);
    let due = told.is_none_or(|at| at.elapsed() >= INTERVAL);
    if due {
        *told = Some(Instant::now());
    }
    due
}

/// Writes the event with the sync's figures as they stand in this transaction.
pub(super) async fn tell(cx: &mut Cx, run: &Run) -> Result<()> {
    let row = sqlx::query!(
        "select status, pages_found, pages_done, pages_unchanged, pages_failed, chunks from knowledge_syncs
         where organization_id = $1 and id = $2",
        run.organization.0,
        run.sync.0
    )
    .fetch_one(cx.conn())
    .await?;
    let payload = json!({
        "source_id": run.source,
        "status": row.status.parse::<SyncStatus>()?,
        "pages_found": row.pages_found,
        "pages_done": row.pages_done,
        "pages_unchanged": row.pages_unchanged,
        "pages_failed": row.pages_failed,
        "chunks": row.chunks,
    });
    events::emit(cx, EventName::SyncUpdated, "knowledge_sync", run.sync, None, payload).await?;
    Ok(())
}
