use serde_json::json;
use types::{
    conversation::{Conversation, ConversationStatus, Owner},
    event::EventName,
    id::ConversationId,
    message::SystemLine,
    permission::Permission,
};

use super::{Locked, load, lock};
use crate::{Cx, Result, error::require, messages};

/// Closes a conversation: nobody answers, and what an agent is writing is refused. The customer's next message begins
/// a new one. Closed twice is closed once.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn close(cx: &mut Cx, id: ConversationId) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut conversation = lock(cx, id).await?;
    close_locked(cx, &mut conversation, SystemLine::Closed).await?;
    load::one(cx, id).await
}

/// Closes a conversation that is locked, with the line that says who did it. Saves.
pub(crate) async fn close_locked(cx: &mut Cx, conversation: &mut Locked, line: SystemLine) -> Result<()> {
    if !conversation.is_active() {
        return Ok(());
    }
    conversation.status = ConversationStatus::Closed;
    conversation.closed_at = Some(cx.now());
    conversation.snoozed_until = None;
    conversation.waiting_since = None;
    // The assignee stays, so that one sees who had it.
    let assignee = conversation.assignee_id;
    conversation.set_owner(cx, Owner::Nobody, assignee).await?;
    messages::append_line(cx, conversation, line, None).await?;
    conversation.read_all();
    conversation.emit(cx, EventName::ConversationClosed, json!({})).await?;
    conversation.save(cx).await
}
