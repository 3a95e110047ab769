use pgvector::Vector;
use types::id::OrganizationId;
use uuid::Uuid;

use super::input;
use crate::{Actor, Result, Services};

/// Questions that are embedded at a time.
const BATCH: i64 = 100;

/// Embeds the questions of an organization's answers that were embedded by another model. They stay as they are
/// otherwise, and what somebody changes meanwhile stays as they write it.
///
/// # Errors
/// [`Error::Unavailable`](crate::Error::Unavailable) when the embedding model does not answer.
pub(crate) async fn renew(services: &Services, organization: OrganizationId) -> Result<()> {
    let model = services.embedder.model();
    let mut behind = Uuid::nil();
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let outdated = sqlx::query!(
            "select id, question from answers
             where organization_id = $1 and id > $2 and embedding_model is distinct from $3 order by id limit $4",
            organization.0,
            behind,
            model,
            BATCH
        )
        .fetch_all(cx.conn())
        .await?;
        drop(cx);
        let Some(last) = outdated.last() else { return Ok(()) };
        behind = last.id;
        let questions: Vec<String> = outdated.iter().map(|answer| answer.question.clone()).collect();
        let vectors = services.embedder.embed(&questions).await.map_err(input::unavailable)?;
        let mut cx = services.db.begin(organization, Actor::System).await?;
        for (answer, vector) in outdated.iter().zip(vectors) {
            sqlx::query!(
                "update answers set embedding = $4, embedding_model = $5
                 where organization_id = $1 and id = $2 and question = $3",
                organization.0,
                answer.id,
                answer.question,
                Vector::from(vector) as Vector,
                model
            )
            .execute(cx.conn())
            .await?;
        }
        cx.commit().await?;
    }
}
