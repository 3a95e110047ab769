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

/// Opens a closed conversation again, for the member who had it. Opened twice is opened once.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn reopen(cx: &mut Cx, id: ConversationId) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut conversation = lock(cx, id).await?;
    if !conversation.is_active() {
        reopen_locked(cx, &mut conversation).await?;
        conversation.save(cx).await?;
    }
    load::one(cx, id).await
}

/// Opens a closed conversation that is locked. The caller saves.
pub(crate) async fn reopen_locked(cx: &mut Cx, conversation: &mut Locked) -> Result<()> {
    conversation.status = ConversationStatus::Active;
    conversation.closed_at = None;
    let assignee = conversation.assignee_id;
    let owner = if assignee.is_some() { Owner::Member } else { Owner::Nobody };
    conversation.set_owner(cx, owner, assignee).await?;
    messages::append_line(cx, conversation, SystemLine::Reopened, None).await?;
    conversation.emit(cx, EventName::ConversationReopened, json!({})).await
}
