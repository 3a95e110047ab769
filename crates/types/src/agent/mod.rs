//! AI agents, the playground in which they are tried, and the traces of what they said.

mod decision_reason;
mod trace;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{AgentId, SourceId},
    message::Citation,
    text_enum::text_enum,
};

pub use decision_reason::{DecisionCode, DecisionReason};
pub use trace::{Decision, Passage, PromptMessage, Trace};

text_enum! {
    /// Where the words come from. `extractive` quotes the best passages and needs no account.
    Provider { Extractive = "extractive", Openai = "openai", Anthropic = "anthropic" }
}

text_enum! {
    Tone { Friendly = "friendly", Professional = "professional", Concise = "concise" }
}

/// When the agent hands a conversation over to a person.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct HandoffRules {
    /// Words or phrases that hand over at once, in addition to those with which people ask for a person.
    pub keywords: Vec<String>,
    /// After how many consecutive answers without a passage; 0 for the first.
    pub after_unanswered: u32,
    /// What the visitor is told when a person is called in. If empty, a standard line in the visitor's language.
    pub message: String,
}

impl Default for HandoffRules {
    fn default() -> Self {
        Self { keywords: Vec::new(), after_unanswered: 2, message: String::new() }
    }
}

/// An AI agent. Its provider key is never included.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Agent {
    pub id: AgentId,
    pub name: String,
    pub instructions: String,
    pub greeting: String,
    pub languages: Vec<String>,
    pub tone: Tone,
    pub provider: Provider,
    pub model: String,
    /// Base URL of an OpenAI-compatible or Anthropic service. If empty, the provider's own is used.
    pub base_url: String,
    /// Whether a provider key is stored.
    pub has_api_key: bool,
    pub temperature: f32,
    pub max_tokens: i32,
    pub handoff_rules: HandoffRules,
    /// Whether the agent answers from all of the organization's sources.
    pub all_sources: bool,
    /// The sources that the agent answers from, unless `all_sources` is true. May be empty if they were deleted.
    pub source_ids: Vec<SourceId>,
    pub is_active: bool,
    /// Names of the channels that the agent answers on.
    pub channels: Vec<String>,
    pub updated_at: DateTime<Utc>,
}

impl Agent {
    /// Whether the sources that it was bound to are all deleted, so that it answers from none.
    pub fn has_no_source(&self) -> bool {
        !self.all_sources && self.source_ids.is_empty()
    }
}

/// The settings of a new or an existing agent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct AgentInput {
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub name: String,
    pub instructions: String,
    pub greeting: String,
    pub languages: Vec<String>,
    pub tone: Tone,
    pub provider: Provider,
    pub model: String,
    pub base_url: String,
    /// If null or omitted, the stored key is kept; an empty string removes it.
    pub api_key: Option<String>,
    pub temperature: f32,
    pub max_tokens: i32,
    pub handoff_rules: HandoffRules,
    /// If empty, the agent answers from all sources. If null or omitted, the choice stays as it is; a new agent answers from
    /// all.
    pub source_ids: Option<Vec<SourceId>>,
    pub is_active: bool,
}

impl Default for AgentInput {
    fn default() -> Self {
        Self {
            name: String::new(),
            instructions: String::new(),
            greeting: String::new(),
            languages: vec!["en".into()],
            tone: Tone::Friendly,
            provider: Provider::Extractive,
            model: String::new(),
            base_url: String::new(),
            api_key: None,
            temperature: 0.2,
            max_tokens: 800,
            handoff_rules: HandoffRules::default(),
            source_ids: None,
            is_active: true,
        }
    }
}

impl From<Agent> for AgentInput {
    /// The settings as they are; what stays when nothing is said of it is left out.
    fn from(agent: Agent) -> Self {
        Self {
            name: agent.name,
            instructions: agent.instructions,
            greeting: agent.greeting,
            languages: agent.languages,
            tone: agent.tone,
            provider: agent.provider,
            model: agent.model,
            base_url: agent.base_url,
            api_key: None,
            temperature: agent.temperature,
            max_tokens: agent.max_tokens,
            handoff_rules: agent.handoff_rules,
            source_ids: None,
            is_active: agent.is_active,
        }
    }
}

/// One turn of a conversation in the playground.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaygroundTurn {
    pub is_user: bool,
    pub content: String,
}

/// The answer exactly as the widget would show it, with its trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PlaygroundAnswer {
    pub content: String,
    pub html: String,
    pub citations: Vec<Citation>,
    /// Whether a person would have been called in.
    pub hands_off: bool,
    pub trace: Trace,
}
