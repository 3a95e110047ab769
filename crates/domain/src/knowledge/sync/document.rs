//! A new document and its passages, as a sync writes them.

use text::ChunkPiece;
use types::id::DocumentId;
use uuid::Uuid;

use super::{super::search, run::Run};
use crate::{Cx, Result};

/// Passages of one statement: their vectors are one array.
const CHUNKS_PER_INSERT: usize = 64;

/// A document to be.
pub(super) struct NewDocument {
    pub id: DocumentId,
    pub title: String,
    pub language: Option<String>,
    pub content: String,
    pub content_hash: Vec<u8>,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub links: Vec<String>,
    pub pieces: Vec<ChunkPiece>,
    /// What was embedded for each piece, and is searched for words.
    pub contexts: Vec<String>,
    pub vectors: Vec<Vec<f32>>,
}

/// Writes a document with its passages. It answers nothing before the sync is complete.
pub(super) async fn insert(cx: &mut Cx, run: &Run, location: &str, new: &NewDocument) -> Result<()> {
    let organization = run.organization.0;
    sqlx::query!(
        "insert into documents (organization_id, id, source_id, sync_id, location, title, language, content,
                                content_hash, recipe, etag, last_modified, links, is_live, created_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, false, $14)",
        organization,
        new.id.0,
        run.source.0,
        run.sync.0,
        location,
        new.title,
        new.language,
        new.content,
        new.content_hash,
        run.recipe,
        new.etag,
        new.last_modified,
        &new.links,
        cx.now()
    )
    .execute(cx.conn())
    .await?;
    let config = search::config(new.language.as_deref());
    for (part, pieces) in new.pieces.chunks(CHUNKS_PER_INSERT).enumerate() {
        let first = part * CHUNKS_PER_INSERT;
        let ids: Vec<Uuid> = pieces.iter().map(|_| cx.new_id()).collect();
        let ordinals: Vec<i32> = (first..first + pieces.len()).map(to_int).collect();
        let contents: Vec<String> = pieces.iter().map(|piece| piece.content.clone()).collect();
        let headings: Vec<serde_json::Value> = pieces.iter().map(|piece| piece.heading_path.clone().into()).collect();
        let starts: Vec<i32> = pieces.iter().map(|piece| to_int(piece.char_start)).collect();
        let ends: Vec<i32> = pieces.iter().map(|piece| to_int(piece.char_end)).collect();
        let pages: Vec<Option<i32>> =
            pieces.iter().map(|piece| piece.page.and_then(|page| page.try_into().ok())).collect();
        let contexts = &new.contexts[first..first + pieces.len()];
        let vectors = &new.vectors[first..first + pieces.len()];
        let dimension = vectors.first().map_or(0, Vec::len);
        sqlx::query!(
            "insert into document_chunks (organization_id, id, document_id, source_id, ordinal, content, heading_path,
                                          char_start, char_end, page, lexemes, lexeme_count, embedding,
                                          embedding_model, created_at)
             select $1, n.id, $2, $3, n.ordinal, n.content, array(select jsonb_array_elements_text(n.headings)),
                    n.char_start, n.char_end, n.page, v.lexemes,
                    (select coalesce(sum(cardinality(l.positions)), 0) from unnest(v.lexemes) l)::int,
                    ($12::real[])[(n.place - 1) * $13 + 1 : n.place * $13]::vector, $14, $15
             from unnest($4::uuid[], $5::int[], $6::text[], $7::jsonb[], $8::int[], $9::int[], $10::int[], $11::text[])
                  with ordinality as n(id, ordinal, content, headings, char_start, char_end, page, context, place)
             cross join lateral (select to_tsvector($16::text::regconfig, n.context) as lexemes) v",
            organization,
            new.id.0,
            run.source.0,
            &ids,
            &ordinals,
            &contents,
            &headings,
            &starts,
            &ends,
            &pages as &[Option<i32>],
            contexts,
            &vectors.concat(),
            i64::from(to_int(dimension)),
            run.services.embedder.model(),
            cx.now(),
            config
        )
        .execute(cx.conn())
        .await?;
    }
    Ok(())
}

fn to_int(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
