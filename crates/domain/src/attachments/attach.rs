use types::{
    error::FieldRule,
    id::{AttachmentId, ConversationId, MessageId},
};
use uuid::Uuid;

use crate::{Actor, Cx, Error, Result};

/// Ties uploaded files to the message that carries them, and gives the first one's name. Only the sender's own files
/// that were not sent yet: a visitor's from the same browser, a member's into the same conversation.
///
/// # Errors
/// [`Error::Validation`] when one of them is not there to be sent.
pub(crate) async fn attach(
    cx: &mut Cx,
    conversation: ConversationId,
    message: MessageId,
    attachments: &[AttachmentId],
) -> Result<Option<String>> {
    if attachments.is_empty() {
        return Ok(None);
    }
    let organization = cx.organization();
    let ids: Vec<Uuid> = attachments.iter().map(|id| id.0).collect();
    let visitor = match cx.actor() {
        Actor::Visitor { id, .. } => Some(id.0),
        _ => None,
    };
    let attached = sqlx::query!(
        "update attachments set conversation_id = $2, message_id = $3
         where organization_id = $1 and id = any($4) and message_id is null
           and case when $5::uuid is null then conversation_id = $2 and visitor_id is null else visitor_id = $5 end
         returning file_name",
        organization.0,
        conversation.0,
        message.0,
        &ids,
        visitor
    )
    .fetch_all(cx.conn())
    .await?;
    if attached.len() != attachments.len() {
        return Err(Error::rule("attachments", FieldRule::NotThere));
    }
    Ok(attached.into_iter().next().map(|row| row.file_name))
}
