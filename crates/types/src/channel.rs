//! Channels: the configured ways in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{AgentId, ChannelId, TeamId},
    text_enum::text_enum,
};

text_enum! {
    /// The kind of a channel.
    ChannelType { Widget = "widget", Whatsapp = "whatsapp", Email = "email", Voice = "voice", Api = "api" }
}

text_enum! {
    /// The corner in which the button stands. Start and end follow the page's writing direction.
    WidgetPosition { End = "end", Start = "start" }
}

text_enum! {
    /// Colours of the widget's surface.
    ColorScheme { Auto = "auto", Light = "light", Dark = "dark" }
}

/// A channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channel {
    pub id: ChannelId,
    pub name: String,
    pub channel_type: ChannelType,
    pub settings: ChannelSettings,
    /// The public key in the widget's script tag.
    pub public_key: String,
    pub is_active: bool,
    pub agent_id: Option<AgentId>,
    pub team_id: Option<TeamId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a channel of type `widget` or `api` shows and allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChannelSettings {
    /// The brand colour as `#rrggbb`; a readable text colour is computed.
    pub color: String,
    pub position: WidgetPosition,
    pub color_scheme: ColorScheme,
    pub title: String,
    /// The first line of an empty conversation. If empty, the agent's greeting is used.
    pub greeting: String,
    /// Address of a picture; may be empty.
    pub avatar_url: String,
    /// `en`, `sq`, or `auto` to follow the visitor's browser.
    pub language: String,
    /// Questions offered as buttons in an empty conversation.
    pub quick_replies: Vec<String>,
    /// Hosts that may embed the widget (`example.com`, `*.example.com`). If empty, any host may.
    pub allowed_domains: Vec<String>,
    pub file_upload: bool,
    pub sound: bool,
    /// Whether to ask for an e-mail address when no member is available.
    pub email_capture: bool,
    /// Whether to refuse identities that are not signed.
    pub require_signed_identity: bool,
}

impl Default for ChannelSettings {
    fn default() -> Self {
        Self {
            color: "#4f46e5".into(),
            position: WidgetPosition::End,
            color_scheme: ColorScheme::Auto,
            title: String::new(),
            greeting: String::new(),
            avatar_url: String::new(),
            language: "auto".into(),
            quick_replies: Vec::new(),
            allowed_domains: Vec::new(),
            file_upload: true,
            sound: true,
            email_capture: true,
            require_signed_identity: false,
        }
    }
}

/// A new channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateChannel {
    pub name: String,
    pub channel_type: ChannelType,
    #[serde(default)]
    pub agent_id: Option<AgentId>,
}

/// Changes to a channel.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateChannel {
    pub name: String,
    pub is_active: bool,
    pub agent_id: Option<AgentId>,
    pub settings: ChannelSettings,
}
