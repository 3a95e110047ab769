//! Work that goes on after the commit that asked for it.

use serde::{Deserialize, Serialize};
use types::id::{AgentId, ConversationId, MessageId, OrganizationId, SourceId, SyncId};

use crate::{Cx, Result, Services};

/// A job: ids of what is to be worked on. Its body is a verb that may run twice and does its work once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Let the agent answer a visitor's message, unless a person has taken over or a newer message waits.
    ReplyAsAgent {
        organization_id: OrganizationId,
        conversation_id: ConversationId,
        agent_id: AgentId,
        message_id: MessageId,
        owner_epoch: i64,
    },
    /// Go on with a sync of a source until its pages are done.
    SyncSource { organization_id: OrganizationId, source_id: SourceId, sync_id: SyncId },
}

/// Enqueues a job in the caller's transaction: it exists if, and only if, that commits.
pub async fn enqueue(_cx: &mut Cx, _job: Job) -> Result<()> {
    Ok(())
}

/// Runs a job's body.
pub async fn run(_services: &Services, job: Job) -> anyhow::Result<()> {
    match job {
        Job::ReplyAsAgent { .. } | Job::SyncSource { .. } => Ok(()),
    }
}
