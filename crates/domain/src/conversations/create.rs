use serde_json::json;
use types::{
    conversation::{Conversation, CreateConversation},
    error::FieldRule,
    id::{ChannelId, ContactId},
    message::SendMessage,
    permission::Permission,
};

use super::{Channel, load, start};
use crate::{Cx, Error, Result, audit, error::require, messages, validate::Check};

/// Begins a conversation with a contact by writing to it. As with every reply of a member, the member has it from then
/// on; what a program begins, nobody has.
///
/// # Errors
/// [`Error::Validation`] for a contact or channel that is not there and for texts that break a rule;
/// [`Error::Refused`] when the channel is switched off.
pub async fn create(cx: &mut Cx, input: CreateConversation) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut check = Check::default();
    let subject = check.line("subject", &input.subject, 0..=200);
    let tags = check.tags("tags", &input.tags);
    let channel = open(cx, &mut check, input.channel_id).await?;
    if !has_contact(cx, input.contact_id).await? {
        check.rule("contact_id", FieldRule::NotThere);
    }
    check.finish()?;
    let channel = channel.ok_or(Error::NotFound("channel"))?;
    let mut conversation = start(cx, &channel, input.contact_id).await?;
    conversation.subject = subject;
    conversation.tags = tags;
    conversation.priority = input.priority.unwrap_or(conversation.priority);
    conversation.save(cx).await?;
    let first = SendMessage {
        content: input.content,
        is_note: false,
        client_id: cx.new_id().to_string(),
        attachments: Vec::new(),
        last_seen_seq: None,
    };
    messages::send(cx, conversation.id, first).await?;
    let after = json!({"contact_id": input.contact_id, "channel_id": input.channel_id});
    audit::record(cx, "conversation.created", conversation.id, None, Some(after)).await?;
    load::one(cx, conversation.id).await
}

/// The channel, or a note that it is not there.
async fn open(cx: &mut Cx, check: &mut Check, id: ChannelId) -> Result<Option<Channel>> {
    match Channel::open(cx, id).await {
        Ok(channel) => Ok(Some(channel)),
        Err(Error::NotFound(_)) => {
            check.rule("channel_id", FieldRule::NotThere);
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Whether there is such a contact. Its row is held: a merge at the same moment comes before, or takes the conversation
/// along.
async fn has_contact(cx: &mut Cx, id: ContactId) -> Result<bool> {
    let organization = cx.organization();
    let found = sqlx::query_scalar!(
        "select id from contacts where organization_id = $1 and id = $2 and merged_into_id is null for key share",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(found.is_some())
}
