//! Finding passages by meaning and by words.
//!
//! The score of a passage is its cosine similarity to the question plus two bounded bonuses for the question's words:
//! `score = cosine + 0.2 * share + 0.4 * codes`, cut to 0..1. `share` (0 to 1) is the passage's BM25 in relation to that
//! of a passage that would have all words of the question in abundance; `codes` the part of the question's rare codes
//! (`E-4711`) that the passage has. Meaning leads; exact words, which small models blur, move a passage up, and codes,
//! which they do not know at all, the most. How it was measured is in `docs/decisions.md`.

mod config;
mod corpus;
mod dense;
mod lexical;

use std::collections::HashMap;

use types::{
    agent::Passage,
    id::{ChunkId, DocumentId, OrganizationId, SourceId},
    permission::Permission,
};
use uuid::Uuid;

use self::lexical::Score;
use super::embed;
use crate::{Actor, Cx, Error, Result, Services};

pub(super) use config::config;

/// What all words of the question, found in abundance, add to the cosine similarity.
const WORDS_BONUS: f32 = 0.2;
/// What all rare codes of the question add.
const CODES_BONUS: f32 = 0.4;
/// Candidates of each kind.
const CANDIDATES: i64 = 50;
/// Longer questions are cut: models read about so much.
const MAX_QUESTION: usize = 2_000;

/// The passages nearest to a question, the best first; `sources` empty means all. Only documents that answer now.
///
/// # Errors
/// [`Error::Forbidden`] for members without knowledge:read and for visitors, [`Error::Unavailable`] when the embedding
/// model does not answer.
pub async fn search(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    query: &str,
    limit: usize,
    sources: &[SourceId],
) -> Result<Vec<Passage>> {
    // An agent searches the knowledge of its organization by its nature.
    if !matches!(actor, Actor::Agent { .. }) && !actor.may(Permission::KnowledgeRead) {
        return Err(Error::Forbidden(Permission::KnowledgeRead));
    }
    let question: String = crate::validate::clean(query).trim().chars().take(MAX_QUESTION).collect();
    if question.is_empty() {
        return Ok(Vec::new());
    }
    let vector = embed::question(services.embedder.as_ref(), &question).await?;
    let mut cx = services.db.begin(organization, actor).await?;
    let asked = Asked {
        organization: organization.0,
        model: services.embedder.model(),
        vector: &vector,
        sources: &sources.iter().map(|id| id.0).collect::<Vec<_>>(),
    };
    let corpus = corpus::corpus(&mut cx, asked.organization).await?;
    let mut candidates: Vec<Uuid> = dense::search(&mut cx, &asked, corpus.chunks).await?;
    let words = lexical::search(&mut cx, &asked, &question, &corpus, &candidates).await?;
    candidates.extend(words.scores.keys().filter(|id| !candidates.contains(id)).copied().collect::<Vec<_>>());
    let mut passages = load(&mut cx, &asked, &candidates, &words.scores, words.ideal).await?;
    passages.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.chunk_id.cmp(&b.chunk_id)));
    passages.truncate(limit);
    Ok(passages)
}

/// A question as the searches need it.
struct Asked<'a> {
    organization: Uuid,
    model: &'a str,
    vector: &'a [f32],
    sources: &'a [Uuid],
}

async fn load(
    cx: &mut Cx,
    asked: &Asked<'_>,
    ids: &[Uuid],
    words: &HashMap<Uuid, Score>,
    ideal: f32,
) -> Result<Vec<Passage>> {
    let rows = sqlx::query!(
        r#"select c.id, c.document_id, c.source_id, d.title, d.location, c.heading_path, c.content, c.char_start,
                  c.char_end, c.page, -(c.embedding <#> (select $3::real[]::vector)) as "similarity!"
           from document_chunks c join documents d on d.organization_id = c.organization_id and d.id = c.document_id
           where c.organization_id = $1 and c.id = any($2) and c.embedding_model = $4 and d.is_live"#,
        asked.organization,
        ids,
        asked.vector,
        asked.model
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|row| {
            let similarity = row.similarity as f32;
            let found = words.get(&row.id).copied().unwrap_or_default();
            let share = if ideal > 0.0 { (found.bm25 / ideal).clamp(0.0, 1.0) } else { 0.0 };
            Passage {
                chunk_id: ChunkId(row.id),
                document_id: DocumentId(row.document_id),
                source_id: SourceId(row.source_id),
                title: row.title,
                url: Some(row.location)
                    .filter(|location| location.starts_with("http://") || location.starts_with("https://")),
                heading_path: row.heading_path,
                content: row.content,
                char_start: row.char_start,
                char_end: row.char_end,
                page: row.page,
                score: (similarity + WORDS_BONUS * share + CODES_BONUS * found.codes).clamp(0.0, 1.0),
                vector_score: similarity,
                text_score: found.bm25,
            }
        })
        .collect())
}
