//! Vectors of passages and questions.

use std::{
    collections::VecDeque,
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use llm::Embedder;

use crate::{Error, Result, Services};

/// Passages of one call: small enough that progress is seen and a cancelled sync stops soon.
pub(super) const BATCH: usize = 16;
const ATTEMPTS: u32 = 4;

/// Vectors of texts; a service that does not answer is asked again. The words of the error are for the person who
/// looks at the source.
pub(super) async fn passages(services: &Services, texts: &[String]) -> std::result::Result<Vec<Vec<f32>>, String> {
    let mut wait = services.settings.knowledge.retry_wait;
    for attempt in 1.. {
        let error = match services.embedder.embed(texts).await {
            Ok(vectors) if vectors.len() == texts.len() => return Ok(vectors),
            Ok(_) => return Err("the embedding model gave too few vectors".into()),
            Err(error) => error,
        };
        if attempt == ATTEMPTS || !error.is_retryable() {
            return Err(format!("the embedding model failed: {error}"));
        }
        let asked = error.retry_after().unwrap_or(wait);
        tokio::time::sleep(asked.min(Duration::from_secs(60))).await;
        wait *= 2;
    }
    Err("the embedding model failed".into())
}

/// Model, words and vector.
type Question = (String, String, Vec<f32>);

/// Recent questions and their vectors: the same words are asked again by retries, tests of a search, and several
/// sources of one answer.
static RECENT: LazyLock<Mutex<VecDeque<Question>>> = LazyLock::new(Mutex::default);
const RECENT_QUESTIONS: usize = 256;

/// Somebody waits for the answer: a model that takes longer than this does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The vector of a question.
pub(crate) async fn question(embedder: &dyn Embedder, text: &str) -> Result<Vec<f32>> {
    let model = embedder.model();
    let known = RECENT
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .iter()
        .find(|(of, question, _)| of == model && question == text)
        .map(|(.., vector)| vector.clone());
    if let Some(vector) = known {
        return Ok(vector);
    }
    let mut vectors = tokio::time::timeout(PATIENCE, embedder.embed(&[text.to_owned()]))
        .await
        .map_err(|_| Error::Unavailable("the search needs the embedding model, which does not answer".into()))?
        .map_err(|error| Error::Unavailable(format!("the search needs the embedding model: {error}")))?;
    let vector = vectors.pop().ok_or_else(|| Error::Unavailable("the embedding model gave no vector".into()))?;
    let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
    recent.push_front((model.to_owned(), text.to_owned(), vector.clone()));
    recent.truncate(RECENT_QUESTIONS);
    Ok(vector)
}
