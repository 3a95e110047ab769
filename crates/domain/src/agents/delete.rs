use serde_json::json;
use types::{
    conversation::Owner,
    event::EventName,
    id::{AgentId, ConversationId},
    permission::Permission,
};

use crate::{
    Cx, Error, Result, audit,
    conversations::{AGENT_UNAVAILABLE, hand_off_locked, lock},
    error::require,
    events,
};

/// Removes an agent. The conversations that it was answering are a person's from then on: visitors who wait for its
/// answer are told so, and what it is just writing is refused.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: AgentId) -> Result<()> {
    require(cx, Permission::AgentsWrite)?;
    let (organization, now) = (cx.organization(), cx.now());
    let waiting = sqlx::query_scalar!(
        "select id from conversations
         where organization_id = $1 and agent_id = $2 and owner = 'agent' and status = 'active'
           and last_message_direction = 'inbound' and last_seq > 0",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    for conversation in waiting {
        let mut conversation = lock(cx, ConversationId(conversation)).await?;
        if conversation.owner == Owner::Agent {
            hand_off_locked(cx, &mut conversation, AGENT_UNAVAILABLE).await?;
        }
    }
    let orphans = sqlx::query!(
        "update conversations
         set owner = 'nobody', owner_epoch = owner_epoch + 1, updated_at = $3
         where organization_id = $1 and agent_id = $2 and owner = 'agent' and status = 'active'
         returning id, owner_epoch",
        organization.0,
        id.0,
        now
    )
    .fetch_all(cx.conn())
    .await?;
    // Before the row that new conversations refer to: while this goes on, visitors who write for the first time wait for
    // nothing. Of closed conversations, which may be very many, nobody is told.
    sqlx::query!(
        "with channels as (update channels set agent_id = null where organization_id = $1 and agent_id = $2),
              traces as (delete from answer_traces where organization_id = $1 and agent_id = $2)
         update conversations
         set agent_id = null, owner = case owner when 'agent' then 'nobody' else owner end,
             owner_epoch = owner_epoch + (owner = 'agent')::int
         where organization_id = $1 and agent_id = $2",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    let name = sqlx::query_scalar!(
        "delete from agents where organization_id = $1 and id = $2 returning name",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("agent"))?;
    let (orphans, payloads): (Vec<_>, Vec<_>) = orphans
        .into_iter()
        .map(|row| (row.id, json!({"owner": Owner::Nobody, "owner_epoch": row.owner_epoch, "assignee_id": null})))
        .unzip();
    events::emit_of_each(cx, EventName::ConversationOwnerChanged, &orphans, &payloads).await?;
    events::emit(cx, EventName::AgentDeleted, "agent", id, None, json!({"name": name})).await?;
    audit::record(cx, "agent.deleted", id, Some(json!({"name": name})), None).await?;
    Ok(())
}
