use types::{
    conversation::Owner,
    id::{ConversationId, MessageId},
    message::{AuthorType, ContentType, Message, SendMessage},
    permission::Permission,
};

use super::{
    append::{self, New, append},
    get,
};
use crate::{
    Cx, Error, Result,
    conversations::{Locked, lock, reopen_locked, take_over_locked},
    error::require,
};

/// Sends a member's reply to the customer, or keeps a note for colleagues. The same client id twice is one message.
///
/// A reply opens a closed conversation again, takes over from an agent (what the agent is writing is refused), and
/// assigns a conversation that nobody has.
///
/// # Errors
/// [`Error::Validation`] for an empty or too long text; [`Error::Conflict`] when someone else has written since
/// `last_seen_seq`.
pub async fn send(cx: &mut Cx, id: ConversationId, input: SendMessage) -> Result<Message> {
    require(cx, Permission::ConversationsWrite)?;
    let content = append::check(&input.content, &input.client_id, &input.attachments)?;
    let mut conversation = lock(cx, id).await?;
    if let Some(sent) = sent(cx, id, &input.client_id).await? {
        return get(cx, sent).await;
    }
    if !input.is_note {
        if let Some(seq) = input.last_seen_seq
            && has_news(cx, id, seq).await?
        {
            return Err(Error::Conflict("something new has arrived in this conversation: read it first".into()));
        }
        take(cx, &mut conversation).await?;
    }
    let member = cx.actor().member_id();
    let new = New {
        author_type: if member.is_some() { AuthorType::Member } else { AuthorType::System },
        author_id: member.map(|id| id.0),
        content: &content,
        content_type: ContentType::Markdown,
        is_note: input.is_note,
        citations: &[],
        attachments: &input.attachments,
        client_id: Some(&input.client_id),
        metadata: serde_json::json!({}),
    };
    let message = append(cx, &mut conversation, new).await?;
    if !input.is_note {
        conversation.waiting_since = None;
        conversation.snoozed_until = None;
        conversation.read_all();
    }
    conversation.save(cx).await?;
    get(cx, message).await
}

/// Makes the conversation the sender's, as far as it is nobody's or an agent's.
async fn take(cx: &mut Cx, conversation: &mut Locked) -> Result<()> {
    if !conversation.is_active() {
        reopen_locked(cx, conversation).await?;
    }
    match (conversation.owner, conversation.assignee_id, cx.actor().member_id()) {
        (Owner::Agent, _, Some(member)) => take_over_locked(cx, conversation, member).await,
        (Owner::Agent, _, None) => conversation.set_owner(cx, Owner::Nobody, None).await,
        (Owner::Nobody, None, Some(member)) | (Owner::Member, None, Some(member)) => {
            conversation.set_owner(cx, Owner::Member, Some(member)).await
        }
        (Owner::Nobody, assignee @ Some(_), _) => conversation.set_owner(cx, Owner::Member, assignee).await,
        (Owner::Member, _, _) | (Owner::Nobody, None, None) => Ok(()),
    }
}

/// Whether someone else has written to the customer or been written to since a message.
async fn has_news(cx: &mut Cx, id: ConversationId, seq: i64) -> Result<bool> {
    let (organization, member) = (cx.organization(), cx.actor().member_id().map(|id| id.0));
    let news = sqlx::query_scalar!(
        r#"select exists (
             select from messages where organization_id = $1 and conversation_id = $2 and seq > $3
               and not is_note and content_type <> 'event' and author_id is distinct from $4) as "news!""#,
        organization.0,
        id.0,
        seq,
        member
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(news)
}

/// The message that was written with this client id already.
pub(super) async fn sent(cx: &mut Cx, id: ConversationId, client_id: &str) -> Result<Option<MessageId>> {
    let organization = cx.organization();
    let message = sqlx::query_scalar!(
        "select id from messages where organization_id = $1 and conversation_id = $2 and client_id = $3",
        organization.0,
        id.0,
        client_id
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(message.map(MessageId))
}
