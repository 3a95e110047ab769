//! Which passages have to do with a question.

use types::agent::Passage;

use super::words::{shared, subject_words};

/// Cosine similarity from which meaning alone suffices.
const BY_MEANING: f32 = 0.40;
/// The same when the passage has the question's words too, from [`WORDS`] of them on.
const BY_MEANING_AND_WORDS: f32 = 0.25;
const WORDS: f32 = 0.5;
/// Passages so much less similar than the best one are left out.
const BEHIND_BEST: f32 = 0.25;

/// The passages that have to do with the question, best first.
pub(super) fn relevant(question: &str, passages: &[Passage]) -> Vec<Passage> {
    let subject = subject_words(question);
    let mut kept: Vec<&Passage> = passages
        .iter()
        .filter(|passage| {
            let share = shared(&subject, &in_context(passage));
            passage.vector_score >= BY_MEANING || passage.vector_score >= BY_MEANING_AND_WORDS && share >= WORDS
        })
        .collect();
    let best = kept.iter().map(|passage| passage.vector_score).fold(f32::MIN, f32::max);
    kept.retain(|passage| passage.vector_score >= best - BEHIND_BEST);
    kept.into_iter().cloned().collect()
}

/// A passage under its title and headings, as it was embedded.
pub(super) fn in_context(passage: &Passage) -> String {
    format!("{}\n{}\n{}", passage.title, passage.heading_path.join("\n"), passage.content)
}
