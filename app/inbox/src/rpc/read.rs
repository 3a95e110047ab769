//! Lists, threads and what stands beside them.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use types::{
    agent::Trace,
    contact::Contact,
    conversation::{Conversation, ConversationSummary, InboxFilter},
    id::{ChannelId, ChunkId, ConversationId, DocumentId, MemberId, MessageId},
    message::{CannedResponse, Message},
    page::Page,
};
#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{agents, canned_responses, channels, contacts, conversations, knowledge, members, messages},
};

use crate::source::SourceText;

/// Messages that a thread shows at first, and that scrolling up adds.
#[cfg(feature = "ssr")]
const MESSAGES: i64 = 50;

/// What filters, selects and menus of the inbox offer: members and channels by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Choices {
    pub members: Vec<(MemberId, String)>,
    pub channels: Vec<(ChannelId, String)>,
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
    let members = members::list(&mut cx).await?.into_iter().map(|member| (member.id, member.name)).collect();
    let channels = channels::list(&mut cx).await?.into_iter().map(|channel| (channel.id, channel.name)).collect();
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
