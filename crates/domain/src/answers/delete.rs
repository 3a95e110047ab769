use serde_json::json;
use types::{event::EventName, id::AnswerId, permission::Permission};

use crate::{Cx, Error, Result, audit, error::require, events};

/// Removes a curated answer.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: AnswerId) -> Result<()> {
    require(cx, Permission::AgentsWrite)?;
    let organization = cx.organization();
    let question = sqlx::query_scalar!(
        "delete from answers where organization_id = $1 and id = $2 returning question",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("answer"))?;
    events::emit(cx, EventName::AnswerDeleted, "answer", id, None, json!({"question": question})).await?;
    audit::record(cx, "answer.deleted", id, Some(json!({"question": question})), None).await?;
    Ok(())
}
