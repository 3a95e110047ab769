use domain::{Error, messages};
use serde::Deserialize;
use types::{
    error::FieldRule,
    id::{AttachmentId, ConversationId},
    message::{Message, SendMessage},
    page::clamp,
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, query::number};
use crate::{Api, answer::One, error::ApiResult};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list_messages, send_message))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Part {
    /// The `next_cursor` of the previous part.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    limit: Option<i64>,
}

/// List a conversation's messages, newest part first
///
/// Within each part, messages are in the order in which they were written; the cursor leads to earlier ones.
#[utoipa::path(get, path = "/conversations/{id}/messages", tag = "Conversations",
    params(("id" = ConversationId, Path), Part), responses((status = 200, body = Many<Message>)),
    security(("api_key" = ["conversations:read"])))]
async fn list_messages(
    caller: Caller,
    ApiPath(id): ApiPath<ConversationId>,
    ApiQuery(part): ApiQuery<Part>,
) -> ApiResult<Many<Message>> {
    let before = number("cursor", part.cursor.as_deref())?;
    let (_, limit, _) = clamp(None, part.limit);
    let messages = messages::list(&mut caller.begin().await?, id, before, limit).await?;
    // The first message of a conversation has the number 1.
    let earliest = messages.first().map(|message| message.seq).filter(|seq| *seq > 1);
    Ok(Many::until(messages, limit, earliest.map(|seq| seq.to_string())))
}

#[derive(Deserialize, ToSchema)]
struct NewMessage {
    /// Markdown; may be omitted if there are attachments.
    #[serde(default)]
    content: String,
    /// Whether this is a note, which only colleagues see.
    #[serde(default)]
    is_note: bool,
    /// Files that were uploaded for this conversation.
    #[serde(default)]
    attachments: Vec<AttachmentId>,
    /// Any id: a second message with the same id is not created, even without an Idempotency-Key.
    #[serde(default)]
    client_id: Option<String>,
    /// Number of the newest message that the sender has seen. If there is a newer one, the reply is refused with `conflict`.
    #[serde(default)]
    last_seen_seq: Option<i64>,
}

/// Write to the customer, or add a note for colleagues
///
/// A reply reopens a closed conversation, and takes the conversation over from an agent.
#[utoipa::path(post, path = "/conversations/{id}/messages", tag = "Conversations", request_body = NewMessage,
    params(("id" = ConversationId, Path)), responses((status = 201, body = One<Message>)),
    security(("api_key" = ["conversations:write"])))]
async fn send_message(ApiPath(id): ApiPath<ConversationId>, post: Post<NewMessage>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    if input.content.is_empty() && input.attachments.is_empty() {
        return Err(Error::rule("content", FieldRule::Missing).into());
    }
    let message = SendMessage {
        content: input.content,
        is_note: input.is_note,
        client_id: input.client_id.unwrap_or_else(|| cx.new_id().to_string()),
        attachments: input.attachments,
        last_seen_seq: input.last_seen_seq,
    };
    let message = messages::send(&mut cx, id, message).await?;
    work.created(cx, message).await
}
