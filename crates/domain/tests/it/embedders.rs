//! Embedding models that do not answer, or late.

use std::time::Duration;

use futures::future::BoxFuture;
use llm::{Embedder, Error, Result, testing::FakeEmbedder};

/// Refuses every text at once.
pub struct Down;

/// Takes every text and never answers.
pub struct Hanging;

/// Answers after so long.
pub struct Slow(pub Duration);

/// Another model, whose vectors cannot be compared with those of the usual one.
pub struct Other;

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

impl Embedder for Other {
    fn model(&self) -> &str {
        "other"
    }

    fn dimension(&self) -> usize {
        384
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        FakeEmbedder.embed(texts)
    }
}

impl Embedder for Slow {
    fn model(&self) -> &str {
        "fake"
    }

    fn dimension(&self) -> usize {
        384
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        Box::pin(async move {
            tokio::time::sleep(self.0).await;
            FakeEmbedder.embed(texts).await
        })
    }
}
