//! What members do with conversations.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use types::{
    conversation::{Conversation, Priority},
    id::{AttachmentId, ConversationId, MemberId},
    message::Message,
};
#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{conversations, messages},
    types::{conversation::UpdateConversation, message::SendMessage},
};

use crate::snooze_time::SnoozeFor;

/// Writes a reply or a note. Without a `client_id` (a plain form) the server makes one.
#[server]
pub async fn post_message(
    id: ConversationId,
    content: String,
    #[server(default)] is_note: bool,
    #[server(default)] client_id: String,
    #[server(default)] attachments: Vec<AttachmentId>,
    #[server(default)] last_seen_seq: Option<i64>,
) -> Result<Message, AppError> {
    let mut cx = server::cx().await?;
    let client_id = if client_id.is_empty() { cx.new_id().to_string() } else { client_id };
    let message = SendMessage { content, is_note, client_id, attachments, last_seen_seq };
    let message = messages::send(&mut cx, id, message).await?;
    server::services()?.commit(cx).await?;
    Ok(message)
}

/// Says that the member has seen everything up to a message.
#[server(input = Json)]
pub async fn mark_read(id: ConversationId, seq: i64) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    conversations::mark_read(&mut cx, id, seq).await?;
    server::services()?.commit(cx).await?;
    Ok(())
}

/// Gives the conversation to a member; an empty text to nobody.
#[server]
pub async fn assign(id: ConversationId, assignee: String) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let conversation = conversations::assign(&mut cx, id, assignee.parse::<MemberId>().ok()).await?;
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// Those of several conversations that one request may change, at most 100, in the order in which all hold them: two members
/// who choose the same from either end do not wait for each other.
#[cfg(feature = "ssr")]
fn in_order(mut ids: Vec<ConversationId>) -> Vec<ConversationId> {
    ids.truncate(100);
    ids.sort_unstable();
    ids
}

/// Closes several conversations, all of them or none.
#[server(input = Json)]
pub async fn close_all(ids: Vec<ConversationId>) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    for id in in_order(ids) {
        conversations::close(&mut cx, id).await?;
    }
    server::services()?.commit(cx).await?;
    Ok(())
}

/// Gives several conversations to a member (`None`: to nobody), all of them or none.
#[server(input = Json)]
pub async fn assign_all(ids: Vec<ConversationId>, assignee: Option<MemberId>) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    for id in in_order(ids) {
        conversations::assign(&mut cx, id, assignee).await?;
    }
    server::services()?.commit(cx).await?;
    Ok(())
}

/// Sets how urgent the conversation is.
#[server]
pub async fn set_priority(id: ConversationId, priority: Priority) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let change = UpdateConversation { priority: Some(priority), ..UpdateConversation::default() };
    let conversation = conversations::update(&mut cx, id, change).await?;
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// Adds a tag to a conversation, removes one, or both; empty texts do nothing.
#[server]
pub async fn change_tags(
    id: ConversationId,
    #[server(default)] add: String,
    #[server(default)] remove: String,
) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let conversation = conversations::change_tags(&mut cx, id, &add, &remove).await?;
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// Puts the conversation away until a time; `zone` is the browser's time zone, of the IANA's.
#[server]
pub async fn snooze(
    id: ConversationId,
    choice: SnoozeFor,
    #[server(default)] at: String,
    #[server(default)] zone: String,
) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let until = choice.until(cx.now(), &at, &zone).map_err(|rule| domain::Error::rule("at", rule))?;
    let conversation = conversations::snooze(&mut cx, id, until).await?;
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// A change of a conversation's state that needs no more than its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateChange {
    TakeOver,
    HandBack,
    Close,
    Reopen,
}

/// Takes over, hands back, closes or reopens.
#[server]
pub async fn change_state(id: ConversationId, change: StateChange) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let conversation = match change {
        StateChange::TakeOver => conversations::take_over(&mut cx, id).await?,
        StateChange::HandBack => conversations::hand_back(&mut cx, id).await?,
        StateChange::Close => conversations::close(&mut cx, id).await?,
        StateChange::Reopen => conversations::reopen(&mut cx, id).await?,
    };
    server::services()?.commit(cx).await?;
    Ok(conversation)
}
