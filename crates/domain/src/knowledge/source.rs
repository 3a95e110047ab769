use types::{
    id::{SourceId, SyncId},
    knowledge::{NotRead, Source, Sync},
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// The most sources that a list shows.
const MAX_SOURCES: i64 = 500;

/// All sources, the newest first.
///
/// # Errors
/// [`Error::Forbidden`].
pub async fn list(cx: &mut Cx) -> Result<Vec<Source>> {
    require(cx, Permission::KnowledgeRead)?;
    load(cx, None).await
}

/// One source.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::NotFound`].
pub async fn get(cx: &mut Cx, id: SourceId) -> Result<Source> {
    require(cx, Permission::KnowledgeRead)?;
    find(cx, id).await
}

pub(super) async fn find(cx: &mut Cx, id: SourceId) -> Result<Source> {
    load(cx, Some(id)).await?.pop().ok_or(Error::NotFound("knowledge source"))
}

/// A source has the sentence of the sync that settled it; the code is that sync's. With one of its own, a program of the version
/// before, which changes the sentence alone, would leave a code that is no longer true.
async fn load(cx: &mut Cx, id: Option<SourceId>) -> Result<Vec<Source>> {
    let rows = sqlx::query!(
        r#"select s.id, s.name, s.type as source_type, s.location, s.settings, s.status, s.failure_reason, s.schedule,
                  s.document_count, s.chunk_count, s.last_sync_at, s.next_sync_at, s.created_at,
                  y.id as "sync_id?", y.status as "sync_status?", y.reason as sync_reason, y.reason_code,
                  y.pages_found as "pages_found?", y.pages_done as "pages_done?",
                  y.pages_unchanged as "pages_unchanged?", y.pages_failed as "pages_failed?", y.chunks as "chunks?",
                  y.started_at as "started_at?", y.finished_at,
                  case when y.status = 'cancelled' then '{"code": "cancelled"}'
                       when y.reason = s.failure_reason then y.reason_code end as failure_code
           from knowledge_sources s
           left join lateral (
             select * from knowledge_syncs y where y.organization_id = $1 and y.source_id = s.id
             order by y.status = 'running' desc, y.started_at desc, y.id desc limit 1
           ) y on true
           where s.organization_id = $1 and ($2::uuid is null or s.id = $2)
           order by s.created_at desc, s.id desc limit $3"#,
        cx.organization().0,
        id.map(|id| id.0),
        MAX_SOURCES
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            let sync = match (row.sync_id, row.sync_status, row.started_at) {
                (Some(id), Some(status), Some(started_at)) => Some(Sync {
                    id: SyncId(id),
                    status: status.parse()?,
                    reason: row.sync_reason.clone(),
                    failure: NotRead::stored(row.sync_reason, row.reason_code),
                    pages_found: row.pages_found.unwrap_or_default(),
                    pages_done: row.pages_done.unwrap_or_default(),
                    pages_unchanged: row.pages_unchanged.unwrap_or_default(),
                    pages_failed: row.pages_failed.unwrap_or_default(),
                    chunks: row.chunks.unwrap_or_default(),
                    started_at,
                    finished_at: row.finished_at,
                }),
                _ => None,
            };
            Ok(Source {
                id: SourceId(row.id),
                name: row.name,
                source_type: row.source_type.parse()?,
                location: row.location,
                crawl: serde_json::from_value(row.settings).unwrap_or_default(),
                status: row.status.parse()?,
                failure_reason: row.failure_reason.clone(),
                failure: NotRead::stored(row.failure_reason, row.failure_code),
                schedule: row.schedule.parse()?,
                document_count: row.document_count,
                chunk_count: row.chunk_count,
                last_sync_at: row.last_sync_at,
                next_sync_at: row.next_sync_at,
                sync,
                created_at: row.created_at,
            })
        })
        .collect()
}
