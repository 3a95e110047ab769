//! Language models and embeddings.

/// Turns texts into vectors.
pub trait Embedder: Send + Sync {}
/// Language models by provider.
pub trait Models: Send + Sync {}
