//! What the widget's endpoints (`/widget/api/…`) take and give.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    channel::{ColorScheme, WidgetPosition},
    conversation::{ConversationStatus, Owner},
    id::{AttachmentId, ConversationId},
    message::Message,
};

/// What the button needs before anything is opened. Public.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetAppearance {
    pub color: String,
    pub position: WidgetPosition,
    pub color_scheme: ColorScheme,
    pub title: String,
    pub greeting: String,
    pub avatar_url: String,
    /// `en`, `sq` or `auto`.
    pub language: String,
    pub quick_replies: Vec<String>,
    pub file_upload: bool,
    pub sound: bool,
    /// Whether to ask for an e-mail address when no member is there.
    pub email_capture: bool,
    pub agent_name: Option<String>,
}

/// Starts or resumes a visitor.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StartSession {
    pub channel_key: String,
    /// The token of an earlier visit.
    pub token: Option<String>,
    pub language: Option<String>,
}

/// A visitor's session: the token for all further requests (`Authorization: Bearer`), and what there is to show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetSession {
    pub token: String,
    pub contact_email: Option<String>,
    pub contact_name: Option<String>,
    /// The conversation that goes on, if one does.
    pub conversation: Option<WidgetConversation>,
    pub unread_count: i64,
    /// Whether a member is online.
    pub members_online: bool,
}

/// The visitor's conversation with its newest messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetConversation {
    pub id: ConversationId,
    pub status: ConversationStatus,
    pub owner: Owner,
    /// Who answers: the agent's or the member's name.
    pub owner_name: Option<String>,
    pub messages: Vec<Message>,
    /// Whether older messages exist.
    pub has_more: bool,
    /// How far members have read, for the visitor's read marks.
    pub member_read_seq: i64,
    pub contact_read_seq: i64,
    pub created_at: DateTime<Utc>,
}

/// What a visitor sends. Starts a conversation when none goes on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetMessage {
    pub content: String,
    /// Made by the browser; the same id twice is one message.
    pub client_id: String,
    #[serde(default)]
    pub attachments: Vec<AttachmentId>,
    /// Attributes of the page, such as its address and title.
    #[serde(default)]
    pub page_url: Option<String>,
}

/// Answer to a sent message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WidgetSent {
    pub conversation_id: ConversationId,
    pub message: Message,
}

/// Says who the visitor is.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Identify {
    /// The visitor's id in the organization's own system.
    pub user_id: Option<String>,
    /// Hex HMAC-SHA256 of `user_id` under the channel's identity secret.
    pub signature: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub attributes: Option<Map<String, Value>>,
}
