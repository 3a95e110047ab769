//! BM25 over the organization's passages (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    Asked, CANDIDATES,
    corpus::{self, Corpus, MAX_HITS, common_from},
};
use crate::{Cx, Result};

const K1: f32 = 1.2;
const B: f32 = 0.75;
const MAX_TERMS: i64 = 32;
/// A code is rare when it stands in no larger share of the passages than this, or in so many.
const RARE: f32 = 0.01;
const RARE_AT_LEAST: f32 = 5.0;

/// What the words of a question found.
pub(super) struct Words {
    /// The best passages.
    pub scores: HashMap<Uuid, Score>,
    /// What a passage would score at most, with every word in abundance.
    pub ideal: f32,
}

/// What a passage has of the question's words.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Score {
    pub bm25: f32,
    /// The part of the question's rare codes (`E-4711`, `2024-17`) that stand in the passage, 0 to 1.
    pub codes: f32,
}

struct Term {
    config: String,
    lexeme: String,
    idf: f32,
    found: i64,
    is_code: bool,
}

impl Term {
    /// Its name among the words that are known to be common.
    fn known(&self) -> String {
        format!("{} {}", self.config, self.lexeme)
    }
}

/// Ranks passages by the question's words. Words that are all common tell only passages near in meaning apart, those in
/// `near`.
pub(super) async fn search(
    cx: &mut Cx,
    asked: &Asked<'_>,
    question: &str,
    corpus: &Corpus,
    near: &[Uuid],
) -> Result<Words> {
    let terms = terms(cx, asked, question, corpus).await?;
    corpus::remember_common(asked.organization, corpus.chunks, terms.iter().map(|term| (term.known(), term.found)));
    let (terms, are_common) = telling(terms, corpus.chunks);
    let near = are_common.then_some(near);
    let mut words = Words { scores: HashMap::new(), ideal: ideal(&terms) };
    // One word may be a term of several configurations.
    let known: BTreeMap<&str, &Term> =
        terms.iter().filter(|term| term.found > 0).map(|term| (term.lexeme.as_str(), term)).collect();
    if known.is_empty() {
        return Ok(words);
    }
    let all_codes = known.values().filter(|term| term.is_code).count().max(1);
    let queries: Vec<String> = known.keys().map(|lexeme| quoted(lexeme)).collect();
    let weights: Vec<f32> = known.values().map(|term| term.idf).collect();
    let codes: Vec<bool> = known.values().map(|term| term.is_code).collect();
    // Term by term, so that each goes through the index and only passages that have it are touched. More of the best
    // than asked for, because some may belong to documents that do not answer yet.
    let rows = sqlx::query!(
        r#"with hits as materialized (
             select c.id, c.document_id, c.lexeme_count, t.idf, t.is_code, (1 + width_bucket(c.rank, $4))::float8 as n
             from unnest($2::text[], $3::float4[], $10::bool[]) as t(query, idf, is_code)
             cross join lateral (
               select c.id, c.document_id, c.lexeme_count,
                      ts_rank('{1,1,1,1}', c.lexemes, t.query::tsquery)::float8 as rank
               from document_chunks c
               where $11::uuid[] is null and c.organization_id = $1 and c.lexemes @@ t.query::tsquery
                 and (cardinality($5::uuid[]) = 0 or c.source_id = any($5))
               union all
               select c.id, c.document_id, c.lexeme_count,
                      ts_rank('{1,1,1,1}', c.lexemes, t.query::tsquery)::float8 as rank
               from document_chunks c
               where c.organization_id = $1 and c.id = any($11) and c.lexemes @@ t.query::tsquery
               offset 0
             ) c
           ), best as (
             select h.id, h.document_id,
                    sum(h.idf * h.n * ($6::float8 + 1)
                        / (h.n + $6::float8 * (1 - $7::float8 + $7::float8 * h.lexeme_count / $8::float8))) as score,
                    count(*) filter (where h.is_code) as codes
             from hits h group by h.id, h.document_id order by 4 desc, 3 desc, 1 limit $9::bigint * 4
           )
           select b.id as "id!", b.score::float4 as "score!", b.codes as "codes!"
           from best b join documents d on d.organization_id = $1 and d.id = b.document_id and d.is_live
           order by 3 desc, 2 desc, 1 limit $9"#,
        asked.organization,
        &queries,
        &weights,
        &frequency_marks(),
        asked.sources,
        f64::from(K1),
        f64::from(B),
        corpus.average.max(1.0),
        CANDIDATES,
        &codes,
        near
    )
    .fetch_all(cx.conn())
    .await?;
    words.scores = rows
        .into_iter()
        .map(|row| (row.id, Score { bm25: row.score, codes: row.codes as f32 / all_codes as f32 }))
        .collect();
    Ok(words)
}

