//! BM25 over the organization's passages (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009).

use std::collections::{BTreeSet, HashMap};

use uuid::Uuid;

use super::{Asked, CANDIDATES, config};
use crate::{Cx, Result};

const K1: f32 = 1.2;
const B: f32 = 0.75;
/// A word in a larger share of the passages says little; it counts only when the question has no rarer one.
const COMMON: f32 = 0.3;
const MAX_TERMS: i64 = 32;

/// What the words of a question found.
pub(super) struct Words {
    /// Passages of the organization, live or not.
    pub chunks: i64,
    /// BM25 of the best passages.
    pub scores: HashMap<Uuid, f32>,
    /// What a passage would score at most, with every word in abundance.
    pub ideal: f32,
}

struct Term {
    config: String,
    lexeme: String,
    idf: f32,
    found: i64,
}

pub(super) async fn search(cx: &mut Cx, asked: &Asked<'_>, question: &str) -> Result<Words> {
    let corpus = sqlx::query!(
        r#"select count(*) as "chunks!", coalesce(avg(lexeme_count), 0)::float4 as "average!"
           from document_chunks where organization_id = $1"#,
        asked.organization
    )
    .fetch_one(cx.conn())
    .await?;
    let terms = terms(cx, asked, question, corpus.chunks).await?;
    let mut words = Words { chunks: corpus.chunks, scores: HashMap::new(), ideal: ideal(&terms) };
    // One word may be a term of several configurations.
    let mut idf: HashMap<&str, f32> = HashMap::new();
    for term in terms.iter().filter(|term| term.found > 0) {
        idf.insert(&term.lexeme, term.idf);
    }
    if idf.is_empty() {
        return Ok(words);
    }
    let (lexemes, weights): (Vec<String>, Vec<f32>) = idf.into_iter().map(|(term, idf)| (term.to_owned(), idf)).unzip();
    let rows = sqlx::query!(
        r#"select c.id, sum(t.idf * tf.n * ($6::float4 + 1)
                          / (tf.n + $6::float4 * (1 - $7::float4 + $7::float4 * c.lexeme_count / greatest($8::float4, 1))))::float4 as "score!"
           from document_chunks c
           join documents d on d.organization_id = c.organization_id and d.id = c.document_id
           cross join lateral unnest(c.lexemes) as l
           join unnest($2::text[], $3::float4[]) as t(lexeme, idf) on t.lexeme = l.lexeme
           cross join lateral (select cardinality(l.positions)::float4 as n) tf
           where c.organization_id = $1 and c.lexemes @@ $4::text::tsquery and d.is_live
             and (cardinality($5::uuid[]) = 0 or c.source_id = any($5))
           group by c.id order by 2 desc, c.id limit $9"#,
        asked.organization,
        &lexemes,
        &weights,
        lexemes.iter().map(|lexeme| quoted(lexeme)).collect::<Vec<_>>().join(" | "),
        asked.sources,
        K1,
        B,
        corpus.average,
        CANDIDATES
    )
    .fetch_all(cx.conn())
    .await?;
    words.scores = rows.into_iter().map(|row| (row.id, row.score)).collect();
    Ok(words)
}

/// The question's words as each language of the organization's documents has them, without those that are common.
async fn terms(cx: &mut Cx, asked: &Asked<'_>, question: &str, chunks: i64) -> Result<Vec<Term>> {
    let languages = sqlx::query_scalar!(
        "select distinct language from documents where organization_id = $1 and is_live",
        asked.organization
    )
    .fetch_all(cx.conn())
    .await?;
    let configs: BTreeSet<&str> = languages.iter().map(|language| config(language.as_deref())).collect();
    let configs: Vec<String> = configs.into_iter().map(str::to_owned).collect();
    let rows = sqlx::query!(
        r#"with terms as (
             select c.config, l.lexeme from unnest($2::text[]) as c(config)
             cross join lateral unnest(to_tsvector(c.config::regconfig, $3)) as l limit $4
           )
           select t.config as "config!", t.lexeme as "lexeme!",
                  (select count(*) from document_chunks c where c.organization_id = $1
                   and c.lexemes @@ ('''' || replace(replace(t.lexeme, '\', '\\'), '''', '''''') || '''')::tsquery
                  ) as "found!"
           from terms t"#,
        asked.organization,
        &configs,
        question,
        MAX_TERMS
    )
    .fetch_all(cx.conn())
    .await?;
    let terms = rows.into_iter().map(|row| {
        let (n, found) = (chunks as f32, row.found as f32);
        let idf = (1.0 + (n - found + 0.5) / (found + 0.5)).ln();
        Term { config: row.config, lexeme: row.lexeme, idf, found: row.found }
    });
    let terms: Vec<Term> = terms.collect();
    let is_common = |term: &Term| term.found as f32 > COMMON * chunks as f32;
    if terms.iter().any(|term| term.found > 0 && !is_common(term)) {
        return Ok(terms.into_iter().filter(|term| !is_common(term)).collect());
    }
    Ok(terms)
}

/// The best possible score: that of the language that knows the question best, since a passage has one language.
fn ideal(terms: &[Term]) -> f32 {
    let configs: BTreeSet<&str> = terms.iter().filter(|term| term.found > 0).map(|term| term.config.as_str()).collect();
    let sum =
        |config: &str| terms.iter().filter(|term| term.config == config).map(|term| term.idf * (K1 + 1.0)).sum::<f32>();
    configs.into_iter().map(sum).max_by(f32::total_cmp).unwrap_or(0.0)
}

/// A lexeme as a text query has it.
fn quoted(lexeme: &str) -> String {
    format!("'{}'", lexeme.replace('\\', "\\\\").replace('\'', "''"))
}
