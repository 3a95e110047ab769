use pgvector::Vector;
use serde_json::json;
use types::{
    answer::{Answer, AnswerInput},
    event::EventName,
    id::{AnswerId, OrganizationId},
};

use super::{input, list::one};
use crate::{Actor, Result, Services, audit, events};

/// Adds a curated answer. Its question is embedded before the transaction begins: the embedding model may be a service
/// that takes its time.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden), [`Error::Validation`](crate::Error::Validation),
/// [`Error::Unavailable`](crate::Error::Unavailable).
pub async fn create(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    answer: AnswerInput,
) -> Result<Answer> {
    let (answer, vector) = input::check(services, &actor, answer).await?;
    let mut cx = services.db.begin(organization, actor).await?;
    let (id, now) = (AnswerId(cx.new_id()), cx.now());
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
    events::emit(&mut cx, EventName::AnswerCreated, "answer", id, None, payload).await?;
    let created = one(&mut cx, id).await?;
    audit::record(&mut cx, "answer.created", id, None, Some(serde_json::to_value(&created)?)).await?;
    services.commit(cx).await?;
    Ok(created)
}
