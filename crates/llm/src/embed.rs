use futures::future::BoxFuture;

use crate::Result;

/// Turns texts into vectors of length 1, so that their dot product is their cosine similarity.
pub trait Embedder: Send + Sync {
    /// Name of the model; vectors of different models must not be compared, and those of one have one length.
    fn model(&self) -> &str;

    /// Length of the vectors.
    fn dimension(&self) -> usize;

    /// One vector for each text, in their order. Texts beyond the model's window are cut.
    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>>;
}
