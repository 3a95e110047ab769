//! Work that goes on after the commit that asked for it. The queue is `awa`, on the same Postgres: a job exists if, and
//! only if, the transaction that enqueued it commits, and what a killed worker had in hand another one takes up.

mod enqueue;
mod give_up;
mod lead;
mod perform;
mod places;
mod runner;
mod share;
mod turn;

use serde::{Deserialize, Serialize};
use types::id::{AgentId, ConversationId, MailId, MemberId, MessageId, OrganizationId, SourceId, SyncId};

use crate::{Services, accounts, agents, conversations, files, knowledge, mails, members, platform, upkeep};

pub use enqueue::enqueue;
pub(crate) use enqueue::{enqueue_again, enqueue_on, is_waiting};
pub use runner::{Body, CONNECTIONS, Runner};
pub use turn::TurnOver;

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
    /// Go on with a sync of a source until its pages are done or its turn is over.
    SyncSource {
        organization_id: OrganizationId,
        source_id: SourceId,
        sync_id: SyncId,
        /// It had a turn before. Programs that know of no turns write nothing here, and the queue compares what is written.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        later: bool,
    },
    /// Hand a mail to the mail server.
    SendMail { mail_id: MailId },
    /// Let the person with this address, if there is one, choose a new password. A job for every address that is named, so
    /// that the answer does not tell which are known.
    ResetPassword { email: String },
    /// Take a deleted agent out of its conversations and remove what it left behind.
    RemoveAgent { organization_id: OrganizationId, agent_id: AgentId },
    /// Make the conversations of a removed member nobody's and remove what is left of the member.
    ReleaseMember { organization_id: OrganizationId, member_id: MemberId },
    /// Look for what is due: every 30 seconds, on one node.
    Tick,
    /// Remove what nobody needs any more: once a day.
    Upkeep,
}

impl Job {
    /// The word for it in logs and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::ReplyAsAgent { .. } => "reply_as_agent",
            Self::SyncSource { .. } => "sync_source",
            Self::SendMail { .. } => "send_mail",
            Self::ResetPassword { .. } => "reset_password",
            Self::RemoveAgent { .. } => "remove_agent",
            Self::ReleaseMember { .. } => "release_member",
            Self::Tick => "tick",
            Self::Upkeep => "upkeep",
        }
    }

    /// Whether it may be cut off at once when the program stops: it goes on elsewhere where it stood.
    fn is_long(&self) -> bool {
        matches!(self, Self::SyncSource { .. } | Self::RemoveAgent { .. } | Self::ReleaseMember { .. } | Self::Upkeep)
    }

    /// Whether the queue refuses it while it has the same one to be done.
    fn is_single(&self) -> bool {
        matches!(self, Self::SyncSource { .. })
    }

    /// The queue that it waits in, as long as its organization does not ask for more than its share.
    fn queue(&self) -> &'static str {
        match self {
            Self::ReplyAsAgent { .. } => "reply",
            Self::SyncSource { .. } => "sync",
            Self::SendMail { .. } | Self::ResetPassword { .. } => "mail",
            Self::Tick => "tick",
            Self::RemoveAgent { .. } | Self::ReleaseMember { .. } | Self::Upkeep => "upkeep",
        }
    }

    /// How often it is begun before it counts as failed; a killed worker's try counts.
    fn max_attempts(&self) -> i16 {
        match self {
            Self::ReplyAsAgent { .. } => 5,
            Self::SyncSource { .. } => 10,
            // The pause doubles with each attempt: about a day in all.
            Self::SendMail { .. } => 16,
            Self::ResetPassword { .. } => 5,
            Self::RemoveAgent { .. } | Self::ReleaseMember { .. } => 10,
            Self::Tick => 1,
            Self::Upkeep => 3,
        }
    }
}

/// Runs a job's body.
///
/// # Errors
/// What went wrong; the job is tried again later. [`TurnOver`] when nothing did.
pub async fn run(services: &Services, job: Job) -> anyhow::Result<()> {
    match job {
        Job::ReplyAsAgent { organization_id, conversation_id, agent_id, message_id, owner_epoch } => {
            agents::reply::run(services, organization_id, conversation_id, agent_id, message_id, owner_epoch).await?;
        }
        Job::SyncSource { organization_id, source_id, sync_id, later } => {
            if !knowledge::sync::run(services, organization_id, source_id, sync_id).await? {
                turn::end(services, organization_id, source_id, sync_id, later).await?;
            }
        }
        Job::SendMail { mail_id } => mails::send(services, mail_id).await?,
        Job::ResetPassword { email } => accounts::send_password_reset(services, &email).await?,
        Job::RemoveAgent { organization_id, agent_id } => agents::remove(services, organization_id, agent_id).await?,
        Job::ReleaseMember { organization_id, member_id } => {
            members::release(services, organization_id, member_id).await?
        }
        Job::Tick => {
            // None waits for the others' faults.
            let (woken, begun, removed, upkeep, ended, counted) = tokio::join!(
                conversations::wake_snoozed(services),
                knowledge::schedule::run_due(services),
                files::sweep(services),
                upkeep::begin_when_due(services),
                platform::end_overdue(services),
                platform::measure_due(services),
            );
            woken?;
            begun?;
            removed?;
            upkeep?;
            ended?;
            counted?;
        }
        Job::Upkeep => upkeep::run(services).await?,
    }
    Ok(())
}
