//! How well the search finds what people hold for right: a public set of questions with the pages that answer them, or the
//! index at the end of a documentation, which names the pages that are about each of its terms.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use anyhow::Context;
use db::sqlx::{self, PgPool};
use domain::{Actor, Services, knowledge};
use types::id::OrganizationId;
use uuid::Uuid;

use crate::report::Report;

/// The page with the index, which is no answer to anything.
const INDEX: &str = "bookindex.html";
/// A question a line, and after a tab the pages that answer it.
const QUESTIONS: &str = "questions.tsv";
const MOST_QUESTIONS: usize = 500;
/// Places that count.
const PLACES: usize = 10;
/// Passages that are looked at until so many pages are found.
const PASSAGES: i64 = 100;

/// A question, or a term of the index, and the pages that are right.
#[derive(Debug, PartialEq)]
struct Judged {
    question: String,
    pages: HashSet<String>,
}

/// Compares the search with its two halves, done plainly: the nearest vectors of all, and Postgres' full-text search.
/// `nDCG@10` with one for a page that is right and nothing for others (Järvelin and Kekäläinen, 2002).
pub async fn measure(
    services: &Services,
    owner: &PgPool,
    organization: OrganizationId,
    documentation: &Path,
    report: &mut Report,
) -> anyhow::Result<()> {
    let Some((kind, all)) = questions(documentation) else {
        println!("  neither {QUESTIONS} nor {INDEX}: the search is not judged");
        return Ok(());
    };
    let step = all.len().div_ceil(MOST_QUESTIONS).max(1);
    let questions: Vec<Judged> = all.into_iter().step_by(step).collect();
    let locations: Vec<(Uuid, String)> =
        sqlx::query_as("select id, location from documents where is_live").fetch_all(owner).await?;
    let pages: HashMap<Uuid, String> =
        locations.into_iter().map(|(id, location)| (id, page_of(&location).to_owned())).collect();
    let mut gains = [0.0; 4];
    for Judged { question, pages: wanted } in &questions {
        let found = knowledge::search(services, organization, Actor::System, question, usize::MAX, &[]).await?;
        let both: Vec<Uuid> = found.iter().map(|passage| passage.document_id.0).collect();
        let ranked = [
            both,
            dense(services, owner, question).await?,
            words(owner, question, ALL_WORDS).await?,
            words(owner, question, ANY_WORD).await?,
        ];
        for (gain, documents) in gains.iter_mut().zip(&ranked) {
            *gain += ndcg(documents.iter().filter_map(|id| pages.get(id).map(String::as_str)), wanted);
        }
    }
    let [both, dense, all, any] = gains.map(|sum| sum / questions.len() as f64);
    let measured = format!(
        "{both:.3}; vectors alone {dense:.3}, full-text search alone {all:.3} for all words, {any:.3} for any of them"
    );
    let what = format!("nDCG@{PLACES} over {} {kind}", questions.len());
    report.goal(&what, "above both of its halves", measured, both > dense.max(all).max(any));
    Ok(())
}

/// What the site says of itself.
fn questions(site: &Path) -> Option<(&'static str, Vec<Judged>)> {
    let read = |name| std::fs::read_to_string(site.join(name)).ok();
    match read(QUESTIONS) {
        Some(lines) => Some(("questions", lines.lines().filter_map(listed).collect())),
        None => read(INDEX).map(|html| ("terms of the index", judged(&html))),
    }
}

fn listed(line: &str) -> Option<Judged> {
    let (question, pages) = line.split_once('\t')?;
    let pages: HashSet<String> = pages.split_whitespace().map(str::to_owned).collect();
    (!pages.is_empty()).then(|| Judged { question: question.to_owned(), pages })
}

/// Every vector compared.
async fn dense(services: &Services, owner: &PgPool, question: &str) -> anyhow::Result<Vec<Uuid>> {
    let vectors = services.embedder.embed(&[question.to_owned()]).await?;
    let vector = vectors.first().context("the model gave no vector")?;
    Ok(sqlx::query_scalar("select document_id from document_chunks order by embedding <#> $1::real[]::vector limit $2")
        .bind(vector)
        .bind(PASSAGES)
        .fetch_all(owner)
        .await?)
}

/// Full-text search as Postgres' manual shows it, of passages that have all words of the question.
const ALL_WORDS: &str = "select document_id from document_chunks, plainto_tsquery('english', $1) query
                         where lexemes @@ query order by ts_rank(lexemes, query) desc, id limit $2";
