//! How many passages an organization has, in which languages, and which of their words are common.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{LazyLock, Mutex, PoisonError},
    time::{Duration, Instant},
};

use uuid::Uuid;

use super::config;
use crate::{Cx, Result};

/// A word in a larger share of the passages says little; it counts only when the question has no rarer one.
const COMMON: f32 = 0.3;
/// So many occurrences of a question's words are ranked, the rarest words first. Words beyond it are as common ones: in
/// a large organization they would cost more than they say.
pub(super) const MAX_HITS: i64 = 1_500;

/// What is said of all passages of an organization, live or not.
#[derive(Clone)]
pub(super) struct Corpus {
    pub chunks: i64,
    /// Words of a passage.
    pub average: f64,
    /// The text search configurations of its documents that answer.
    pub configs: Vec<String>,
    /// Words that are known to be common, each behind its language's configuration and a space.
    pub common: Vec<String>,
}

/// Figures of large organizations, which take long to count and change little.
static LARGE: LazyLock<Mutex<HashMap<Uuid, (Instant, Corpus)>>> = LazyLock::new(Mutex::default);
const LARGE_FROM: i64 = 5_000;
const LARGE_KEPT: Duration = Duration::from_secs(300);

/// Counts an organization's passages, or remembers what it counted some minutes ago.
pub(super) async fn corpus(cx: &mut Cx, organization: Uuid) -> Result<Corpus> {
    let kept = LARGE.lock().unwrap_or_else(PoisonError::into_inner).get(&organization).cloned();
    if let Some((_, corpus)) = kept.filter(|(at, _)| at.elapsed() < LARGE_KEPT) {
        return Ok(corpus);
    }
    let row = sqlx::query!(
        r#"select count(*) as "chunks!", coalesce(avg(lexeme_count), 0)::float8 as "average!",
                  array(select distinct language from documents where organization_id = $1 and is_live)
                    as "languages!: Vec<Option<String>>"
           from document_chunks where organization_id = $1"#,
        organization
    )
    .fetch_one(cx.conn())
    .await?;
    let configs: BTreeSet<&str> = row.languages.iter().map(|language| config(language.as_deref())).collect();
    let configs = configs.into_iter().map(str::to_owned).collect();
    let corpus = Corpus { chunks: row.chunks, average: row.average, configs, common: Vec::new() };
    if corpus.chunks >= LARGE_FROM {
        let mut large = LARGE.lock().unwrap_or_else(PoisonError::into_inner);
        large.retain(|_, (at, _)| at.elapsed() < LARGE_KEPT);
        large.insert(organization, (Instant::now(), corpus.clone()));
    }
    Ok(corpus)
}

/// Remembers which words are common in a large organization: those take longest to count, and come in most questions.
pub(super) fn remember_common(organization: Uuid, chunks: i64, words: impl Iterator<Item = (String, i64)>) {
    let mut large = LARGE.lock().unwrap_or_else(PoisonError::into_inner);
    let Some((_, corpus)) = large.get_mut(&organization) else { return };
    for (word, found) in words {
        if found >= common_from(chunks) && !corpus.common.contains(&word) {
            corpus.common.push(word);
        }
    }
}

/// A word that stands in so many passages is common.
pub(super) fn common_from(chunks: i64) -> i64 {
    ((COMMON * chunks as f32) as i64).min(MAX_HITS) + 1
}
