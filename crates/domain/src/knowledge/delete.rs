use serde_json::json;
use types::{event::EventName, id::SourceId, permission::Permission};

use crate::{Cx, Error, Result, audit, error::require, events};

/// Removes a source with its documents, passages, vectors and file. A sync of it ends by itself at its next step; an agent
/// that was bound to it alone answers from no source. The file goes soon after the rows.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::NotFound`].
pub async fn delete(cx: &mut Cx, id: SourceId) -> Result<()> {
    require(cx, Permission::KnowledgeWrite)?;
    let organization = cx.organization().0;
    // A sync that is writing a page holds its own row and then asks for the source's: take them in the same order.
    sqlx::query!(
        "select id from knowledge_syncs where organization_id = $1 and source_id = $2 order by id for update",
        organization,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    // An agent that was bound to it by a program that writes the binding alone must not answer from all others.
    sqlx::query!(
        "update agents set all_sources = false where organization_id = $1 and all_sources
           and id in (select agent_id from agent_sources where organization_id = $1 and source_id = $2)",
        organization,
        id.0
    )
    .execute(cx.conn())
    .await?;
    let deleted = sqlx::query!(
        "with gone as (
           delete from knowledge_sources where organization_id = $1 and id = $2 returning name, storage_key
         ), file as (
           insert into file_removals (path) select storage_key from gone where storage_key is not null
         )
         select name from gone",
        organization,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("knowledge source"))?;
    let facts = json!({"name": deleted.name});
    events::emit(cx, EventName::SourceDeleted, "knowledge_source", id, None, facts.clone()).await?;
    audit::record(cx, "knowledge_source.deleted", id, Some(facts), None).await
}
