use types::{
    id::{ChunkId, DocumentId, SourceId},
    knowledge::{Chunk, Document, DocumentSummary},
    page::{Page, clamp},
    permission::Permission,
};

use super::source::find;
use crate::{Cx, Error, Result, error::require};

/// The most passages that a document shows.
const MAX_CHUNKS: i64 = 5_000;

/// The documents of a source that answer now, by their addresses.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::NotFound`].
pub async fn documents(
    cx: &mut Cx,
    source: SourceId,
    page: Option<i64>,
    limit: Option<i64>,
) -> Result<Page<DocumentSummary>> {
    require(cx, Permission::KnowledgeRead)?;
    find(cx, source).await?;
    let organization = cx.organization().0;
    let (page, limit, offset) = clamp(page, limit);
    let total = sqlx::query_scalar!(
        r#"select count(*) as "count!" from documents where organization_id = $1 and source_id = $2 and is_live"#,
        organization,
        source.0
    )
    .fetch_one(cx.conn())
    .await?;
    let rows = sqlx::query!(
        r#"select d.id, d.location, d.title, d.language, length(d.content) as "length!", d.created_at,
                  (select count(*) from document_chunks c
                   where c.organization_id = $1 and c.document_id = d.id) as "chunk_count!"
           from documents d where d.organization_id = $1 and d.source_id = $2 and d.is_live
           order by d.location, d.id limit $3 offset $4"#,
        organization,
        source.0,
        limit,
        offset
    )
    .fetch_all(cx.conn())
    .await?;
    let items = rows
        .into_iter()
        .map(|row| DocumentSummary {
            id: DocumentId(row.id),
            source_id: source,
            location: row.location,
            title: row.title,
            language: row.language,
            chunk_count: row.chunk_count,
            length: row.length,
            created_at: row.created_at,
        })
        .collect();
    Ok(Page { items, total, page, limit })
}

/// A document with its passages.
///
/// # Errors
/// [`Error::Forbidden`], [`Error::NotFound`].
pub async fn document(cx: &mut Cx, id: DocumentId) -> Result<Document> {
    require(cx, Permission::KnowledgeRead)?;
    let organization = cx.organization().0;
    let row = sqlx::query!(
        "select d.source_id, s.name, d.location, d.title, d.content
         from documents d join knowledge_sources s on s.organization_id = d.organization_id and s.id = d.source_id
         where d.organization_id = $1 and d.id = $2 and d.is_live",
        organization,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("document"))?;
    let chunks = sqlx::query!(
        "select id, ordinal, heading_path, content, char_start, char_end, page from document_chunks
         where organization_id = $1 and document_id = $2 order by ordinal limit $3",
        organization,
        id.0,
        MAX_CHUNKS
    )
    .fetch_all(cx.conn())
    .await?;
    let chunks = chunks
        .into_iter()
        .map(|row| Chunk {
            id: ChunkId(row.id),
            ordinal: row.ordinal,
            heading_path: row.heading_path,
            content: row.content,
            char_start: row.char_start,
            char_end: row.char_end,
            page: row.page,
        })
        .collect();
    Ok(Document {
        id,
        source_id: SourceId(row.source_id),
        source_name: row.name,
        location: row.location,
        title: row.title,
        content: row.content,
        chunks,
    })
}
