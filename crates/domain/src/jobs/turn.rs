use types::id::{OrganizationId, SourceId, SyncId};

use super::{Job, enqueue_again};
use crate::{Actor, Services};

/// A job has had its turn and is to go on where it stands, behind those that wait in its queue. Nothing has failed.
#[derive(Debug, thiserror::Error)]
#[error("its turn is over, and it goes on later")]
pub struct TurnOver;

/// Lets a sync go on later, in the queue for what goes beyond an organization's share.
///
/// # Errors
/// [`TurnOver`] when it waited there already; otherwise when the database does not answer.
pub(super) async fn end(
    services: &Services,
    organization_id: OrganizationId,
    source_id: SourceId,
    sync_id: SyncId,
    later: bool,
) -> anyhow::Result<()> {
    if later {
        return Err(TurnOver.into());
    }
    let mut cx = services.db.begin(organization_id, Actor::System).await?;
    enqueue_again(&mut cx, Job::SyncSource { organization_id, source_id, sync_id, later: true }).await?;
    services.commit(cx).await?;
    Ok(())
}
