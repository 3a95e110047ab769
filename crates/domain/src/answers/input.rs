use pgvector::Vector;
use types::{answer::AnswerInput, permission::Permission};

use crate::{Actor, Error, Result, Services, validate::Check};

/// The input in the form in which it is stored, and the question's vector.
///
/// # Errors
/// [`Error::Forbidden`] when the actor may not write answers; [`Error::Validation`]; [`Error::Unavailable`] when the
/// embedding model does not answer.
pub(super) async fn check(services: &Services, actor: &Actor, input: AnswerInput) -> Result<(AnswerInput, Vector)> {
    if !actor.may(Permission::AgentsWrite) {
        return Err(Error::Forbidden(Permission::AgentsWrite));
    }
    let mut check = Check::default();
    let answer = AnswerInput {
        category: check.line("category", &input.category, 0..=100),
        question: check.line("question", &input.question, 1..=500),
        answer: check.text("answer", &input.answer, 1..=10_000),
        is_active: input.is_active,
    };
    check.finish()?;
    let vector = services.embedder.embed(std::slice::from_ref(&answer.question)).await.map_err(unavailable)?.pop();
    let vector = vector.ok_or_else(|| Error::Unavailable("the embedding model returned no vector".into()))?;
    Ok((answer, Vector::from(vector)))
}

/// The embedding model does not answer.
pub(super) fn unavailable(error: llm::Error) -> Error {
    Error::Unavailable(format!("the embedding model could not read the question: {error}"))
}
