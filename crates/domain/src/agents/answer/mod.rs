//! From a question to an answer: the one path of the playground and of the job that answers visitors.

mod extract;
mod generate;
mod guard;
mod lines;
#[cfg(test)]
mod measure;
mod prompt;
mod relevance;
mod reveals;
mod sentences;
mod words;

use std::time::Instant;

use futures::future::BoxFuture;
use types::{
    agent::{Decision, Passage, PlaygroundTurn, PromptMessage, Provider, Trace},
    id::{AnswerId, OrganizationId},
    message::Citation,
};

use self::{
    guard::{Targets, without_strangers},
    lines::{Language, Line},
    words::Intent,
};
use super::Loaded;
use crate::{Actor, Result, Services, answers, knowledge};

/// Passages that are looked at for one answer.
const PASSAGES: usize = 6;
/// Characters of a question that are read.
const MAX_QUESTION: usize = 4000;
/// Turns before the question that are looked at.
pub(super) const HISTORY: usize = 12;

/// An answer that nobody has been told yet.
#[derive(Debug, Clone)]
pub struct Composed {
    /// Markdown, with `[1]` for the citation of index 1.
    pub content: String,
    pub citations: Vec<Citation>,
    /// Whether a person is to be called.
    pub hands_off: bool,
    /// Whether that is because the provider does not answer.
    pub unavailable: bool,
    /// The curated answer that was given.
    pub(crate) curated: Option<AnswerId>,
    pub trace: Trace,
}

/// What is asked, and of whom.
pub struct Question<'a> {
    pub agent: &'a Loaded,
    /// What was said before, oldest first.
    pub history: &'a [PlaygroundTurn],
    pub text: &'a str,
    /// What the organization wants the agent to know or do for this contact.
    pub contact_instructions: &'a str,
    /// The language of the contact's browser, when it is known.
    pub contact_language: Option<&'a str>,
}

/// Watches an answer grow.
pub trait Progress: Send {
    /// The whole answer so far. It may begin anew after a failure in the middle.
    fn text(&mut self, so_far: &str);
}

/// Nobody watches.
pub(super) struct Unwatched;

impl Progress for Unwatched {
    fn text(&mut self, _so_far: &str) {}
}

/// Answers a question. `progress` sees the answer grow. Dropping the future stops the work.
///
/// A provider that fails gives a hand-off that says so, not an error.
///
/// # Errors
/// When the database does not answer.
pub fn compose<'a>(
    services: &'a Services,
    organization: OrganizationId,
    question: &'a Question<'a>,
    progress: &'a mut dyn Progress,
) -> BoxFuture<'a, Result<Composed>> {
    // Boxed: its type would otherwise be spelt out in every job and server function that awaits it.
    Box::pin(async move {
        let begun = Instant::now();
        let mut composed = decide(services, organization, question, progress).await?;
        composed.trace.total_ms = milliseconds(begun);
        Ok(composed)
    })
}

async fn decide(
    services: &Services,
    organization: OrganizationId,
    question: &Question<'_>,
    progress: &mut dyn Progress,
) -> Result<Composed> {
    let agent = &question.agent.agent;
    let text = bounded(question.text.trim(), MAX_QUESTION);
    let history = &question.history[question.history.len().saturating_sub(HISTORY)..];
    let language = language(question);
    let words = words::words(text);

    let keyword = agent.handoff_rules.keywords.iter().find(|keyword| words::contains_phrase(&words, keyword));
    if let Some(keyword) = keyword {
        return Ok(hand_off(question, text, language, Line::HandOff, &format!("keyword: {keyword}")));
    }
    let offered = history.last().is_some_and(|turn| !turn.is_user && Line::NoAnswer.is(&turn.content));
    match words::intent(text) {
        Some(Intent::Person) => return Ok(hand_off(question, text, language, Line::HandOff, "asked for a person")),
        Some(Intent::Yes) if offered => {
            return Ok(hand_off(question, text, language, Line::HandOff, "accepted the offer of a person"));
        }
        Some(Intent::Greeting) => {
            let own = agent.greeting.trim();
            let greeting = if own.is_empty() { Line::Hello.text(language) } else { own };
            return Ok(plain(text, greeting, Decision::Greeting, None));
        }
        Some(Intent::Thanks) => {
            return Ok(plain(text, Line::Welcome.text(language), Decision::Greeting, Some("thanks".into())));
        }
        Some(Intent::Yes) | None => {}
    }

    let search = Instant::now();
    let vector = knowledge::question_vector(services.embedder.as_ref(), text).await;
    if let Some(found) = curated(services, organization, text, vector.as_deref().ok()).await? {
        let mut composed =
            plain(text, &found.answer, Decision::Curated, Some(format!("{:.2}: {}", found.similarity, found.question)));
        composed.curated = Some(found.id);
        composed.trace.retrieval_ms = milliseconds(search);
        return Ok(composed);
    }
    // Nothing else can be found without the embedding model; a person is called.
    vector?;
    let query = condensed(text, history);
    let passages =
        knowledge::search(services, organization, Actor::System, &query, PASSAGES, &agent.source_ids).await?;
    let retrieval_ms = milliseconds(search);
    let relevant = relevance::relevant(&query, &passages);

    let mut composed = if relevant.is_empty() {
        no_answer(question, text, history, language, "no relevant passage")
    } else if agent.provider == Provider::Extractive {
        match extract::extract(services.embedder.as_ref(), &query, &relevant).await {
            Some(extracted) => {
                // Quoted words may make links too.
                let targets = Targets::of(&relevant, [agent.instructions.as_str(), question.agent.website.as_str()]);
                let content = without_strangers(&extracted.content, &targets);
                progress.text(&content);
                let mut composed = plain(text, &content, Decision::Extracted, None);
                composed.citations = extracted.citations;
                composed
            }
            None => no_answer(question, text, history, language, "no sentence of the passages answers"),
        }
    } else {
        generate::generate(services, question, text, history, language, &relevant, progress).await
    };
    composed.trace.passages = if relevant.is_empty() { passages } else { relevant };
    composed.trace.retrieval_ms = retrieval_ms;
    Ok(composed)
}

