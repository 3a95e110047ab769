//! The embedding model inside the process: MiniLM on ONNX Runtime. Nothing is loaded before the first text.

mod files;
mod model;

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::{Mutex, OnceCell};

use self::model::Model;
use crate::{Embedder, Error, Result};

pub use self::files::LocalFiles;

/// Passages are embedded in steps of about so many tokens, so that a visitor's question need not wait for the
/// rest of a document: the lock is fair and given up after each step.
const TOKENS_PER_STEP: usize = 512;

/// all-MiniLM-L6-v2 (int8): 384 dimensions, English above all. Cheap to clone.
#[derive(Clone)]
pub struct LocalEmbedder {
    files: LocalFiles,
    threads: usize,
    loaded: Arc<OnceCell<Arc<Mutex<Model>>>>,
}

impl LocalEmbedder {
    /// A model that is read from these files on first use and computes with as many threads as there are cores.
    pub fn new(files: LocalFiles) -> Self {
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { files, threads, loaded: Arc::default() }
    }

    /// The files that it reads.
    pub fn files(&self) -> &LocalFiles {
        &self.files
    }

    async fn load(&self) -> Result<Arc<Mutex<Model>>> {
        let load = || async {
            let (files, threads) = (self.files.clone(), self.threads);
            let model = blocking(move || Model::load(&files, threads)).await?;
            Ok(Arc::new(Mutex::new(model)))
        };
        self.loaded.get_or_try_init(load).await.cloned()
    }

    async fn run(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let model = self.load().await?;
        let tokenizer = model.lock().await.tokenizer();
        let owned = texts.to_vec();
        let encoded =
            blocking(move || owned.iter().map(|text| tokenizer.encode(text)).collect::<Result<Vec<_>>>()).await?;
        // Texts of like length together: padding is computed too.
        let mut order: Vec<usize> = (0..encoded.len()).collect();
        order.sort_by_key(|&index| encoded[index].len());
        let encoded = Arc::new(encoded);
        let mut vectors = vec![Vec::new(); texts.len()];
        for step in steps(&order, |index| encoded[index].len()) {
            let mut guard = model.clone().lock_owned().await;
            let (batch, encoded) = (step.clone(), encoded.clone());
            let found = blocking(move || {
                let rows: Vec<&[u32]> = batch.iter().map(|&index| encoded[index].as_slice()).collect();
                guard.embed(&rows)
            })
            .await?;
            for (index, vector) in step.into_iter().zip(found) {
                vectors[index] = vector;
            }
        }
        Ok(vectors)
    }
}

impl Embedder for LocalEmbedder {
    fn model(&self) -> &str {
        "all-minilm-l6-v2-int8"
    }

    fn dimension(&self) -> usize {
        model::DIMENSION
    }

    fn embed<'a>(&'a self, texts: &'a [String]) -> BoxFuture<'a, Result<Vec<Vec<f32>>>> {
        Box::pin(self.run(texts))
    }
}

/// Cuts an order by rising length into steps of about [`TOKENS_PER_STEP`] padded tokens.
fn steps(order: &[usize], length: impl Fn(usize) -> usize) -> Vec<Vec<usize>> {
    let mut steps: Vec<Vec<usize>> = Vec::new();
    for &index in order {
        match steps.last_mut() {
            Some(step) if (step.len() + 1) * length(index) <= TOKENS_PER_STEP => step.push(index),
            _ => steps.push(vec![index]),
        }
    }
    steps
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::Local(format!("the embedding model stopped: {error}")))?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_hold_texts_of_like_length() {
        let lengths = [10, 200, 20, 256, 30];
        let order = [0, 2, 4, 1, 3];
        assert_eq!(steps(&order, |index| lengths[index]), vec![vec![0, 2, 4], vec![1, 3]]);
    }

    #[tokio::test]
    async fn missing_files_name_the_command_that_brings_them() {
        let embedder = LocalEmbedder::new(LocalFiles { model_dir: "/nowhere".into(), runtime: "/nowhere.so".into() });
        let error = embedder.embed(&["hello".to_owned()]).await.unwrap_err();
        assert!(error.to_string().contains("make setup"), "{error}");
    }
}
