use serde_json::Value;
use types::{
    event::EventName,
    id::{ConversationId, EventId},
};
use uuid::Uuid;

#[cfg(debug_assertions)]
use super::described;
use crate::{Cx, Result};

/// Writes an event and its place in the outbox, in the caller's transaction: both exist if, and only if, the change
/// that they tell of does.
///
/// `resource_type` is the noun of the event's name (`channel` for `channel.created`). `payload` is what webhooks
/// carry; it holds no secrets, and has the fields that `docs/events.md` describes.
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
    #[cfg(debug_assertions)]
    described::check(name, &payload);
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

/// The same event of each of these conversations, with its own payload, in one statement however many they are.
///
/// # Errors
/// When the database does not take them.
pub(crate) async fn emit_of_each(
    cx: &mut Cx,
    name: EventName,
    conversations: &[Uuid],
    payloads: &[Value],
) -> Result<()> {
    #[cfg(debug_assertions)]
    payloads.iter().for_each(|payload| described::check(name, payload));
    let (organization, now) = (cx.organization().0, cx.now());
    let (actor_type, actor_id) = (cx.actor().kind(), cx.actor().id());
    let ids: Vec<Uuid> = conversations.iter().map(|_| cx.new_id()).collect();
    sqlx::query!(
        "with event as (
           insert into events (organization_id, id, name, resource_type, resource_id, conversation_id, payload,
                               actor_type, actor_id, created_at)
           select $1, id, $4, 'conversation', conversation, conversation, payload, $6, $7, $8
           from unnest($2::uuid[], $3::uuid[], $5::jsonb[]) each (id, conversation, payload)
         )
         insert into event_outbox (organization_id, event_id) select $1, unnest($2::uuid[])",
        organization,
        &ids,
        conversations,
        name.as_str(),
        payloads,
        actor_type,
        actor_id,
        now,
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
