use std::collections::HashMap;

use types::{
    event::EventName,
    id::{ConversationId, OrganizationId},
    live::{LiveEvent, ReadMarks},
};
use uuid::Uuid;

use crate::{Cx, Result, SecretKey, conversations, messages};

/// A published event as it is stored.
pub(super) struct Stored {
    pub(super) name: String,
    resource_type: String,
    resource_id: Uuid,
    pub(super) conversation_id: Option<Uuid>,
    pub(super) position: i64,
}

/// The published events after a position, oldest first.
pub(super) async fn events_after(cx: &mut Cx, position: i64, limit: i64) -> Result<Vec<Stored>> {
    let organization = cx.organization();
    let rows = sqlx::query_as!(
        Stored,
        r#"select name, resource_type, resource_id, conversation_id, position as "position!" from events
           where organization_id = $1 and position > $2 order by position limit $3"#,
        organization.0,
        position,
        limit
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows)
}

/// Adds what members' screens need: the messages and the conversations as they are now, each read once for the whole
/// batch. Events that this version does not know are left out: during an upgrade newer nodes write them.
pub(super) async fn enrich(cx: &mut Cx, rows: Vec<Stored>) -> Result<Vec<(i64, LiveEvent)>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let unique = |mut ids: Vec<Uuid>| {
        ids.sort_unstable();
        ids.dedup();
        ids
    };
    let message_ids = rows.iter().filter(|row| row.resource_type == "message").map(|row| row.resource_id).collect();
    let conversation_ids = rows.iter().filter_map(|row| row.conversation_id).collect();
    let found = messages::load(cx, &unique(message_ids)).await?;
    let messages: HashMap<Uuid, _> = found.into_iter().map(|message| (message.id.0, message)).collect();
    let found = conversations::load(cx, &unique(conversation_ids)).await?;
    let conversations: HashMap<Uuid, _> = found.into_iter().map(|one| (one.summary.id.0, one)).collect();
    let known = rows.into_iter().filter_map(|row| Some((row.name.parse::<EventName>().ok()?, row)));
    let events = known.map(|(name, row)| {
        let conversation = row.conversation_id.and_then(|id| conversations.get(&id));
        let event = LiveEvent {
            name,
            resource_id: row.resource_id,
            conversation_id: row.conversation_id.map(ConversationId),
            message: messages.get(&row.resource_id).cloned(),
            conversation: conversation.map(|conversation| conversation.summary.clone()),
            read: conversation.map(|conversation| ReadMarks {
                member_seq: conversation.member_read_seq,
                contact_seq: conversation.contact_read_seq,
            }),
        };
        (row.position, event)
    });
    Ok(events.collect())
}

/// What the visitor of the event's conversation gets of it; nothing of notes and of colleagues' business.
pub(super) fn for_visitor(
    key: &SecretKey,
    organization: OrganizationId,
    now: chrono::DateTime<chrono::Utc>,
    event: &LiveEvent,
) -> Option<LiveEvent> {
    let message = match event.name {
        EventName::MessageCreated => Some(messages::for_visitor(key, organization, now, event.message.clone()?)?),
        EventName::ConversationRead
        | EventName::ConversationOwnerChanged
        | EventName::ConversationClosed
        | EventName::ConversationReopened => None,
        _ => return None,
    };
    Some(LiveEvent { message, conversation: None, ..event.clone() })
}
