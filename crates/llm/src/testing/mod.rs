//! A provider that does what a test says, and an embedder that needs no model.

mod embedder;
mod protocols;
mod provider;

pub use embedder::FakeEmbedder;
pub use provider::{Behaviour, FakeProvider, Recorded};
