use std::hash::{DefaultHasher, Hash, Hasher};

use futures::future::BoxFuture;

use crate::{Embedder, Result};

const DIMENSION: usize = 384;
/// Words that say nothing about a text's subject.
const COMMON: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "have", "how", "i", "in",
    "is", "it", "long", "me", "my", "of", "on", "or", "our", "that", "the", "there", "they", "this", "to", "us", "we",
    "what", "when", "where", "which", "who", "will", "with", "you", "your",
];

/// Hashes the words of a text into a vector: texts that share words are near. The same in every run.
#[derive(Debug, Clone, Copy, Default)]
pub struct FakeEmbedder;

impl FakeEmbedder {
    /// The vector of one text.
    pub fn vector(text: &str) -> Vec<f32> {
        let mut vector = vec![0f32; DIMENSION];
        for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()) {
            let weight = if COMMON.contains(&word) { 0.05 } else { 1.0 };
            let stem: String = word.chars().take(5).collect();
            vector[place(&stem)] += weight;
        }
        let norm = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        if norm > 0.0 {
            vector.iter_mut().for_each(|value| *value /= norm);
        } else {
            vector[0] = 1.0;
        }
        vector
    }
}

fn place(stem: &str) -> usize {
    let mut hasher = DefaultHasher::new();
    stem.hash(&mut hasher);
    usize::try_from(hasher.finish() % DIMENSION as u64).unwrap_or_default()
}

impl Embedder for FakeEmbedder {
    fn model(&self) -> &str {
        "fake"
    }

    fn dimension(&self) -> usize {
        DIMENSION
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        Box::pin(async move { Ok(texts.iter().map(|text| Self::vector(text)).collect()) })
    }
}
