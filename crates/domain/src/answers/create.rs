use pgvector::Vector;
use serde_json::json;
use types::{
    agent::{Answer, AnswerInput},
    event::EventName,
    id::AnswerId,
    permission::Permission,
};

use super::{input, list::one};
use crate::{Cx, Result, Services, error::require, events};

/// Adds a curated answer. Embeds its question: a network call when the embedding model is a service.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation), [`Error::Unavailable`](crate::Error::Unavailable).
pub async fn create(services: &Services, cx: &mut Cx, answer: AnswerInput) -> Result<Answer> {
    require(cx, Permission::AgentsWrite)?;
    let (answer, vector) = input::check(services, answer).await?;
    let (organization, id, now) = (cx.organization(), AnswerId(cx.new_id()), cx.now());
    sqlx::query!(
        "insert into answers (organization_id, id, category, question, answer, is_active, embedding, embedding_model,
                              created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        organization.0,
        id.0,
        answer.category,
        answer.question,
        answer.answer,
        answer.is_active,
        vector as Vector,
        services.embedder.model(),
        now
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"question": answer.question});
    events::emit(cx, EventName::AnswerCreated, "answer", id, None, payload).await?;
    one(cx, id).await
}
