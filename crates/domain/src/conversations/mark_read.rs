use serde_json::json;
use types::{conversation::Conversation, event::EventName, id::ConversationId, permission::Permission};

use super::{load, lock};
use crate::{Cx, Result, error::require};

/// Notes that members have read up to a message. It never goes back.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn mark_read(cx: &mut Cx, id: ConversationId, seq: i64) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut conversation = lock(cx, id).await?;
    let seq = seq.min(conversation.last_seq);
    // A snoozed conversation that woke up is unread without a new message.
    let wakes = conversation.unread_count > 0 && seq == conversation.last_seq;
    if seq > conversation.member_read_seq || wakes {
        conversation.member_read_seq = seq.max(conversation.member_read_seq);
        conversation.unread_count = unread(cx, id, conversation.member_read_seq).await?;
        let payload = json!({"member_read_seq": conversation.member_read_seq});
        conversation.emit(cx, EventName::ConversationRead, payload).await?;
        conversation.save(cx).await?;
    }
    load::one(cx, id).await
}

/// How many of the customer's messages come after one, counted up to 1000.
async fn unread(cx: &mut Cx, id: ConversationId, seq: i64) -> Result<i32> {
    let organization = cx.organization();
    let count = sqlx::query_scalar!(
        r#"select count(*)::int as "count!" from (
             select from messages where organization_id = $1 and conversation_id = $2 and seq > $3
               and author_type = 'contact' and content_type <> 'event' limit 1000) unread"#,
        organization.0,
        id.0,
        seq
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(count)
}
