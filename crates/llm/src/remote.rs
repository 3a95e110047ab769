//! Embeddings of an OpenAI-compatible service.

use std::time::Duration;

use futures::future::BoxFuture;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::json;

use crate::{
    Embedder, Error, Result, Timeouts,
    http::{MAX_BYTES, endpoint, post, read},
    openai,
};

/// Texts of one request at most.
const BATCH: usize = 64;
/// Characters of a number of an answer, some of it indentation.
const NUMBER: usize = 32;
/// Characters of one text: below the 8191 tokens that the services take.
const MAX_CHARS: usize = 16_000;
/// Attempts for one batch.
const ATTEMPTS: u32 = 4;
/// The longest pause between two attempts, whatever the service asks for.
const MAX_PAUSE: Duration = Duration::from_secs(30);

/// An embedding service.
#[derive(Clone)]
pub struct RemoteEmbedder {
    client: outbound::Client,
    config: RemoteConfig,
    /// The model with its dimension: some models give vectors of several.
    name: String,
    timeouts: Timeouts,
}

/// Which service and model.
#[derive(Debug, Clone)]
pub struct RemoteConfig {
    /// Base address; empty: OpenAI's.
    pub base_url: String,
    pub api_key: SecretString,
    pub model: String,
    /// Length of the model's vectors (1536 for OpenAI's small model).
    pub dimension: usize,
}

impl RemoteEmbedder {
    pub fn new(client: outbound::Client, config: RemoteConfig, timeouts: Timeouts) -> Self {
        let name = format!("{}@{}", config.model, config.dimension);
        Self { client, config, name, timeouts }
    }

    async fn batch(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let config = &self.config;
        let base = if config.base_url.is_empty() { openai::BASE_URL } else { &config.base_url };
        let url = endpoint(base, "/embeddings");
        let input: Vec<&str> = texts.iter().map(|text| window(text)).collect();
        let body = json!({ "model": config.model, "input": input, "encoding_format": "float" });
        let headers = openai::headers(&url, &config.api_key)?;
        let wait = self.timeouts.first_token;
        let response = post(&self.client, &url, headers, &config.api_key, &body, wait, self.timeouts.total).await?;
        vectors(&read(response).await?, texts.len(), config.dimension)
    }

    async fn run(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(batch_size(self.config.dimension)) {
            let mut attempt = 1;
            let found = loop {
                match self.batch(batch).await {
                    Err(error) if error.is_retryable() && attempt < ATTEMPTS => {
                        let pause = error.retry_after().unwrap_or(Duration::from_millis(500) * 2u32.pow(attempt));
                        tokio::time::sleep(pause.min(MAX_PAUSE)).await;
                        attempt += 1;
                    }
                    other => break other?,
                }
            };
            vectors.extend(found);
        }
        Ok(vectors)
    }
}

impl Embedder for RemoteEmbedder {
    fn model(&self) -> &str {
        &self.name
    }

    fn dimension(&self) -> usize {
        self.config.dimension
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        Box::pin(self.run(texts))
    }
}

#[derive(Deserialize)]
struct Answer {
    data: Vec<Datum>,
}

#[derive(Deserialize)]
struct Datum {
    #[serde(default)]
    index: usize,
    embedding: Vec<f32>,
}

/// So many texts that the answer is not larger than what is read of it.
fn batch_size(dimension: usize) -> usize {
    (MAX_BYTES / NUMBER / dimension.max(1)).clamp(1, BATCH)
}

/// The part of a text that is sent. Services refuse an empty one.
fn window(text: &str) -> &str {
    let end = text.char_indices().nth(MAX_CHARS).map_or(text.len(), |(at, _)| at);
    if text.trim().is_empty() { "-" } else { &text[..end] }
}

/// The vectors of an answer for so many texts, in their order, each of length 1.
fn vectors(answer: &[u8], count: usize, dimension: usize) -> Result<Vec<Vec<f32>>> {
    let answer: Answer = serde_json::from_slice(answer).map_err(|error| Error::InvalidResponse(error.to_string()))?;
    let mut vectors = vec![Vec::new(); count];
    for datum in answer.data {
        if datum.embedding.len() != dimension {
            let given = datum.embedding.len();
            return Err(Error::BadRequest(format!("its vectors have {given} dimensions, {dimension} are configured")));
        }
        if let Some(place) = vectors.get_mut(datum.index) {
            *place =
                unit(&datum.embedding).ok_or_else(|| Error::InvalidResponse("a vector has no direction".into()))?;
        }
    }
    if vectors.iter().any(Vec::is_empty) {
        return Err(Error::InvalidResponse("it gave fewer vectors than there were texts".into()));
    }
    Ok(vectors)
}

/// The same direction with length 1, if it has one.
fn unit(vector: &[f32]) -> Option<Vec<f32>> {
    // Squares of the largest and smallest numbers fit into the wider type.
    let norm = vector.iter().map(|value| f64::from(*value).powi(2)).sum::<f64>().sqrt();
    (norm.is_finite() && norm > 0.0).then(|| vector.iter().map(|value| (f64::from(*value) / norm) as f32).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_fit_into_what_is_read() {
        assert_eq!([384, 1536, 3072, 16_000].map(batch_size), [64, 64, 42, 8]);
    }

    #[test]
    fn vectors_take_hostile_bytes() {
        const ANSWERS: &[&str] = &[
            r#"{"object":"list","data":[{"index":1,"embedding":[0.6,-0.8,0]},{"index":0,"embedding":[1,2,3]}],"model":"e"}"#,
            r#"{"data":[{"embedding":[3e38,3e38,3e38]},{"index":1,"embedding":[1e-40,0,0]}]}"#,
            r#"{"data":[{"embedding":[1e39,0,0]},{"index":1,"embedding":[0,0,0]}]}"#,
        ];
        let words =
            ["1e39", "-1e308", "1e999", "1e-45", "-0", "null", "[", "]", "18446744073709551615", "\"index\":1", "NaN"];
        fuzz::text(ANSWERS, &words, |answer| {
            let Ok(vectors) = vectors(answer.as_bytes(), 2, 3) else { return };
            assert_eq!(vectors.len(), 2);
            for vector in vectors {
                let length = vector.iter().map(|value| value * value).sum::<f32>();
                assert!(vector.len() == 3 && (length - 1.0).abs() < 1e-3, "{vector:?}");
            }
        });
        assert!(vectors(ANSWERS[0].as_bytes(), 2, 3).is_ok() && vectors(ANSWERS[1].as_bytes(), 2, 3).is_ok());
    }
}
