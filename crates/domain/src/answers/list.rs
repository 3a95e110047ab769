use types::{answer::Answer, id::AnswerId, permission::Permission};

use crate::{Cx, Error, Result, error::require};

/// The curated answers by category and question, at most 1000.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Answer>> {
    require(cx, Permission::AgentsRead)?;
    read(cx, None).await
}

/// One curated answer.
pub(super) async fn one(cx: &mut Cx, id: AnswerId) -> Result<Answer> {
    read(cx, Some(id)).await?.pop().ok_or(Error::NotFound("answer"))
}

async fn read(cx: &mut Cx, id: Option<AnswerId>) -> Result<Vec<Answer>> {
    let organization = cx.organization();
    let rows = sqlx::query!(
        "select id, category, question, answer, is_active, hit_count, updated_at from answers
         where organization_id = $1 and ($2::uuid is null or id = $2)
         order by lower(category), lower(question), id limit 1000",
        organization.0,
        id.map(|id| id.0)
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| Answer {
            id: AnswerId(row.id),
            category: row.category,
            question: row.question,
            answer: row.answer,
            is_active: row.is_active,
            hit_count: row.hit_count,
            updated_at: row.updated_at,
        })
        .collect())
}
