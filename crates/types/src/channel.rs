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

/// A channel as members see it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Channel {
    pub id: ChannelId,
    pub name: String,
    pub channel_type: ChannelType,
    pub settings: ChannelSettings,
    /// The key in the widget's script tag; public.
    pub public_key: String,
    pub is_active: bool,
    pub agent_id: Option<AgentId>,
    pub team_id: Option<TeamId>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a widget or api channel shows and allows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ChannelSettings {
    /// `#rrggbb`; the text colour on it is computed.
    pub color: String,
    pub position: WidgetPosition,
    pub color_scheme: ColorScheme,
    pub title: String,
    /// First line of an empty conversation; empty: the agent's greeting.
    pub greeting: String,
    /// Address of a picture, or empty.
    pub avatar_url: String,
    /// `auto` follows the visitor's browser; else `en` or `sq`.
    pub language: String,
    /// Questions offered as buttons in an empty conversation.
    pub quick_replies: Vec<String>,
    /// Hosts that may embed the widget (`example.com`, `*.example.com`); empty: any.
    pub allowed_domains: Vec<String>,
    pub file_upload: bool,
    pub sound: bool,
    /// Ask for an e-mail address when no member is there.
    pub email_capture: bool,
    /// Refuse identities that are not signed.
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