/// The question's words as each language of the organization's documents has them.
async fn terms(cx: &mut Cx, asked: &Asked<'_>, question: &str, corpus: &Corpus) -> Result<Vec<Term>> {
    let rows = sqlx::query!(
        r#"with terms as (
             select c.config, l.lexeme from unnest($2::text[]) as c(config)
             cross join lateral unnest(to_tsvector(c.config::regconfig, $3)) as l limit $4
           )
           select t.config as "config!", t.lexeme as "lexeme!",
                  case when t.config || ' ' || t.lexeme = any($6::text[]) then $5 else (select count(*) from (
                     select from document_chunks c where c.organization_id = $1
                       and c.lexemes @@ ('''' || replace(replace(t.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
                     limit $5) c) end as "found!"
           from terms t"#,
        asked.organization,
        &corpus.configs,
        question,
        MAX_TERMS,
        // Beyond this a word is common, however often it occurs.
        common_from(corpus.chunks),
        &corpus.common
    )
    .fetch_all(cx.conn())
    .await?;
    let terms = rows.into_iter().map(|row| {
        let (n, found) = (corpus.chunks as f32, row.found as f32);
        let idf = (1.0 + (n - found + 0.5) / (found + 0.5)).ln();
        let is_code = is_code(&row.lexeme) && found <= (RARE * n).max(RARE_AT_LEAST);
        Term { config: row.config, lexeme: row.lexeme, idf, found: row.found, is_code }
    });
    Ok(terms.collect())
}

/// The words that tell passages apart: as many of the rarest as may be ranked. When all that are known are common,
/// these, and true.
fn telling(mut terms: Vec<Term>, chunks: i64) -> (Vec<Term>, bool) {
    let common = common_from(chunks);
    if !terms.iter().any(|term| (1..common).contains(&term.found)) {
        return (terms, true);
    }
    terms.sort_by_key(|term| term.found);
    let (mut seen, mut hits) = (BTreeSet::new(), 0);
    terms.retain(|term| {
        // A word that two languages have is ranked once.
        if seen.insert(term.lexeme.clone()) {
            hits += term.found;
        }
        term.found < common && hits <= MAX_HITS
    });
    (terms, false)
}

/// The best possible score: that of the language that knows the question best, since a passage has one language.
/// Words that no passage has tell passages no more apart.
fn ideal(terms: &[Term]) -> f32 {
    let known = || terms.iter().filter(|term| term.found > 0);
    let configs: BTreeSet<&str> = known().map(|term| term.config.as_str()).collect();
    let sum =
        |config: &str| known().filter(|term| term.config == config).map(|term| term.idf * (K1 + 1.0)).sum::<f32>();
    configs.into_iter().map(sum).max_by(f32::total_cmp).unwrap_or(0.0)
}

/// Marks between the values that `ts_rank` gives to a word that occurs once, twice and so on, with equal weights: a
/// rank's place among them is the number of occurrences. Taking the word's positions out of the vector tells the same
/// ten times slower. Postgres (`calc_rank_or`): the sum of 1/j² over the occurrences, divided by π²/6. Beyond 32
/// occurrences BM25 hardly changes.
fn frequency_marks() -> Vec<f64> {
    let mut sum = 0.0;
    (1..=32u32)
        .map(|occurrence| {
            let step = |j: u32| 1.0 / f64::from(j * j);
            sum += step(occurrence);
            (sum + step(occurrence + 1) / 2.0) / 1.644_934_066_85
        })
        .collect()
}

/// A word with a digit that is more than a small number: an error code, an order number, a model, a year.
fn is_code(lexeme: &str) -> bool {
    lexeme.chars().any(|c| c.is_ascii_digit()) && lexeme.chars().filter(|c| c.is_alphanumeric()).count() >= 3
}

/// A lexeme as a text query has it.
fn quoted(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rarest_words_are_ranked_and_common_ones_only_when_alone() {
        let terms = |founds: &[i64]| -> Vec<Term> {
            let term = |found: &i64| Term {
                config: "simple".into(),
                lexeme: found.to_string(),
                idf: 1.0,
                found: *found,
                is_code: false,
            };
            founds.iter().map(term).collect()
        };
        let told = |founds: &[i64], chunks| {
            let (told, are_common) = telling(terms(founds), chunks);
            (told.into_iter().map(|term| term.found).collect::<Vec<_>>(), are_common)
        };
        // More than 30 of 100 passages is common.
        assert_eq!(told(&[31, 0, 30, 2], 100), (vec![0, 2, 30], false));
        assert_eq!(told(&[31, 31], 100), (vec![31, 31], true));
        // In a large organization words are left out before they cost too much.
        assert_eq!(told(&[1_000, 1_501, 900, 200], 100_000), (vec![200, 900], false));
        assert_eq!(told(&[0], 100), (vec![0], true));
    }

    #[test]
    fn marks_lie_between_the_ranks_of_postgres() {
        // select ts_rank('{1,1,1,1}', to_tsvector('simple', repeat('a ', n)), 'a') for n = 1, 2, 3, 10
        let marks = frequency_marks();
        for (occurrences, rank) in [(1, 0.607_927_1), (2, 0.759_908_9), (3, 0.827_456_3), (10, 0.942_146_3)] {
            assert_eq!(1 + marks.iter().filter(|mark| **mark <= rank).count(), occurrences, "{rank}");
        }
    }
}
