//! What the inbox asks of the server: conversations and their messages.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use types::{
    agent::Trace,
    channel::Channel,
    contact::Contact,
    conversation::{Conversation, ConversationSummary, InboxFilter, Priority},
    id::{AttachmentId, ChunkId, ConversationId, DocumentId, MemberId, MessageId},
    member::Member,
    message::{CannedResponse, Message},
    page::Page,
};
#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{agents, canned_responses, channels, contacts, conversations, knowledge, members, messages},
    types::{conversation::UpdateConversation, message::SendMessage},
};

use crate::{snooze_time::SnoozeFor, source::SourceText};

/// Messages that a thread shows at first, and that scrolling up adds.
#[cfg(feature = "ssr")]
const MESSAGES: i64 = 50;

/// What filters, selects and menus of the inbox offer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    pub members: Vec<Member>,
    pub channels: Vec<Channel>,
    pub tags: Vec<String>,
    pub canned: Vec<CannedResponse>,
}

/// A conversation with its newest messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Thread {
    pub conversation: Conversation,
    pub messages: Vec<Message>,
}

/// Who is on the other side, and what was said before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactPanel {
    pub contact: Contact,
    pub earlier: Vec<ConversationSummary>,
}

/// One page of a list of the inbox.
#[server(input = Json)]
pub async fn list_conversations(filter: InboxFilter) -> Result<Page<ConversationSummary>, AppError> {
    let mut cx = server::cx().await?;
    Ok(conversations::list(&mut cx, &filter).await?)
}

/// What filters, selects and menus offer.
#[server(input = Json)]
pub async fn list_choices() -> Result<Choices, AppError> {
    let mut cx = server::cx().await?;
    let (members, channels) = (members::list(&mut cx).await?, channels::list(&mut cx).await?);
    let (tags, canned) = (conversations::tags(&mut cx).await?, canned_responses::list(&mut cx).await?);
    Ok(Choices { members, channels, tags, canned })
}

/// A conversation with its newest messages.
#[server(input = Json)]
pub async fn get_thread(id: ConversationId) -> Result<Thread, AppError> {
    let mut cx = server::cx().await?;
    let conversation = conversations::get(&mut cx, id).await?;
    let messages = messages::list(&mut cx, id, None, MESSAGES).await?;
    Ok(Thread { conversation, messages })
}

/// A conversation as it is now.
#[server(input = Json)]
pub async fn get_conversation(id: ConversationId) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    Ok(conversations::get(&mut cx, id).await?)
}

/// The messages before one, oldest first.
#[server(input = Json)]
pub async fn older_messages(id: ConversationId, before_seq: i64) -> Result<Vec<Message>, AppError> {
    let mut cx = server::cx().await?;
    Ok(messages::list(&mut cx, id, Some(before_seq), MESSAGES).await?)
}

/// The messages after one, for a browser that missed some.
#[server(input = Json)]
pub async fn newer_messages(id: ConversationId, after_seq: i64) -> Result<Vec<Message>, AppError> {
    let mut cx = server::cx().await?;
    Ok(messages::after(&mut cx, id, after_seq).await?)
}

/// The contact of a conversation and its other conversations.
#[server(input = Json)]
pub async fn get_contact_panel(id: ConversationId) -> Result<ContactPanel, AppError> {
    let mut cx = server::cx().await?;
    let contact_id = conversations::summary(&mut cx, id).await?.contact_id;
    let filter = InboxFilter { contact: Some(contact_id), limit: Some(11), ..InboxFilter::default() };
    let mut earlier = conversations::list(&mut cx, &filter).await?.items;
    earlier.retain(|conversation| conversation.id != id);
    Ok(ContactPanel { contact: contacts::get(&mut cx, contact_id).await?, earlier })
}

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

/// Conversations that one request may change.
#[cfg(feature = "ssr")]
const BULK: usize = 100;

/// Closes several conversations, all of them or none.
#[server(input = Json)]
pub async fn close_all(ids: Vec<ConversationId>) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    for id in ids.into_iter().take(BULK) {
        conversations::close(&mut cx, id).await?;
    }
    server::services()?.commit(cx).await?;
    Ok(())
}

/// Gives several conversations to a member (`None`: to nobody), all of them or none.
#[server(input = Json)]
pub async fn assign_all(ids: Vec<ConversationId>, assignee: Option<MemberId>) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    for id in ids.into_iter().take(BULK) {
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
    let tags = ::contacts::change_tags(conversations::get(&mut cx, id).await?.summary.tags, &add, &remove);
    let change = UpdateConversation { tags: Some(tags), ..UpdateConversation::default() };
    let conversation = conversations::update(&mut cx, id, change).await?;
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// Puts the conversation away until a time; `offset` is the browser's distance from UTC in minutes, east positive.
#[server]
pub async fn snooze(
    id: ConversationId,
    choice: SnoozeFor,
    #[server(default)] at: String,
    #[server(default)] offset: i32,
) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let until = choice.until(cx.now(), &at, offset).map_err(|rule| domain::Error::rule("at", rule))?;
    let conversation = conversations::snooze(&mut cx, id, until).await?;
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// A change of a conversation's state that needs no more than its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    TakeOver,
    HandBack,
    Close,
    Reopen,
}

/// Takes over, hands back, closes or reopens.
#[server]
pub async fn turn_conversation(id: ConversationId, turn: Turn) -> Result<Conversation, AppError> {
    let mut cx = server::cx().await?;
    let conversation = match turn {
        Turn::TakeOver => conversations::take_over(&mut cx, id).await?,
        Turn::HandBack => conversations::hand_back(&mut cx, id).await?,
        Turn::Close => conversations::close(&mut cx, id).await?,
        Turn::Reopen => conversations::reopen(&mut cx, id).await?,
    };
    server::services()?.commit(cx).await?;
    Ok(conversation)
}

/// How an agent's answer came about.
#[server(input = Json)]
pub async fn get_trace(id: MessageId) -> Result<Option<Trace>, AppError> {
    let mut cx = server::cx().await?;
    Ok(agents::trace(&mut cx, id).await?)
}

/// The text around a passage that an answer cites; `None` when it has been replaced since.
#[server(input = Json)]
pub async fn get_source(document: DocumentId, chunk: ChunkId) -> Result<Option<SourceText>, AppError> {
    let mut cx = server::cx().await?;
    match knowledge::document(&mut cx, document).await {
        Ok(document) => Ok(SourceText::around(&document, chunk)),
        Err(domain::Error::NotFound(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The canned answers by shortcut.
#[server(input = Json)]
pub async fn list_canned() -> Result<Vec<CannedResponse>, AppError> {
    let mut cx = server::cx().await?;
    Ok(canned_responses::list(&mut cx).await?)
}

/// Adds a canned answer, or changes the one of this id.
#[server]
pub async fn save_canned(#[server(default)] id: String, shortcut: String, content: String) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    match id.parse() {
        Ok(id) => canned_responses::update(&mut cx, id, &shortcut, &content).await?,
        Err(_) => canned_responses::create(&mut cx, &shortcut, &content).await?,
    };
    server::services()?.commit(cx).await?;
    Ok(())
}

/// Removes a canned answer.
#[server]
pub async fn delete_canned(id: types::id::CannedResponseId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    canned_responses::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    Ok(())
}