/// The same of passages that have one of them at least.
const ANY_WORD: &str = "select document_id from document_chunks,
                               (select replace(plainto_tsquery('english', $1)::text, '&', '|')::tsquery as query) any_word
                        where lexemes @@ query order by ts_rank(lexemes, query) desc, id limit $2";

async fn words(owner: &PgPool, question: &str, query: &str) -> anyhow::Result<Vec<Uuid>> {
    Ok(sqlx::query_scalar(query).bind(question).bind(PASSAGES).fetch_all(owner).await?)
}

/// How near the order of the pages, each counted at its first passage, is to one with all wanted pages first.
fn ndcg<'a>(found: impl Iterator<Item = &'a str>, wanted: &HashSet<String>) -> f64 {
    let mut seen = HashSet::new();
    let pages = found.filter(|page| *page != INDEX && seen.insert(*page)).take(PLACES);
    let gain: f64 =
        pages.enumerate().filter(|(_, page)| wanted.contains(*page)).map(|(place, _)| discount(place)).sum();
    let most: f64 = (0..wanted.len().min(PLACES)).map(discount).sum();
    gain / most
}

fn discount(place: usize) -> f64 {
    1.0 / (place as f64 + 2.0).log2()
}

/// The entries of an index as DocBook writes it: `<dt>term, <a class="indexterm" href="page.html#part">…</a></dt>`, with
/// narrower terms in a `<dd>` after it, which are read together with what they narrow.
fn judged(html: &str) -> Vec<Judged> {
    let (mut entries, mut above, mut last) = (Vec::new(), Vec::new(), String::new());
    for piece in html.split("<d").skip(1) {
        let closed = piece.matches("</dd>").count();
        if piece.starts_with("d>") {
            above.push(last.clone());
        } else if let Some(entry) = piece.strip_prefix('t').and_then(|piece| piece.split_once('>')) {
            let entry = entry.1.split("</dt>").next().unwrap_or_default();
            let term = entry.split("<a class=\"indexterm\"").next().unwrap_or_default();
            last = plain(term);
            let pages: HashSet<String> = entry
                .split("class=\"indexterm\" href=\"")
                .skip(1)
                .filter_map(|link| Some(page_of(link.split_once('"')?.0).to_owned()))
                .collect();
            if !pages.is_empty() {
                let question = above.iter().chain([&last]).map(String::as_str).collect::<Vec<_>>().join(" ");
                entries.push(Judged { question, pages });
            }
        }
        above.truncate(above.len().saturating_sub(closed));
    }
    entries
}

/// A term without markup and the comma after it.
fn plain(term: &str) -> String {
    let text: String = term.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(',').to_owned()
}

/// The page's file in an address.
fn page_of(address: &str) -> &str {
    let page = address.split('#').next().unwrap_or_default();
    page.rsplit('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn narrower_terms_are_read_with_what_they_narrow() {
        let html = r##"<dl><dt id="a">backup, <a class="indexterm" href="backup.html">Backup</a></dt><dt>autovacuum</dt>
            <dd><dl><dt>general  information, <a class="indexterm" href="routine.html#X">The Daemon</a></dt></dl></dd>
            <dt><code>a&amp;b</code>, <a class="indexterm" href="a.html">A</a>, <a class="indexterm" href="b.html">B</a></dt></dl>"##;
        let entry = |question: &str, pages: &[&str]| Judged {
            question: question.into(),
            pages: pages.iter().map(|page| (*page).to_owned()).collect(),
        };
        let wanted = [
            entry("backup", &["backup.html"]),
            entry("autovacuum general information", &["routine.html"]),
            entry("a&b", &["a.html", "b.html"]),
        ];
        assert_eq!(judged(html), wanted);
    }

    #[test]
    fn questions_without_an_answer_are_left_out() {
        let read = listed("what is lift ?\ta.html b.html").unwrap();
        assert_eq!((read.question.as_str(), read.pages.len()), ("what is lift ?", 2));
        assert_eq!((listed("nobody knows\t"), listed("no list")), (None, None));
    }

    #[test]
    fn pages_that_are_found_late_gain_less() {
        let wanted = HashSet::from(["a".to_owned(), "b".to_owned()]);
        assert!((ndcg(["a", "a", INDEX, "b"].into_iter(), &wanted) - 1.0).abs() < 1e-9);
        let late = ndcg(["x", "a", "y"].into_iter(), &wanted);
        assert!((late - (1.0 / 3f64.log2()) / (1.0 + 1.0 / 3f64.log2())).abs() < 1e-9);
    }
}
