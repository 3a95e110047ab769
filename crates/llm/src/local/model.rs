use std::sync::Arc;

use ort::{environment::Environment, session::Session, value::TensorRef};
use tokenizers::{Tokenizer, TruncationParams};

use super::LocalFiles;
use crate::{Error, Result};

/// Length of the model's vectors.
pub(super) const DIMENSION: usize = 384;
/// Longer texts are cut: the model was trained on up to 256 word pieces.
const MAX_TOKENS: usize = 256;

/// The loaded model. `embed` blocks and uses all cores it was given.
pub(super) struct Model {
    tokenizer: Arc<Words>,
    session: Session,
    _environment: Environment,
}

/// The tokenizer, shared so that texts are cut into tokens while the model computes.
pub(super) struct Words(Tokenizer);

impl Words {
    /// Token ids of a text with the marks around it; at least those two.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>> {
        // A token has at least one character; what lies far beyond the window need not be looked at.
        let end = text.char_indices().nth(MAX_TOKENS * 24).map_or(text.len(), |(at, _)| at);
        Ok(self.0.encode_fast(&text[..end], true).map_err(local)?.get_ids().to_vec())
    }
}

impl Model {
    /// Reads the files: about 150 ms.
    pub(super) fn load(files: &LocalFiles, threads: usize) -> Result<Self> {
        files.check()?;
        let mut tokenizer = Tokenizer::from_file(files.tokenizer()).map_err(local)?;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(Some(TruncationParams { max_length: MAX_TOKENS, ..TruncationParams::default() }))
            .map_err(local)?;
        let environment = ort::init_from(&files.runtime)
            .map_err(local)?
            .with_name("biseda")
            .with_telemetry(false)
            .build()
            .map_err(local)?;
        let session = session(files, &environment, threads).map_err(local)?;
        Ok(Self { tokenizer: Arc::new(Words(tokenizer)), session, _environment: environment })
    }

    pub(super) fn tokenizer(&self) -> Arc<Words> {
        self.tokenizer.clone()
    }

    /// Vectors of token rows: mean of the tokens' vectors, scaled to length 1.
    pub(super) fn embed(&mut self, rows: &[&[u32]]) -> Result<Vec<Vec<f32>>> {
        let width = rows.iter().map(|row| row.len()).max().unwrap_or_default();
        let mut ids = vec![0i64; rows.len() * width];
        let mut mask = vec![0i64; rows.len() * width];
        for (at, row) in rows.iter().enumerate() {
            for (place, id) in row.iter().enumerate() {
                ids[at * width + place] = i64::from(*id);
                mask[at * width + place] = 1;
            }
        }
        let types = vec![0i64; rows.len() * width];
        let shape = [rows.len(), width];
        let tensor = |values| TensorRef::from_array_view((shape, values)).map_err(local);
        let inputs = ort::inputs![
            "input_ids" => tensor(ids.as_slice())?,
            "attention_mask" => tensor(mask.as_slice())?,
            "token_type_ids" => tensor(types.as_slice())?,
        ];
        let outputs = self.session.run(inputs).map_err(local)?;
        let (_, hidden) = outputs["last_hidden_state"].try_extract_tensor::<f32>().map_err(local)?;
        if hidden.len() != rows.len() * width * DIMENSION {
            return Err(Error::Local("the embedding model gives vectors of another dimension than 384".into()));
        }
        Ok(hidden.chunks_exact(width * DIMENSION).zip(rows).map(|(states, row)| pool(states, row.len())).collect())
    }
}

fn session(files: &LocalFiles, environment: &Environment, threads: usize) -> ort::Result<Session> {
    Session::builder(environment)?
        .with_intra_threads(threads)?
        // Threads that spin for the next step would take the cores from the rest of the program.
        .with_intra_op_spinning(false)?
        // Shapes differ from call to call: patterns of them would only be kept in memory.
        .with_memory_pattern(false)?
        .with_execution_providers([ort::ep::CPU::default().with_arena_allocator(false).build()])?
        .commit_from_file(files.model())
}

/// Mean of the first `tokens` vectors, of length 1.
fn pool(states: &[f32], tokens: usize) -> Vec<f32> {
    let mut sum = vec![0f32; DIMENSION];
    for state in states.chunks_exact(DIMENSION).take(tokens) {
        for (total, value) in sum.iter_mut().zip(state) {
            *total += value;
        }
    }
    let norm = sum.iter().map(|value| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
    sum.iter_mut().for_each(|value| *value /= norm);
    sum
}

fn local(error: impl std::fmt::Display) -> Error {
    Error::Local(format!("the embedding model cannot be used: {error}"))
}