/// The curated answer, if one fits. An embedding model that does not answer leaves the comparison of words.
async fn curated(
    services: &Services,
    organization: OrganizationId,
    text: &str,
    vector: Option<&[f32]>,
) -> Result<Option<answers::Found>> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    answers::find(services, &mut cx, text, vector).await
}

/// The language to answer in: that of the question, else of what the visitor wrote before, else the browser's when the
/// agent speaks it, else the agent's first.
fn language(question: &Question<'_>) -> Language {
    let languages = &question.agent.agent.languages;
    let of_text = std::iter::once(question.text)
        .chain(question.history.iter().rev().filter(|turn| turn.is_user).map(|turn| turn.content.as_str()))
        .find_map(words::language);
    of_text.unwrap_or_else(|| {
        let primary = question.contact_language.and_then(|tag| tag.split('-').next()).map(str::to_lowercase);
        let spoken = languages.iter().find(|language| Some(*language) == primary.as_ref()).or(languages.first());
        Language::of_code(spoken.map_or("en", String::as_str))
    })
}

/// A question that stands for itself: "and for lamps?" needs the question before.
fn condensed(text: &str, history: &[PlaygroundTurn]) -> String {
    let subject = words::subject_words(text).len();
    let count = words::words(text).len();
    let begins = words::words(text)
        .first()
        .is_some_and(|word| matches!(word.as_str(), "and" | "dhe" | "po" | "what" if count <= 5));
    let refers = words::words(text).iter().any(|word| {
        matches!(
            word.as_str(),
            "it" | "that" | "this" | "they" | "them" | "those" | "kjo" | "ky" | "ato" | "ai" | "kete"
        )
    });
    let follows = count <= 9 && (subject <= 1 || begins || refers && subject <= 2);
    let previous = history.iter().rev().find(|turn| turn.is_user && words::intent(&turn.content).is_none());
    match previous {
        Some(previous) if follows => format!("{} {text}", bounded(&previous.content, 500)),
        _ => text.to_owned(),
    }
}

/// Says that nothing was found and offers a person, or calls one when that was said often enough before.
fn no_answer(
    question: &Question<'_>,
    text: &str,
    history: &[PlaygroundTurn],
    language: Language,
    reason: &str,
) -> Composed {
    let unanswered =
        history.iter().rev().filter(|turn| !turn.is_user).take_while(|turn| Line::NoAnswer.is(&turn.content));
    let most = usize::try_from(question.agent.agent.handoff_rules.after_unanswered).unwrap_or(usize::MAX);
    if unanswered.count() >= most {
        return hand_off(question, text, language, Line::CannotHelp, reason);
    }
    plain(text, Line::NoAnswer.text(language), Decision::AskBack, Some(reason.to_owned()))
}

/// Calls a person, in the organization's words when it has set some.
fn hand_off(question: &Question<'_>, text: &str, language: Language, line: Line, reason: &str) -> Composed {
    let own = question.agent.agent.handoff_rules.message.trim();
    let content = if own.is_empty() { line.text(language) } else { own };
    let mut composed = plain(text, content, Decision::HandOff, Some(reason.to_owned()));
    composed.hands_off = true;
    composed
}

/// The agent cannot answer and a person is called: what is said when the provider, or the database under it, fails.
pub(super) fn unavailable(text: &str, language: Language, reason: &str) -> Composed {
    let mut composed = plain(text, Line::Unavailable.text(language), Decision::HandOff, Some(reason.to_owned()));
    composed.hands_off = true;
    composed.unavailable = true;
    composed
}

/// [`unavailable`] in the language of the question.
pub(super) fn unavailable_for(question: &Question<'_>, reason: &str) -> Composed {
    unavailable(question.text, language(question), reason)
}

fn plain(question: &str, content: &str, decision: Decision, reason: Option<String>) -> Composed {
    Composed {
        content: content.to_owned(),
        citations: Vec::new(),
        hands_off: false,
        unavailable: false,
        curated: None,
        trace: Trace {
            question: question.to_owned(),
            decision,
            reason,
            passages: Vec::<Passage>::new(),
            prompt: Vec::<PromptMessage>::new(),
            model: String::new(),
            input_tokens: 0,
            output_tokens: 0,
            retrieval_ms: 0,
            first_token_ms: None,
            total_ms: 0,
        },
    }
}

/// The citation of a passage.
fn citation(index: u32, passage: &Passage) -> Citation {
    const EXCERPT: usize = 400;
    let cut = bounded(passage.content.trim(), EXCERPT);
    let excerpt = if cut.len() < passage.content.trim().len() { format!("{cut}…") } else { cut.to_owned() };
    Citation {
        index,
        chunk_id: passage.chunk_id,
        document_id: passage.document_id,
        title: passage.title.clone(),
        url: passage.url.clone(),
        heading: passage.heading_path.join(" › "),
        excerpt,
    }
}

/// The first characters of a text.
fn bounded(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn milliseconds(since: Instant) -> i32 {
    i32::try_from(since.elapsed().as_millis()).unwrap_or(i32::MAX)
}
