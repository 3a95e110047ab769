//! Messages: the entries of a conversation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    attachment::Attachment,
    id::{AttachmentId, ChunkId, ConversationId, DocumentId, MessageId},
    text_enum::text_enum,
};

/// The longest text of a message, in characters.
pub const MAX_MESSAGE_CHARS: usize = 10_000;

text_enum! {
    Direction { Inbound = "inbound", Outbound = "outbound" }
}

text_enum! {
    MessageRole { User = "user", Assistant = "assistant", System = "system" }
}

text_enum! {
    AuthorType { Contact = "contact", Member = "member", Agent = "agent", Workflow = "workflow", System = "system" }
}

text_enum! {
    /// How the content is to be read. An `event` is a line such as "Ana took over", kept as an [`SystemLine`] word.
    ContentType { Text = "text", Markdown = "markdown", Event = "event" }
}

text_enum! {
    DeliveryState { Queued = "queued", Sent = "sent", Delivered = "delivered", Read = "read", Failed = "failed" }
}

text_enum! {
    /// Lines that the product writes into a thread. The message's content is this word; screens translate it
    /// with the author's name.
    SystemLine {
        TakenOver = "taken_over",
        HandedBack = "handed_back",
        HandOffRequested = "hand_off_requested",
        AgentUnavailable = "agent_unavailable",
        Assigned = "assigned",
        Unassigned = "unassigned",
        Closed = "closed",
        Reopened = "reopened",
        ClosedByContact = "closed_by_contact",
        EmailCaptured = "email_captured",
    }
}

/// A passage that an answer is based on; `[1]` in the text refers to the citation with index 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Citation {
    /// The number in brackets, starting at 1.
    pub index: u32,
    pub chunk_id: ChunkId,
    pub document_id: DocumentId,
    pub title: String,
    /// Address of the page, if it has one.
    pub url: Option<String>,
    pub heading: String,
    /// The passage, shortened to a few hundred characters.
    pub excerpt: String,
}

/// An entry of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    /// Position in the conversation, starting at 1. Visitors see gaps in place of notes.
    pub seq: i64,
    pub direction: Direction,
    pub role: MessageRole,
    pub author_type: AuthorType,
    pub author_id: Option<Uuid>,
    pub author_name: String,
    pub content: String,
    /// The content as safe HTML, rendered by the server.
    pub html: String,
    pub content_type: ContentType,
    pub is_note: bool,
    pub delivery_state: DeliveryState,
    /// Why it failed, in words.
    pub failure_reason: Option<String>,
    pub citations: Vec<Citation>,
    pub attachments: Vec<Attachment>,
    /// The id that the sender's browser or program gave the message.
    pub client_id: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What a member sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SendMessage {
    pub content: String,
    /// Whether this is a note, which only colleagues see.
    pub is_note: bool,
    /// Made by the sender's browser; the same id twice is one message.
    pub client_id: String,
    pub attachments: Vec<AttachmentId>,
    /// The newest message that the sender has seen. When someone else (the customer, a colleague, the agent) has
    /// written since, the reply is refused with `conflict` so that the sender can look first. `None` sends in any case.
    pub last_seen_seq: Option<i64>,
}

/// A canned answer of the composer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CannedResponse {
    pub id: crate::id::CannedResponseId,
    /// Typed after `/`.
    pub shortcut: String,
    pub content: String,
    pub updated_at: DateTime<Utc>,
}
