use uuid::Uuid;

use super::{Asked, CANDIDATES};
use crate::{Cx, Result};

/// So many passages are compared by their vectors; in larger organizations those whose codes are nearest. Of 250,000 the
/// ten nearest are among them with a probability of 0.99.
const COMPARED: i64 = 1_000;

/// The passages nearest in meaning.
pub(super) async fn search(cx: &mut Cx, asked: &Asked<'_>, chunks: i64) -> Result<Vec<Uuid>> {
    cx.plan_for_values().await?;
    if chunks > COMPARED {
        let found = by_code(cx, asked).await?;
        // Too many documents that do not answer yet may be in the way, and very long vectors have no code.
        if found.len() as i64 == CANDIDATES {
            return Ok(found);
        }
    }
    exact(cx, asked).await
}

// In both, the question's numbers are made a vector in a query of their own: once, not for each row.

async fn exact(cx: &mut Cx, asked: &Asked<'_>) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "select c.id from document_chunks c
         join documents d on d.organization_id = c.organization_id and d.id = c.document_id
         where c.organization_id = $1 and c.embedding_model = $2 and d.is_live
           and (cardinality($3::uuid[]) = 0 or c.source_id = any($3))
         order by c.embedding <#> (select $4::real[]::vector) limit $5",
        asked.organization,
        asked.model,
        asked.sources,
        asked.vector,
        CANDIDATES
    )
    .fetch_all(cx.conn())
    .await?)
}

/// By codes of two bits for each number first, which an index holds side by side. More of the best than asked for,
/// because some may belong to documents that do not answer yet.
async fn by_code(cx: &mut Cx, asked: &Asked<'_>) -> Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar!(
        "with near as materialized (
           select id from document_chunks
           where organization_id = $1 and embedding_model = $2 and embedding_code is not null
             and (cardinality($3::uuid[]) = 0 or source_id = any($3))
           order by embedding_code <~> (select embedding_code($4::real[]::vector)) limit $5
         ), best as materialized (
           select c.id, c.document_id, c.embedding <#> (select $4::real[]::vector) as distance from document_chunks c
           where c.organization_id = $1 and c.id = any(array(select id from near)) order by distance limit $6::bigint * 4
         )
         select b.id from best b join documents d on d.organization_id = $1 and d.id = b.document_id and d.is_live
         order by b.distance limit $6",
        asked.organization,
        asked.model,
        asked.sources,
        asked.vector,
        COMPARED,
        CANDIDATES
    )
    .fetch_all(cx.conn())
    .await?)
}
