use super::Job;
use crate::{
    Actor, Error, Services,
    conversations::{self, AGENT_UNAVAILABLE},
    knowledge, mails,
};

/// What happens when a job has failed for the last time, so that nobody waits for it in vain.
pub(super) async fn give_up(services: &Services, job: &Job) -> anyhow::Result<()> {
    match job {
        Job::ReplyAsAgent { organization_id, conversation_id, owner_epoch, .. } => {
            let mut cx = services.db.begin(*organization_id, Actor::System).await?;
            let epoch = Some(*owner_epoch);
            match conversations::request_hand_off(&mut cx, *conversation_id, epoch, AGENT_UNAVAILABLE).await {
                Ok(_) => services.commit(cx).await?,
                // Somebody else has the conversation, or it is gone.
                Err(Error::Conflict(_) | Error::NotFound(_)) => {}
                Err(error) => return Err(error.into()),
            }
            Ok(())
        }
        Job::SendMail { mail_id } => Ok(mails::give_up(services, *mail_id).await?),
        Job::SyncSource { organization_id, source_id, sync_id, .. } => {
            Ok(knowledge::give_up(services, *organization_id, *source_id, *sync_id).await?)
        }
        Job::ResetPassword { .. } | Job::Tick | Job::Upkeep => Ok(()),
    }
}
