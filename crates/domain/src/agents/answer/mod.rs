//! From a question to an answer: the one path of the playground and of the job that answers visitors.

mod composed;
mod extract;
mod follow_up;
mod generate;
mod guard;
mod intent;
mod language;
mod lines;
mod prompt;
mod relevance;
mod reveals;
mod sentences;
mod targets;
mod words;

use std::time::Instant;

use futures::future::BoxFuture;
use types::{
    agent::{Decision, DecisionCode, DecisionReason, PlaygroundTurn, Provider},
    id::OrganizationId,
    reason::ReasonCode,
};

pub use self::composed::Composed;
pub(super) use self::composed::unavailable_for;
use self::{
    composed::{hand_off, no_answer, plain},
    follow_up::with_question_before,
    guard::without_strangers,
    intent::{Intent, intent},
    lines::Line,
    targets::Targets,
};
use super::Loaded;
use crate::{Actor, Result, Services, answers, knowledge};

/// Passages that are looked at for one answer.
const PASSAGES: usize = 6;
/// Characters of a question that are read.
const MAX_QUESTION: usize = 4000;
/// Turns before the question that are looked at.
pub(super) const HISTORY: usize = 12;

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
    let language = language::of_question(question);
    let words = words::words(text);

    let keyword = agent.handoff_rules.keywords.iter().find(|keyword| words::contains_phrase(&words, keyword));
    if let Some(keyword) = keyword {
        return Ok(hand_off(question, text, language, Line::HandOff, DecisionCode::Keyword.of(keyword)));
    }
    let offered = history.last().is_some_and(|turn| !turn.is_user && Line::NoAnswer.is(&turn.content));
    match intent(text) {
        Some(Intent::Person) => {
            return Ok(hand_off(question, text, language, Line::HandOff, DecisionCode::AskedForPerson));
        }
        Some(Intent::Yes) if offered => {
            return Ok(hand_off(question, text, language, Line::HandOff, DecisionCode::AcceptedOffer));
        }
        Some(Intent::Greeting) => {
            let own = agent.greeting.trim();
            let greeting = if own.is_empty() { Line::Hello.text(language) } else { own };
            return Ok(plain(text, greeting, Decision::Greeting, None));
        }
        Some(Intent::Thanks) => {
            return Ok(plain(
                text,
                Line::Welcome.text(language),
                Decision::Greeting,
                Some(DecisionCode::Thanks.into()),
            ));
        }
        Some(Intent::Yes) | None => {}
    }

    let search = Instant::now();
    let vector = knowledge::question_vector(services.embedder.as_ref(), text).await;
    if let Some(found) = curated(services, organization, text, vector.as_deref().ok()).await? {
        let percent = (found.similarity * 100.0).round() as u64;
        let why = DecisionReason { number: Some(percent), ..DecisionCode::SameQuestion.of(found.question) };
        let mut composed = plain(text, &found.answer, Decision::Curated, Some(why));
        composed.curated = Some(found.id);
        composed.trace.retrieval_ms = milliseconds(search);
        return Ok(composed);
    }
    // Nothing else can be found without the embedding model; a person is called.
    vector?;
    let whole = with_question_before(text, history);
    let query = whole.as_deref().unwrap_or(text);
    let passages = if agent.has_no_source() {
        Vec::new()
    } else {
        knowledge::search(services, organization, Actor::System, query, PASSAGES, &agent.source_ids).await?
    };
    let retrieval_ms = milliseconds(search);
    let relevant = relevance::relevant(query, &passages);

    let mut composed = if relevant.is_empty() {
        no_answer(question, text, history, language, DecisionCode::NoPassage)
    } else if agent.provider == Provider::Extractive {
        // What the question before asked has been answered already.
        let asked = if whole.is_some() { &[query, text][..] } else { &[text] };
        match extract::extract(services.embedder.as_ref(), asked, &relevant).await {
            Some(extracted) => {
                // Quoted words may make links too.
                let targets = Targets::of(&relevant, [agent.instructions.as_str(), question.agent.website.as_str()]);
                let content = without_strangers(&extracted.content, &targets);
                progress.text(&content);
                let mut composed = plain(text, &content, Decision::Extracted, None);
                composed.citations = extracted.citations;
                composed
            }
            None => no_answer(question, text, history, language, DecisionCode::NoSentence),
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

/// The first characters of a text.
fn bounded(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}

fn milliseconds(since: Instant) -> i32 {
    i32::try_from(since.elapsed().as_millis()).unwrap_or(i32::MAX)
}
