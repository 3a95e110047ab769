//! Embedding models that do not answer.

use futures::future::BoxFuture;
use llm::{Embedder, Error, Result};

/// Refuses every text at once.
pub struct Down;

/// Takes every text and never answers.
pub struct Hanging;

impl Embedder for Down {
    fn model(&self) -> &str {
        "down"
    }

    fn dimension(&self) -> usize {
        384
    }

    fn embed<'a>(&'a self, _texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        Box::pin(async { Err(Error::Local("the model is not there".into())) })
    }
}

impl Embedder for Hanging {
    fn model(&self) -> &str {
        "hanging"
    }

    fn dimension(&self) -> usize {
        384
    }

    fn embed<'a>(&'a self, _texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        Box::pin(std::future::pending())
    }
}
