use std::path::{Path, PathBuf};

use crate::{Error, Result};

const MODEL: &str = "models/all-minilm-l6-v2-int8";
const RUNTIME: &str = "onnxruntime-1.31.1/libonnxruntime.so";

/// Where the model and its runtime lie.
#[derive(Debug, Clone)]
pub struct LocalFiles {
    /// Folder with `model.onnx` and `tokenizer.json`.
    pub model_dir: PathBuf,
    /// The library of ONNX Runtime.
    pub runtime: PathBuf,
}

impl LocalFiles {
    /// Below a cache folder, unless the environment names others: `BISEDA_MODEL_DIR` and `ORT_DYLIB_PATH`.
    pub fn find(cache: &Path) -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let mut files = Self { model_dir: cache.join(MODEL), runtime: cache.join(RUNTIME) };
        if let Some(model_dir) = variable("BISEDA_MODEL_DIR") {
            files.model_dir = model_dir;
        }
        if let Some(runtime) = variable("ORT_DYLIB_PATH") {
            files.runtime = runtime;
        }
        files
    }

    /// The ONNX file.
    pub fn model(&self) -> PathBuf {
        self.model_dir.join("model.onnx")
    }

    /// The tokenizer of the model.
    pub fn tokenizer(&self) -> PathBuf {
        self.model_dir.join("tokenizer.json")
    }

    /// Whether everything is there.
    ///
    /// # Errors
    /// [`Error::Local`], naming the file that is missing and how to get it.
    pub fn check(&self) -> Result<()> {
        match [self.model(), self.tokenizer(), self.runtime.clone()].iter().find(|path| !path.is_file()) {
            None => Ok(()),
            Some(missing) => Err(Error::Local(format!(
                "the embedding model is not installed: {} is missing. Run `make setup`, or configure an \
                 OpenAI-compatible embedding service.",
                missing.display()
            ))),
        }
    }
}
