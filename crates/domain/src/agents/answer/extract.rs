//! Answers with sentences of the passages themselves: no account anywhere, nothing invented.

use llm::Embedder;
use types::{agent::Passage, message::Citation};

use super::{composed::citation, sentences::sentences, words};
use crate::knowledge;

/// Passages that are quoted from.
const SOURCES: usize = 3;
/// Sentences that are compared with the question.
const CANDIDATES: usize = 60;
/// Characters of an answer.
const MAX_LENGTH: usize = 700;
/// A sentence answers when it is this similar to the question (words count beside meaning)…
const ANSWERS: f32 = 0.38;
/// …and not so much less than the best one.
const BEHIND_BEST: f32 = 0.16;

/// An answer made of quotations.
pub(super) struct Extracted {
    pub content: String,
    pub citations: Vec<Citation>,
}

struct Candidate {
    passage: usize,
    place: usize,
    text: String,
    /// A line of a list or table, like "Kosovo: 3 to 5 days": only all of its headings say what it is about.
    is_item: bool,
    /// How well it answers the question as a whole.
    fit: f32,
    /// The same, on an average with what was added to it.
    score: f32,
}

/// The sentences that answer best, in the order of their passages; `None` when none does. `asked`: the question, and what
/// was added to the question before it when it does not stand for itself.
pub(super) async fn extract(embedder: &dyn Embedder, asked: &[&str], passages: &[Passage]) -> Option<Extracted> {
    let mut candidates = candidates(passages);
    score(embedder, asked, passages, &mut candidates).await;
    let mut order: Vec<usize> = (0..candidates.len()).filter(|&index| candidates[index].fit >= ANSWERS).collect();
    let best = order.iter().map(|&index| candidates[index].score).fold(f32::MIN, f32::max);
    order.sort_by(|&a, &b| candidates[b].score.total_cmp(&candidates[a].score));
    let mut chosen: Vec<usize> = Vec::new();
    let mut length = 0;
    for index in order {
        let candidate = &candidates[index];
        let again = chosen.iter().any(|&other| says_the_same(&candidates[other].text, &candidate.text));
        let fits = chosen.is_empty() || length + candidate.text.len() <= MAX_LENGTH;
        if candidate.score < best - BEHIND_BEST || chosen.len() == 4 || again || !fits {
            continue;
        }
        length += candidate.text.len();
        chosen.push(index);
    }
    if chosen.is_empty() {
        return None;
    }
    complete(&candidates, &mut chosen, length);
    Some(write(passages, &candidates, chosen))
}

/// Sentences of the best passages, those that can stand in an answer.
fn candidates(passages: &[Passage]) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (passage, content) in passages.iter().take(SOURCES).map(|passage| &passage.content).enumerate() {
        for (place, sentence) in sentences(content).into_iter().enumerate() {
            let text = readable(sentence);
            // A question or a heading in the text answers nothing by itself.
            let words = text.split_whitespace().count();
            if words >= 3 && !text.ends_with('?') && text.chars().count() <= 600 && !sentence.starts_with('#') {
                let is_item = sentence.starts_with(['-', '*', '•', '|']) || sentence.contains(" | ");
                found.push(Candidate { passage, place, text, is_item, fit: 0.0, score: 0.0 });
            }
        }
    }
    found.truncate(CANDIDATES);
    found
}

/// A sentence without the marks of the list or table that it stood in.
fn readable(sentence: &str) -> String {
    let text = without_marks(sentence.trim_start_matches(['-', '*', '•', '>', ' ']).trim());
    if text.starts_with('|') {
        let cells: Vec<&str> = text.split('|').map(str::trim).filter(|cell| !cell.is_empty()).collect();
        return cells.join(" – ");
    }
    text
}

/// Without the numbers in brackets of the page's own footnotes: in an answer they would be citations of something else. Again,
/// until what is left makes no new ones.
fn without_marks(sentence: &str) -> String {
    let (mut text, mut before) = (once_without_marks(sentence), sentence.len());
    while text.len() < before {
        before = text.len();
        text = once_without_marks(&text);
    }
    text
}

