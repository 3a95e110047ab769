//! Conversations: the threads.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    channel::ChannelType,
    id::{AgentId, ChannelId, ContactId, ConversationId, MemberId, TeamId},
    message::Direction,
    text_enum::text_enum,
};

text_enum! {
    /// Whether the conversation goes on.
    ConversationStatus { Active = "active", Closed = "closed", Archived = "archived" }
}

text_enum! {
    /// Who answers next.
    Owner { Agent = "agent", Member = "member", Nobody = "nobody" }
}

text_enum! {
    Priority { Low = "low", Medium = "medium", High = "high", Urgent = "urgent" }
}

text_enum! {
    /// The lists of the inbox.
    InboxList { Mine = "mine", Unassigned = "unassigned", Agent = "agent", All = "all", Snoozed = "snoozed", Closed = "closed" }
}

text_enum! {
    /// Orders of the inbox.
    InboxSort { Newest = "newest", Oldest = "oldest", Waiting = "waiting", Priority = "priority" }
}

/// A conversation as lists show it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ConversationSummary {
    pub id: ConversationId,
    pub contact_id: ContactId,
    pub contact_name: String,
    pub contact_email: Option<String>,
    pub channel_id: ChannelId,
    pub channel_type: ChannelType,
    pub channel_name: String,
    pub status: ConversationStatus,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub subject: String,
    pub owner: Owner,
    pub assignee_id: Option<MemberId>,
    pub assignee_name: Option<String>,
    pub agent_id: Option<AgentId>,
    pub agent_name: Option<String>,
    pub priority: Priority,
    pub tags: Vec<String>,
    pub unread_count: i32,
    pub last_message_at: DateTime<Utc>,
    pub last_message_preview: String,
    pub last_message_direction: Direction,
    /// Since when the customer has been waiting for a person.
    pub waiting_since: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

/// A conversation with all of its details.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Conversation {
    #[serde(flatten)]
    pub summary: ConversationSummary,
    pub owner_epoch: i64,
    pub team_id: Option<TeamId>,
    /// Number of the newest message.
    pub last_seq: i64,
    /// Number of the last message that the contact has read.
    pub contact_read_seq: i64,
    pub member_read_seq: i64,
    pub closed_at: Option<DateTime<Utc>>,
}

/// Filter and order of the inbox; all of it stands in the URL.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct InboxFilter {
    pub list: Option<InboxList>,
    pub channel: Option<ChannelId>,
    pub tag: Option<String>,
    pub priority: Option<Priority>,
    pub assignee: Option<MemberId>,
    pub contact: Option<ContactId>,
    /// Part of the contact's name or e-mail address, or of the last message.
    pub q: Option<String>,
    pub sort: Option<InboxSort>,
    /// Conversations with unread messages only.
    pub unread: Option<bool>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}

/// Unread conversations per list, each counted up to [`InboxCounts::BOUND`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct InboxCounts {
    pub mine: i64,
    pub unassigned: i64,
    pub agent: i64,
    pub all: i64,
}

impl InboxCounts {
    /// Counting stops here.
    pub const BOUND: i64 = 100;

    /// A count as screens show it.
    pub fn text(count: i64) -> String {
        if count >= Self::BOUND { "99+".to_owned() } else { count.to_string() }
    }
}

/// A new conversation, which starts with a message from the organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateConversation {
    pub contact_id: ContactId,
    /// The channel on which the message is sent.
    pub channel_id: ChannelId,
    #[serde(default)]
    pub subject: String,
    #[serde(default)]
    pub priority: Option<Priority>,
    #[serde(default)]
    pub tags: Vec<String>,
    /// The first message, in Markdown.
    pub content: String,
}

/// Changes to a conversation. Fields that are null or omitted stay as they are.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct UpdateConversation {
    pub subject: Option<String>,
    pub priority: Option<Priority>,
    pub tags: Option<Vec<String>>,
}
