use domain::{Error, conversations, messages};
use http::request::Parts;
use rmcp::{
    ErrorData,
    handler::server::{tool::Extension, wrapper::Parameters},
    model::CallToolResult,
    schemars::{self, JsonSchema},
    tool, tool_router,
};
use serde::Deserialize;
use serde_json::{Value, json};
use types::{
    conversation::{InboxFilter, InboxList},
    error::FieldRule,
    id::{ContactId, ConversationId},
    message::SendMessage,
    page::clamp,
};

use super::{
    super::Caller,
    Tools,
    outcome::{Listed, told},
};
use crate::error::ApiResult;

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Unassigned,
    Snoozed,
    Closed,
}

#[derive(Deserialize, JsonSchema)]
struct Search {
    /// Left out: the open ones, or all of `contact_id`.
    #[serde(default)]
    status: Option<Status>,
    /// Part of the contact's name or e-mail address, or of the last message.
    #[serde(default)]
    query: Option<String>,
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    contact_id: Option<ContactId>,
    #[serde(default)]
    tag: Option<String>,
    /// Conversations at most, 1 to 100.
    #[serde(default)]
    limit: Option<i64>,
    /// Number of the page, from 1.
    #[serde(default)]
    page: Option<i64>,
}

impl Search {
    fn filter(self) -> InboxFilter {
        let list = match self.status {
            None if self.contact_id.is_some() => None,
            None | Some(Status::Open) => Some(InboxList::All),
            Some(Status::Unassigned) => Some(InboxList::Unassigned),
            Some(Status::Snoozed) => Some(InboxList::Snoozed),
            Some(Status::Closed) => Some(InboxList::Closed),
        };
        let Self { query: q, contact_id: contact, tag, limit, page, .. } = self;
        InboxFilter { list, q, contact, tag, limit, page, ..InboxFilter::default() }
    }
}

#[derive(Deserialize, JsonSchema)]
struct One {
    #[schemars(with = "String")]
    conversation_id: ConversationId,
}

#[derive(Deserialize, JsonSchema)]
struct Thread {
    #[schemars(with = "String")]
    conversation_id: ConversationId,
    /// Messages before the one with this number; left out: the newest.
    #[serde(default)]
    before_seq: Option<i64>,
    /// Messages at most, 1 to 100.
    #[serde(default)]
    limit: Option<i64>,
}

#[derive(Deserialize, JsonSchema)]
struct Text {
    #[schemars(with = "String")]
    conversation_id: ConversationId,
    /// Markdown.
    content: String,
    /// The same id twice is one message; for a call that is repeated.
    #[serde(default)]
    client_id: Option<String>,
}

async fn write(caller: Caller, text: Text, is_note: bool) -> ApiResult<Value> {
    if text.content.trim().is_empty() {
        return Err(Error::rule("content", FieldRule::Missing).into());
    }
    let mut cx = caller.begin().await?;
    let message = SendMessage {
        content: text.content,
        is_note,
        client_id: text.client_id.unwrap_or_else(|| cx.new_id().to_string()),
        attachments: Vec::new(),
        last_seen_seq: None,
    };
    let message = messages::send(&mut cx, text.conversation_id, message).await?;
    caller.commit(cx).await?;
    Ok(json!(message))
}

#[tool_router(router = conversations, vis = "pub(super)")]
impl Tools {
    /// List or search conversations with customers, by their last message.
    #[tool(annotations(read_only_hint = true))]
    async fn list_conversations(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(asked): Parameters<Search>,
    ) -> Result<CallToolResult, ErrorData> {
        let filter = asked.filter();
        told(&parts, async move |caller| {
            Ok(Listed::from(conversations::list(&mut caller.begin().await?, &filter).await?))
        })
        .await
    }

    /// Get a conversation: who it is with, who answers, its status, tags and last message.
    #[tool(annotations(read_only_hint = true))]
    async fn get_conversation(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(asked): Parameters<One>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| {
            Ok(conversations::get(&mut caller.begin().await?, asked.conversation_id).await?)
        })
        .await
    }

    /// Read a conversation's messages and notes, in the order in which they were written.
    #[tool(annotations(read_only_hint = true))]
    async fn read_messages(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(asked): Parameters<Thread>,
    ) -> Result<CallToolResult, ErrorData> {
        let (_, limit, _) = clamp(None, asked.limit);
        told(&parts, async move |caller| {
            let mut cx = caller.begin().await?;
            let messages = messages::list(&mut cx, asked.conversation_id, asked.before_seq, limit).await?;
            Ok(json!({"messages": messages}))
        })
        .await
    }

    /// Write to the customer. Opens a closed conversation again and takes it over from the agent that answers it.
    #[tool(annotations(destructive_hint = false, open_world_hint = true))]
    async fn reply(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(text): Parameters<Text>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| write(caller, text, false).await).await
    }

    /// Write a note into a conversation, which colleagues see and the customer does not.
    #[tool(annotations(destructive_hint = false))]
    async fn add_note(
        &self,
        Extension(parts): Extension<Parts>,
        Parameters(text): Parameters<Text>,
    ) -> Result<CallToolResult, ErrorData> {
        told(&parts, async move |caller| write(caller, text, true).await).await
    }
}
