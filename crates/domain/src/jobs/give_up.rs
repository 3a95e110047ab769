use types::id::{ConversationId, MessageId};

use super::Job;
use crate::{
    Actor, Cx, Error, Result, Services, agents,
    conversations::{self, AGENT_UNAVAILABLE},
    knowledge, mails,
};

/// What happens when a job has failed for the last time, so that nobody waits for it in vain.
pub(super) async fn give_up(services: &Services, job: &Job) -> anyhow::Result<()> {
    match job {
        Job::ReplyAsAgent { organization_id, conversation_id, message_id, owner_epoch, .. } => {
            let mut cx = services.db.begin(*organization_id, Actor::System).await?;
            match call_a_person(&mut cx, *conversation_id, *message_id, *owner_epoch).await {
                Ok(()) => services.commit(cx).await?,
                // The conversation is gone.
                Err(Error::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
            Ok(())
        }
        Job::SendMail { mail_id } => Ok(mails::give_up(services, *mail_id).await?),
        Job::SyncSource { organization_id, source_id, sync_id, .. } => {
            Ok(knowledge::give_up(services, *organization_id, *source_id, *sync_id).await?)
        }
        Job::ResetPassword { .. } | Job::RemoveAgent { .. } | Job::ReleaseMember { .. } | Job::Tick | Job::Upkeep => {
            Ok(())
        }
    }
}

/// Unless the message needs no answer of the agent any more: a try whose end was not heard may have given it, and then nobody
/// takes the conversation from the agent. Under the conversation's lock, as answers are written.
async fn call_a_person(cx: &mut Cx, conversation: ConversationId, message: MessageId, epoch: i64) -> Result<()> {
    conversations::lock(cx, conversation).await?;
    if agents::reply::is_due(cx, conversation, message, epoch).await? {
        conversations::request_hand_off(cx, conversation, Some(epoch), AGENT_UNAVAILABLE).await?;
    }
    Ok(())
}
