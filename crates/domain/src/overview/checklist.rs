use types::overview::Checklist;

use crate::{Cx, Result};

/// Which steps to a first answer are done. The widget counts as installed once a browser has opened it somewhere.
pub(super) async fn checklist(cx: &mut Cx) -> Result<Checklist> {
    let organization = cx.organization();
    let row = sqlx::query_as!(
        Checklist,
        r#"select
             exists (select from knowledge_sources
                     where organization_id = $1 and status = 'ready' and chunk_count > 0) as "has_ready_source!",
             exists (select from agents where organization_id = $1 and is_active) as "has_agent!",
             exists (select from answer_traces where organization_id = $1) as "has_tried_agent!",
             exists (select from channels
                     where organization_id = $1 and type = 'widget' and is_active and seen_at is not null) as "has_widget!",
             exists (select from conversations where organization_id = $1) as "has_conversation!""#,
        organization.0
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(row)
}