fn once_without_marks(sentence: &str) -> String {
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(open) = rest.find('[') {
        let after = &rest[open + 1..];
        let inside = after.split(']').next().filter(|inside| inside.len() < after.len());
        let is_mark = inside.is_some_and(|inside| {
            inside.contains(|c: char| c.is_ascii_digit())
                && inside.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | ',' | ';' | '^' | '#'))
        });
        match inside.filter(|_| is_mark) {
            Some(inside) => {
                out.push_str(rest[..open].trim_end());
                rest = &after[inside.len() + 1..];
            }
            None => {
                out.push_str(&rest[..=open]);
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// How well each sentence answers: by meaning under its passage's headings, and by shared words.
async fn score(embedder: &dyn Embedder, asked: &[&str], passages: &[Passage], candidates: &mut [Candidate]) {
    let in_context = |candidate: &Candidate| {
        let passage = &passages[candidate.passage];
        let heading = match passage.heading_path.last() {
            Some(_) if candidate.is_item => passage.heading_path.join(": "),
            last => last.unwrap_or(&passage.title).clone(),
        };
        format!("{heading}: {}", candidate.text)
    };
    let texts: Vec<String> =
        asked.iter().map(|question| (*question).to_owned()).chain(candidates.iter().map(in_context)).collect();
    let (_, sentences) = texts.split_at(asked.len());
    let vectors = match knowledge::recent_vectors(embedder, &texts).await {
        Ok(vectors) => vectors,
        Err(error) => {
            tracing::warn!(%error, "sentences are ranked by words alone");
            Vec::new()
        }
    };
    let subjects: Vec<Vec<String>> = asked.iter().map(|question| words::subject_words(question)).collect();
    for (index, candidate) in candidates.iter_mut().enumerate() {
        let fits = subjects.iter().enumerate().map(|(number, subject)| {
            let words = words::shared(subject, &sentences[index]);
            let meaning = match (vectors.get(number), vectors.get(asked.len() + index)) {
                (Some(question), Some(sentence)) => question.iter().zip(sentence).map(|(a, b)| a * b).sum(),
                _ => words,
            };
            // The first passage was ranked best by the whole of its text.
            #[expect(clippy::cast_precision_loss, reason = "at most three passages")]
            let rank = candidate.passage as f32 * 0.02;
            0.8 * meaning + 0.25 * words - rank
        });
        let fits: Vec<f32> = fits.collect();
        #[expect(clippy::cast_precision_loss, reason = "one question or two")]
        let count = fits.len() as f32;
        (candidate.fit, candidate.score) = (fits[0], fits.iter().sum::<f32>() / count);
    }
}

/// Adds what belongs to a single short sentence: the one after it.
fn complete(candidates: &[Candidate], chosen: &mut Vec<usize>, length: usize) {
    if let [only] = chosen[..]
        && length < 160
        && let Some(next) = candidates.get(only + 1)
        && next.passage == candidates[only].passage
        && next.place == candidates[only].place + 1
        && length + next.text.len() <= MAX_LENGTH
    {
        chosen.push(only + 1);
    }
}

/// The chosen sentences by passage, each group with its citation.
fn write(passages: &[Passage], candidates: &[Candidate], mut chosen: Vec<usize>) -> Extracted {
    // Passages in the order of their best sentence, sentences in the order of the text.
    let mut sources: Vec<usize> = Vec::new();
    for &index in &chosen {
        if !sources.contains(&candidates[index].passage) {
            sources.push(candidates[index].passage);
        }
    }
    chosen.sort_unstable();
    let mut paragraphs = Vec::new();
    let mut citations = Vec::new();
    for (number, &source) in (1u32..).zip(&sources) {
        let sentences: Vec<String> = chosen
            .iter()
            .map(|&index| &candidates[index])
            .filter(|candidate| candidate.passage == source)
            .map(|candidate| ended(&candidate.text))
            .collect();
        paragraphs.push(format!("{} [{number}]", sentences.join(" ")));
        citations.push(citation(number, &passages[source]));
    }
    Extracted { content: paragraphs.join("\n\n"), citations }
}

/// With a stop at the end, so that two of them can stand side by side.
fn ended(sentence: &str) -> String {
    if sentence.ends_with(['.', '!', '?', '…', ':', ';', ')']) { sentence.to_owned() } else { format!("{sentence}.") }
}

/// Whether one of two sentences adds nothing to the other: pages repeat themselves.
fn says_the_same(a: &str, b: &str) -> bool {
    let (a, b) = (words::words(a), words::words(b));
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let found = short.iter().filter(|word| long.contains(word)).count();
    found * 10 >= short.len() * 9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn footnotes_of_a_page_are_no_citations() {
        assert_eq!(readable("- Returns are free [9], for all [1, 2][^3]."), "Returns are free, for all.");
        assert_eq!(readable("Free [9[1]], for all"), "Free, for all");
        assert_eq!(readable("Press [Enter] or [F1] [ twice"), "Press [Enter] or [F1] [ twice");
    }

    #[test]
    fn passages_take_hostile_bytes() {
        let examples = [
            "- Returns are free [9], for all [1, 2][^3]. Send it to Nr. 5, e.g. by post!\n| a | b |\n# Heading",
            "- Returns are free [9[1]], for all",
            "• Ç'kemi… A. B. C? 3.50 €\n> [#1;2] [[1]] [ 1",
        ];
        let words = ["[", "]", "[1]", "[^", ". ", "…", " |", "\n", "İ", "\u{2028}", "Nr. ", "? "];
        fuzz::text(&examples, &words, |text| {
            let mut rest = text;
            for sentence in sentences(text) {
                // Nothing twice, nothing that is not there.
                rest = &rest[rest.find(sentence).expect("a part of the text") + sentence.len()..];
                let readable = readable(sentence);
                assert!(readable.len() <= 3 * sentence.len(), "{readable}");
                let is_number = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_digit());
                let is_mark = |part: &str| part.split_once(']').is_some_and(|(label, _)| is_number(label));
                assert!(!readable.split('[').skip(1).any(is_mark), "a footnote in {readable:?}");
            }
        });
    }
}
