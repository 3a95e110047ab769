use pgvector::Vector;
use serde_json::json;
use types::{
    answer::{Answer, AnswerInput},
    event::EventName,
    id::{AnswerId, OrganizationId},
};

use super::{input, list::one};
use crate::{Actor, Error, Held, Result, Services, audit, check_shown, events, hold};

/// Changes a curated answer: all of its fields are written. Its question is embedded before the transaction begins. `shown` is
/// that of [`check_shown`].
///
/// # Errors
/// [`Error::Forbidden`], [`Error::NotFound`], [`Error::Validation`], [`Error::Unavailable`]; [`Error::Conflict`] when it was
/// changed since it was shown.
pub async fn update(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    id: AnswerId,
    answer: AnswerInput,
    shown: Option<i64>,
) -> Result<Answer> {
    let (answer, vector) = input::check(services, &actor, answer).await?;
    let mut cx = services.db.begin(organization, actor).await?;
    hold(&mut cx, Held::Answer(id)).await?;
    let (now, before) = (cx.now(), one(&mut cx, id).await?);
    check_shown(shown, before.updated_at)?;
    let changed = sqlx::query!(
        "update answers
         set category = $3, question = $4, answer = $5, is_active = $6, embedding = $7, embedding_model = $8,
             updated_at = $9
         where organization_id = $1 and id = $2",
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
    if changed.rows_affected() == 0 {
        return Err(Error::NotFound("answer"));
    }
    let payload = json!({"question": answer.question});
    events::emit(&mut cx, EventName::AnswerUpdated, "answer", id, None, payload).await?;
    let updated = one(&mut cx, id).await?;
    audit::changed(&mut cx, "answer.updated", id, &before, &updated).await?;
    services.commit(cx).await?;
    Ok(updated)
}
