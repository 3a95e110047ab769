use serde_json::json;
use types::{
    conversation::{Conversation, UpdateConversation},
    event::EventName,
    id::ConversationId,
    permission::Permission,
};

use super::{load, lock};
use crate::{Cx, Result, error::require, validate::Check};

/// Changes a conversation's subject, priority or tags.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation) with every field that breaks a rule.
pub async fn update(cx: &mut Cx, id: ConversationId, input: UpdateConversation) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut check = Check::default();
    let subject = input.subject.map(|subject| check.line("subject", &subject, 0..=200));
    let tags = input.tags.map(|tags| check.tags("tags", &tags));
    check.finish()?;
    let mut conversation = lock(cx, id).await?;
    let mut changed = Vec::new();
    if let Some(subject) = subject
        && subject != conversation.subject
    {
        conversation.subject = subject;
        changed.push("subject");
    }
    if let Some(priority) = input.priority
        && priority != conversation.priority
    {
        conversation.priority = priority;
        changed.push("priority");
    }
    if let Some(tags) = tags
        && tags != conversation.tags
    {
        conversation.tags = tags;
        changed.push("tags");
    }
    if !changed.is_empty() {
        conversation.emit(cx, EventName::ConversationUpdated, json!({"changed": changed})).await?;
        conversation.save(cx).await?;
    }
    load::one(cx, id).await
}
