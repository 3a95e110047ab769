use types::{
    conversation::{Conversation, Owner},
    id::{AgentId, ConversationId, MessageId},
    message::SystemLine,
    permission::Permission,
};

use super::{Locked, load, lock, reopen_locked};
use crate::{
    Cx, Error, Result,
    error::require,
    jobs::{self, Job},
    messages,
};

/// The agent answers again. When the customer's last message is still unanswered, it answers that one at once.
///
/// # Errors
/// [`Error::Conflict`] when neither the conversation nor its channel has an agent that is switched on.
pub async fn hand_back(cx: &mut Cx, id: ConversationId) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut conversation = lock(cx, id).await?;
    if conversation.is_active() && conversation.owner == Owner::Agent {
        return load::one(cx, id).await;
    }
    let agent = agent(cx, &conversation).await?.ok_or_else(|| {
        Error::Conflict("no agent is active on this channel: choose one in the channel's settings first".into())
    })?;
    if !conversation.is_active() {
        reopen_locked(cx, &mut conversation).await?;
    }
    conversation.agent_id = Some(agent);
    conversation.waiting_since = None;
    conversation.set_owner(cx, Owner::Agent, None).await?;
    messages::append_line(cx, &mut conversation, SystemLine::HandedBack, None).await?;
    conversation.save(cx).await?;
    if let Some(message_id) = unanswered(cx, id).await? {
        let organization_id = cx.organization();
        let owner_epoch = conversation.owner_epoch;
        let job = Job::ReplyAsAgent { organization_id, conversation_id: id, agent_id: agent, message_id, owner_epoch };
        jobs::enqueue(cx, job).await?;
    }
    load::one(cx, id).await
}

/// The agent that had the conversation, or else the channel's, if it is switched on.
async fn agent(cx: &mut Cx, conversation: &Locked) -> Result<Option<AgentId>> {
    let organization = cx.organization();
    let agent = sqlx::query_scalar!(
        "select a.id from agents a
         where a.organization_id = $1 and a.is_active
           and (a.id = $2 or a.id = (select agent_id from channels where organization_id = $1 and id = $3))
         order by a.id = $2 desc nulls last limit 1",
        organization.0,
        conversation.agent_id.map(|id| id.0),
        conversation.channel_id.0
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(agent.map(AgentId))
}

/// The newest message, when it is the customer's.
async fn unanswered(cx: &mut Cx, id: ConversationId) -> Result<Option<MessageId>> {
    let organization = cx.organization();
    let newest = sqlx::query!(
        "select id, author_type from messages
         where organization_id = $1 and conversation_id = $2 and content_type <> 'event' and not is_note
         order by seq desc limit 1",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(newest.filter(|row| row.author_type == "contact").map(|row| MessageId(row.id)))
}
