//! Vectors of passages, questions and sentences.

use std::{
    sync::{LazyLock, Mutex, PoisonError},
    time::Duration,
};

use hashlink::LruCache;
use llm::Embedder;

use crate::{Error, Result, Services};

/// Passages of one call: small enough that progress is seen and a cancelled sync stops soon.
pub(super) const BATCH: usize = 16;
const ATTEMPTS: u32 = 4;

/// Vectors of texts; a service that does not answer is asked again.
pub(super) async fn passages(services: &Services, texts: &[String]) -> llm::Result<Vec<Vec<f32>>> {
    let mut wait = services.settings.knowledge.retry_wait;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let error = match services.embedder.embed(texts).await {
            Ok(vectors) if vectors.len() == texts.len() => return Ok(vectors),
            Ok(_) => return Err(too_few()),
            Err(error) => error,
        };
        if attempts == ATTEMPTS || !error.is_retryable() {
            return Err(error);
        }
        let asked = error.retry_after().unwrap_or(wait);
        tokio::time::sleep(asked.min(Duration::from_secs(60))).await;
        wait *= 2;
    }
}

fn too_few() -> llm::Error {
    llm::Error::InvalidResponse("too few vectors".into())
}

/// Vectors of texts that come again: a question in retries, tests of a search and several sources of one answer; a sentence
/// whenever its passage may answer. By model and text; some 12 MB with the local model.
static RECENT: LazyLock<Mutex<LruCache<String, Vec<f32>>>> = LazyLock::new(|| Mutex::new(LruCache::new(RECENT_TEXTS)));
const RECENT_TEXTS: usize = 8_192;

/// Vectors of texts that may come again, in their order; the model is asked for those that have not come lately.
///
/// # Errors
/// When the model fails or gives too few.
pub(crate) async fn recent(embedder: &dyn Embedder, texts: &[String]) -> llm::Result<Vec<Vec<f32>>> {
    let keys: Vec<String> = texts.iter().map(|text| format!("{}\n{text}", embedder.model())).collect();
    let mut vectors: Vec<Option<Vec<f32>>> = {
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        keys.iter().map(|key| recent.get(key).cloned()).collect()
    };
    let missing: Vec<usize> = (0..texts.len()).filter(|&at| vectors[at].is_none()).collect();
    if !missing.is_empty() {
        let asked: Vec<String> = missing.iter().map(|&at| texts[at].clone()).collect();
        let made = embedder.embed(&asked).await?;
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        for (at, vector) in missing.into_iter().zip(made) {
            recent.insert(keys[at].clone(), vector.clone());
            vectors[at] = Some(vector);
        }
    }
    let vectors: Option<Vec<_>> = vectors.into_iter().collect();
    vectors.ok_or_else(too_few)
}

/// Somebody waits for the answer: a model that takes longer than this does not answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The vector of a question.
pub(crate) async fn question(embedder: &dyn Embedder, text: &str) -> Result<Vec<f32>> {
    let mut vectors = tokio::time::timeout(PATIENCE, recent(embedder, &[text.to_owned()]))
        .await
        .map_err(|_| Error::Unavailable("search needs the embedding model, which is not responding".into()))?
        .map_err(|error| Error::Unavailable(format!("search needs the embedding model: {error}")))?;
    vectors.pop().ok_or_else(|| Error::Unavailable("the embedding model returned no vector".into()))
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, future::BoxFuture};

    use super::*;

    /// Gives the length of a text as its vector, one vector less for each call, and tells what it was asked.
    #[derive(Default)]
    struct Counting(Mutex<Vec<Vec<String>>>);

    impl Embedder for Counting {
        fn model(&self) -> &'static str {
            "counting"
        }

        fn dimension(&self) -> usize {
            1
        }

        fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, llm::Result<Vec<Vec<f32>>>> {
            self.0.lock().unwrap().push(texts.to_vec());
            let vectors = texts.iter().filter(|text| *text != "nothing").map(|text| vec![text.len() as f32]).collect();
            async { Ok(vectors) }.boxed()
        }
    }

    #[tokio::test]
    async fn the_model_is_asked_for_what_did_not_come_lately() {
        let texts = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let model = Counting::default();
        assert_eq!(recent(&model, &texts(&["one", "three"])).await.unwrap(), [[3.0], [5.0]]);
        assert_eq!(recent(&model, &texts(&["three", "four", "one"])).await.unwrap(), [[5.0], [4.0], [3.0]]);
        assert_eq!(question(&model, "four").await.unwrap(), [4.0]);
        assert!(recent(&model, &texts(&["one", "nothing"])).await.is_err());
        let asked = model.0.lock().unwrap().clone();
        assert_eq!(asked, [texts(&["one", "three"]), texts(&["four"]), texts(&["nothing"])]);
    }
}
