//! Language models and embeddings: clients of providers, the local embedding model, and scripted fakes for tests.
//! Knows nothing of organizations or the database.

mod anthropic;
mod chat;
mod embed;
mod error;
mod http;
mod local;
mod openai;
mod providers;
mod remote;
mod sse;
#[cfg(feature = "testing")]
pub mod testing;

pub use chat::{ChatEvent, ChatMessage, ChatRequest, ChatRole, Models, ProviderConfig, ProviderKind};
pub use embed::Embedder;
pub use error::{Error, Result};
pub use futures::{future::BoxFuture, stream::BoxStream};
pub use http::Timeouts;
pub use local::{LocalEmbedder, LocalFiles};
pub use providers::Providers;
pub use remote::{RemoteConfig, RemoteEmbedder};
pub use secrecy::{ExposeSecret, SecretString};
