use types::{
    id::SourceId,
    knowledge::{NotRead, PageStatus, SyncPage},
    page::{Page, clamp},
    permission::Permission,
};

use super::source::find;
use crate::{Cx, Result, error::require};

/// The pages of a source's newest sync, in the order in which they were found; `status` keeps one kind of them.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden), [`Error::NotFound`](crate::Error::NotFound).
pub async fn pages(cx: &mut Cx, id: SourceId, status: Option<PageStatus>, page: i64) -> Result<Page<SyncPage>> {
    require(cx, Permission::KnowledgeRead)?;
    let (page, limit, offset) = clamp(Some(page), Some(50));
    let Some(sync) = find(cx, id).await?.sync else {
        return Ok(Page { items: Vec::new(), total: 0, page, limit });
    };
    let organization = cx.organization().0;
    let status = status.map(PageStatus::as_str);
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from knowledge_sync_pages
           where organization_id = $1 and sync_id = $2 and ($3::text is null or status = $3)"#,
        organization,
        sync.id.0,
        status
    )
    .fetch_one(cx.conn())
    .await?;
    let rows = sqlx::query!(
        "select location, status, reason, reason_code from knowledge_sync_pages
         where organization_id = $1 and sync_id = $2 and ($3::text is null or status = $3)
         order by position limit $4 offset $5",
        organization,
        sync.id.0,
        status,
        limit,
        offset
    )
    .fetch_all(cx.conn())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| {
            let reason = NotRead::stored(row.reason, row.reason_code);
            Ok(SyncPage { location: row.location, status: row.status.parse()?, reason })
        })
        .collect::<Result<_>>()?;
    Ok(Page { items, total, page, limit })
}
