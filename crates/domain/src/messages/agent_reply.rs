use serde_json::Value;
use types::{
    conversation::Owner,
    error::FieldRule,
    id::{AgentId, ConversationId},
    message::{AuthorType, Citation, ContentType, Message},
};

use super::{
    append::{New, append},
    get,
    send::sent,
};
use crate::{Actor, Cx, Error, Result, conversations::lock, validate::clean};

/// The longest answer that is stored, in characters.
const MAX_ANSWER_CHARS: usize = 20_000;

/// An agent's finished answer.
#[derive(Debug, Clone)]
pub struct AgentReply {
    pub conversation_id: ConversationId,
    /// The conversation's epoch when the agent's work began.
    pub owner_epoch: i64,
    /// `agent:<id of the message that it answers>`: the same twice is one answer.
    pub client_id: String,
    /// Markdown.
    pub content: String,
    pub citations: Vec<Citation>,
    /// Model, tokens, times.
    pub metadata: Value,
}

/// Writes an agent's answer, if the conversation is still the agent's and has not changed hands since the work began.
/// `None`: a person has taken over (or it was closed, or the agent was deleted), and nothing was written.
///
/// # Errors
/// [`Error::Refused`] when no agent acts; [`Error::Validation`] for an empty answer.
pub async fn write_agent_reply(cx: &mut Cx, reply: AgentReply) -> Result<Option<Message>> {
    let Actor::Agent { id: agent, .. } = *cx.actor() else {
        return Err(Error::Refused("only an agent can write an agent's answer"));
    };
    let content: String = clean(&reply.content).trim().chars().take(MAX_ANSWER_CHARS).collect();
    if content.is_empty() {
        return Err(Error::rule("content", FieldRule::Missing));
    }
    let mut conversation = lock(cx, reply.conversation_id).await?;
    if let Some(sent) = sent(cx, reply.conversation_id, &reply.client_id).await? {
        return get(cx, sent).await.map(Some);
    }
    let is_owner = conversation.is_active() && conversation.owner == Owner::Agent;
    if !is_owner || conversation.owner_epoch != reply.owner_epoch || is_deleted(cx, agent).await? {
        return Ok(None);
    }
    let new = New {
        author_type: AuthorType::Agent,
        author_id: Some(agent.0),
        content: &content,
        content_type: ContentType::Markdown,
        is_note: false,
        citations: &reply.citations,
        attachments: &[],
        client_id: Some(&reply.client_id),
        metadata: reply.metadata,
    };
    let message = append(cx, &mut conversation, new).await?;
    conversation.waiting_since = None;
    conversation.save(cx).await?;
    get(cx, message).await.map(Some)
}

async fn is_deleted(cx: &mut Cx, agent: AgentId) -> Result<bool> {
    let organization = cx.organization();
    let there = sqlx::query_scalar!(
        r#"select exists (select from agents where organization_id = $1 and id = $2 and deleted_at is null) as "there!""#,
        organization.0,
        agent.0
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(!there)
}
