use serde_json::{Value, json};
use types::{
    error::FieldRule,
    event::EventName,
    id::{AttachmentId, MessageId},
    message::{AuthorType, Citation, ContentType, Direction, MAX_MESSAGE_CHARS, MessageRole, SystemLine},
};
use uuid::Uuid;

use crate::{Actor, Cx, Error, Result, attachments, conversations::Locked, events, validate::clean};

/// The longest preview of a last message, in characters.
const PREVIEW_CHARS: usize = 120;
/// A message carries at most so many files.
const MAX_ATTACHMENTS: usize = 10;

/// A message that is to be written.
pub(crate) struct New<'a> {
    pub author_type: AuthorType,
    pub author_id: Option<Uuid>,
    pub content: &'a str,
    pub content_type: ContentType,
    pub is_note: bool,
    pub citations: &'a [Citation],
    pub attachments: &'a [AttachmentId],
    pub client_id: Option<&'a str>,
    pub metadata: Value,
}

/// Writes a message at the end of a locked conversation, with its event, and notes it in the conversation's list
/// facts. The caller saves the conversation.
///
/// # Errors
/// [`Error::Validation`] when an attachment is not there to be sent.
pub(crate) async fn append(cx: &mut Cx, conversation: &mut Locked, new: New<'_>) -> Result<MessageId> {
    let (organization, id, now) = (cx.organization(), MessageId(cx.new_id()), cx.now());
    let is_event = new.content_type == ContentType::Event;
    let direction = if new.author_type == AuthorType::Contact { Direction::Inbound } else { Direction::Outbound };
    let role = match new.author_type {
        _ if is_event => MessageRole::System,
        AuthorType::Contact => MessageRole::User,
        AuthorType::System => MessageRole::System,
        AuthorType::Member | AuthorType::Agent | AuthorType::Workflow => MessageRole::Assistant,
    };
    conversation.last_seq += 1;
    sqlx::query!(
        "insert into messages (organization_id, id, conversation_id, seq, direction, role, author_type, author_id,
                               content, content_type, is_note, citations, client_id, metadata, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        organization.0,
        id.0,
        conversation.id.0,
        conversation.last_seq,
        direction.as_str(),
        role.as_str(),
        new.author_type.as_str(),
        new.author_id,
        new.content,
        new.content_type.as_str(),
        new.is_note,
        serde_json::to_value(new.citations)?,
        new.client_id,
        new.metadata,
        now
    )
    .execute(cx.conn())
    .await?;
    let first_file = attachments::attach(cx, conversation.id, id, new.attachments).await?;
    if !is_event && !new.is_note {
        conversation.last_message_at = now;
        conversation.last_message_direction = direction;
        conversation.last_message_preview = preview(new.content, first_file.as_deref());
    }
    let payload = json!({
        "conversation_id": conversation.id, "seq": conversation.last_seq, "direction": direction, "role": role,
        "author_type": new.author_type, "author_id": new.author_id, "content": new.content,
        "content_type": new.content_type, "is_note": new.is_note,
    });
    events::emit(cx, EventName::MessageCreated, "message", id, Some(conversation.id), payload).await?;
    Ok(id)
}

/// Writes one of the product's own lines, in the actor's name. Who is assigned is colleagues' business only.
pub(crate) async fn append_line(
    cx: &mut Cx,
    conversation: &mut Locked,
    line: SystemLine,
    reason: Option<&str>,
) -> Result<()> {
    let (author_type, author_id) = match cx.actor() {
        Actor::Member { id, .. } => (AuthorType::Member, Some(id.0)),
        Actor::Agent { id, .. } => (AuthorType::Agent, Some(id.0)),
        Actor::Visitor { .. } => (AuthorType::Contact, Some(conversation.contact_id.0)),
        Actor::ApiKey { .. } | Actor::PlatformAdmin { .. } | Actor::System => (AuthorType::System, None),
    };
    let new = New {
        author_type,
        author_id,
        content: line.as_str(),
        content_type: ContentType::Event,
        is_note: matches!(line, SystemLine::Assigned | SystemLine::Unassigned),
        citations: &[],
        attachments: &[],
        client_id: None,
        metadata: reason.map_or_else(|| json!({}), |reason| json!({"reason": reason})),
    };
    append(cx, conversation, new).await?;
    Ok(())
}

/// The text of a message that a person sends, in the form in which it is stored.
pub(super) fn check(content: &str, client_id: &str, attachments: &[AttachmentId]) -> Result<String> {
    let content = clean(content).trim().to_owned();
    let length = content.chars().count();
    if length == 0 && attachments.is_empty() {
        return Err(Error::rule("content", FieldRule::Missing));
    }
    if length > MAX_MESSAGE_CHARS {
        return Err(Error::limit("content", FieldRule::TooLong, MAX_MESSAGE_CHARS));
    }
    if attachments.len() > MAX_ATTACHMENTS {
        return Err(Error::limit("attachments", FieldRule::TooMany, MAX_ATTACHMENTS));
    }
    if client_id.is_empty() || client_id.len() > 100 || client_id.contains(|c: char| c.is_control()) {
        return Err(Error::invalid("client_id", "must have 1 to 100 characters"));
    }
    if client_id.starts_with("agent:") {
        return Err(Error::invalid("client_id", "must not begin with agent:, which is reserved for agents' answers"));
    }
    Ok(content)
}

/// The beginning of a message on one line; of a message without text, its first file.
fn preview(content: &str, first_file: Option<&str>) -> String {
    let line = content.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = match first_file {
        Some(file) if line.is_empty() => format!("📎 {file}"),
        _ => line,
    };
    if line.chars().count() <= PREVIEW_CHARS {
        return line;
    }
    let cut: String = line.chars().take(PREVIEW_CHARS - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preview_is_one_short_line() {
        assert_eq!(preview(" Hello\n\n there ", None), "Hello there");
        assert_eq!(preview("", Some("invoice.pdf")), "📎 invoice.pdf");
        let long = preview(&"ë".repeat(500), None);
        assert_eq!(long.chars().count(), PREVIEW_CHARS);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn a_message_must_say_something_and_not_too_much() {
        assert!(check("  \n ", "1", &[]).is_err());
        assert!(check(&"a".repeat(MAX_MESSAGE_CHARS + 1), "1", &[]).is_err());
        assert!(check("hi", "", &[]).is_err());
        assert!(check("hi", "agent:1", &[]).is_err());
        assert_eq!(check(" hi\0 ", "1", &[]).expect("a message"), "hi");
        assert_eq!(check("", "1", &[AttachmentId(Uuid::nil())]).expect("a file alone"), "");
    }
}
