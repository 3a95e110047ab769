use futures::{future::BoxFuture, stream::BoxStream};
use secrecy::SecretString;

use crate::Result;

/// Protocols of language-model services.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProviderKind {
    /// `POST /chat/completions`, as OpenAI, Azure, vLLM, Ollama and others speak it.
    Openai,
    /// `POST /v1/messages`.
    Anthropic,
}

/// Where to ask and as whom.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    pub kind: ProviderKind,
    /// Base address; empty: the provider's own.
    pub base_url: String,
    /// Empty for services without keys.
    pub api_key: SecretString,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChatRole {
    System,
    User,
    Assistant,
}

impl ChatRole {
    /// The word of both protocols.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

#[derive(Debug, Clone)]
pub struct ChatMessage {
    pub role: ChatRole,
    pub content: String,
}

/// A question to a language model.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    pub provider: ProviderConfig,
    pub model: String,
    pub temperature: f32,
    pub max_tokens: u32,
    /// System messages first, then the turns.
    pub messages: Vec<ChatMessage>,
}

/// A piece of an answer.
#[derive(Debug, Clone, PartialEq)]
pub enum ChatEvent {
    /// The next characters.
    Delta(String),
    /// Tokens so far, as the provider counts them.
    Usage { input: u32, output: u32 },
    /// The answer is complete. Always the last event of a stream without an error.
    Done { finish_reason: String },
}

/// Asks language models.
pub trait Models: Send + Sync {
    /// Sends the request; the answer comes in pieces. A stream ends with [`ChatEvent::Done`] or an error.
    fn stream(&self, request: ChatRequest) -> BoxFuture<'_, Result<BoxStream<'static, Result<ChatEvent>>>>;
}
