//! Language models and embeddings: clients of providers, the local embedding model, and scripted fakes for tests.
//! Knows nothing of organizations or the database.

mod chat;
mod embed;
mod error;
mod local;

pub use chat::{ChatEvent, ChatMessage, ChatRequest, ChatRole, Models, ProviderConfig, ProviderKind};
pub use embed::Embedder;
pub use error::{Error, Result};
pub use local::{LocalEmbedder, LocalFiles};
pub use futures::{future::BoxFuture, stream::BoxStream};
