use serde_json::Value;
use types::{
    event::EventName,
    id::{ConversationId, EventId},
};
use uuid::Uuid;

use crate::{Cx, Result};

/// Writes an event and its place in the outbox, in the caller's transaction: both exist if, and only if, the change
/// that they tell of does.
///
/// `resource_type` is the noun of the event's name (`channel` for `channel.created`). `payload` is what webhooks
/// carry; it holds no secrets.
///
/// # Errors
/// When the database does not take it.
pub async fn emit(
    cx: &mut Cx,
    name: EventName,
    resource_type: &str,
    resource_id: impl Into<Uuid>,
    conversation_id: Option<ConversationId>,
    payload: Value,
) -> Result<EventId> {
    let (organization, id, now) = (cx.organization().0, cx.new_id(), cx.now());
    let (actor_type, actor_id) = (cx.actor().kind(), cx.actor().id());
    sqlx::query!(
        "with event as (
           insert into events (organization_id, id, name, resource_type, resource_id, conversation_id, payload,
                               actor_type, actor_id, created_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         )
         insert into event_outbox (organization_id, event_id) values ($1, $2)",
        organization,
        id,
        name.as_str(),
        resource_type,
        resource_id.into(),
        conversation_id.map(|id| id.0),
        payload,
        actor_type,
        actor_id,
        now,
    )
    .execute(cx.conn())
    .await?;
    Ok(EventId(id))
}

/// The same event of each of these conversations, in one statement however many they are.
///
/// # Errors
/// When the database does not take them.
pub(crate) async fn emit_of_each(cx: &mut Cx, name: EventName, conversations: &[Uuid], payload: Value) -> Result<()> {
    let (organization, now) = (cx.organization().0, cx.now());
    let (actor_type, actor_id) = (cx.actor().kind(), cx.actor().id());
    let ids: Vec<Uuid> = conversations.iter().map(|_| cx.new_id()).collect();
    sqlx::query!(
        "with event as (
           insert into events (organization_id, id, name, resource_type, resource_id, conversation_id, payload,
                               actor_type, actor_id, created_at)
           select $1, id, $4, 'conversation', conversation, conversation, $5, $6, $7, $8
           from unnest($2::uuid[], $3::uuid[]) each (id, conversation)
         )
         insert into event_outbox (organization_id, event_id) select $1, unnest($2::uuid[])",
        organization,
        &ids,
        conversations,
        name.as_str(),
        payload,
        actor_type,
        actor_id,
        now,
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
