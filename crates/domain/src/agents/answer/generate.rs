//! Answers with a language model.

use std::time::{Duration, Instant};

use futures::StreamExt;
use llm::{ChatEvent, ChatMessage, ChatRequest, ProviderConfig, ProviderKind};
use types::{
    agent::{Decision, DecisionCode, DecisionReason, Passage, PlaygroundTurn, PromptMessage, Provider},
    reason::ReasonCode,
};

use super::{
    Composed, Progress, Question,
    composed::{citation, hand_off, no_answer, plain, unavailable},
    guard::{Mark, guard, mark, may_become_mark},
    lines::{Language, Line},
    milliseconds, prompt,
    relevance::in_context,
    reveals::reveals,
    targets::Targets,
    words,
};
use crate::Services;

/// Attempts before the first word.
const ATTEMPTS: u32 = 3;
/// Attempts after an answer that broke off.
const ATTEMPTS_AFTER_CUT: u32 = 2;
/// A visitor waits no longer than this for a provider that asks for patience.
const MAX_PAUSE: Duration = Duration::from_secs(5);
/// No attempt is begun later than this.
const MAX_WAIT: Duration = Duration::from_secs(40);

/// Bytes of the longest answer that is read. Agents' limits of tokens, which a provider may pass over, are well below.
const MAX_ANSWER: usize = 100_000;
/// Drafts follow each other no quicker than this: faster than the eye, slow enough for a busy socket, and each goes through
/// the whole answer.
const PACE: Duration = Duration::from_millis(60);

/// What came of one attempt.
#[derive(Default)]
struct Attempt {
    raw: String,
    input_tokens: u32,
    output_tokens: u32,
    first_token: Option<Instant>,
}

/// Shows an answer that grows, as far as the guard lets it through.
struct Show<'a> {
    progress: &'a mut dyn Progress,
    passages: usize,
    targets: &'a Targets,
    shown: Option<Instant>,
}

impl Show<'_> {
    /// Shows the answer so far, unless that was done a moment ago.
    fn draft(&mut self, raw: &str) {
        if self.shown.is_some_and(|shown| shown.elapsed() < PACE) || may_become_mark(raw) {
            return;
        }
        let text = if reveals(raw) { String::new() } else { guard(raw, self.passages, self.targets, false).text };
        if !text.is_empty() {
            self.progress.text(&text);
        }
        self.shown = Some(Instant::now());
    }
}

/// The model's answer. A provider that fails gives a hand-off that says so.
pub(super) async fn generate(
    services: &Services,
    question: &Question<'_>,
    text: &str,
    history: &[PlaygroundTurn],
    language: Language,
    passages: &[Passage],
    progress: &mut dyn Progress,
) -> Composed {
    let begun = Instant::now();
    let messages = prompt::prompt(question, text, history, language, passages);
    let agent = &question.agent.agent;
    let targets = Targets::of(passages, [agent.instructions.as_str(), question.agent.website.as_str()]);
    let mut show = Show { progress, passages: passages.len(), targets: &targets, shown: None };
    let (attempt, failure) = persist(services, request(question, messages.clone()), begun, &mut show).await;

    let mut composed = match (failure, mark(&attempt.raw)) {
        (Some(error), _) => unavailable(text, language, of_provider(error)),
        (None, Some(Mark::NoAnswer)) => no_answer(question, text, history, language, DecisionCode::NotInPassages),
        (None, Some(Mark::HandOff)) => {
            hand_off(question, text, language, Line::HandOff, DecisionCode::ModelCallsPerson)
        }
        (None, None) if reveals(&attempt.raw) => {
            no_answer(question, text, history, language, DecisionCode::ModelRepeatsRules)
        }
        (None, None) => written(text, &attempt.raw, passages, &targets)
            .unwrap_or_else(|| no_answer(question, text, history, language, DecisionCode::NothingToShow)),
    };
    composed.trace.model = agent.model.clone();
    composed.trace.input_tokens = i32::try_from(attempt.input_tokens).unwrap_or(i32::MAX);
    composed.trace.output_tokens = i32::try_from(attempt.output_tokens).unwrap_or(i32::MAX);
    composed.trace.first_token_ms =
        attempt.first_token.map(|first| i32::try_from(first.duration_since(begun).as_millis()).unwrap_or(i32::MAX));
    composed.trace.total_ms = milliseconds(begun);
    composed.trace.prompt = messages
        .into_iter()
        .map(|message| PromptMessage { role: message.role.as_str().to_owned(), content: message.content })
        .collect();
    composed
}

/// Why a provider gave no answer.
fn of_provider(error: llm::Error) -> DecisionReason {
    match error {
        llm::Error::Retryable { reason, .. } => DecisionCode::NoAnswer.said(reason),
        llm::Error::RateLimited { .. } => DecisionCode::RateLimited.into(),
        llm::Error::Unauthorized(words) => DecisionCode::KeyRefused.said(words),
        llm::Error::BadRequest(words) => DecisionCode::RequestRefused.said(words),
        llm::Error::InvalidResponse(words) => DecisionCode::SenselessAnswer.said(words),
        llm::Error::Truncated => DecisionCode::BrokenAnswer.into(),
        llm::Error::Local(words) => DecisionCode::Unavailable.said(words),
    }
}

fn request(question: &Question<'_>, messages: Vec<ChatMessage>) -> ChatRequest {
    let agent = &question.agent.agent;
    let kind = if agent.provider == Provider::Anthropic { ProviderKind::Anthropic } else { ProviderKind::Openai };
    ChatRequest {
        provider: ProviderConfig { kind, base_url: agent.base_url.clone(), api_key: question.agent.api_key.clone() },
        model: agent.model.clone(),
        temperature: agent.temperature,
        max_tokens: u32::try_from(agent.max_tokens).unwrap_or(800),
        messages,
    }
}

/// Asks until an answer is complete or asking is no use. Gives the last attempt and, when it failed, why.
async fn persist(
    services: &Services,
    request: ChatRequest,
    begun: Instant,
    show: &mut Show<'_>,
) -> (Attempt, Option<llm::Error>) {
    let mut number = 1;
    let mut most = ATTEMPTS;
    loop {
        let mut attempt = Attempt::default();
        let error = match ask(services, request.clone(), &mut attempt, show).await {
            Ok(()) => return (attempt, None),
            Err(error) => error,
        };
        if attempt.first_token.is_some() {
            most = most.min(number.max(ATTEMPTS_AFTER_CUT));
        }
        let pause = error.retry_after().unwrap_or(Duration::from_millis(400) * 2u32.pow(number - 1));
        tracing::warn!(%error, number, model = request.model, "a language model failed");
        if !error.is_retryable() || number >= most || pause > MAX_PAUSE || begun.elapsed() + pause > MAX_WAIT {
            return (attempt, Some(error));
        }
        tokio::time::sleep(pause).await;
        number += 1;
    }
}

async fn ask(
    services: &Services,
    request: ChatRequest,
    attempt: &mut Attempt,
    show: &mut Show<'_>,
) -> Result<(), llm::Error> {
    let mut stream = services.models.stream(request).await?;
    while let Some(event) = stream.next().await {
        match event? {
            ChatEvent::Delta(piece) => {
                attempt.first_token.get_or_insert_with(Instant::now);
                attempt.raw.push_str(&piece);
                if attempt.raw.len() > MAX_ANSWER {
                    return Err(llm::Error::InvalidResponse("the answer is too long".into()));
                }
                show.draft(&attempt.raw);
            }
            ChatEvent::Usage { input, output } => (attempt.input_tokens, attempt.output_tokens) = (input, output),
            ChatEvent::Done { .. } if attempt.raw.trim().is_empty() => {
                return Err(llm::Error::InvalidResponse("the answer is empty".into()));
            }
            ChatEvent::Done { .. } => return Ok(()),
        }
    }
    Err(llm::Error::Truncated)
}

/// A complete answer, guarded, with its citations; `None` when the guard leaves no words of it.
fn written(question: &str, raw: &str, passages: &[Passage], targets: &Targets) -> Option<Composed> {
    if !guard(raw, 0, targets, true).text.contains(char::is_alphanumeric) {
        return None;
    }
    let mut guarded = guard(raw, passages.len(), targets, true);
    let mut reason = None;
    if guarded.cited.is_empty() {
        // Models forget the numbers. The passage that has the answer's words is what it rests on.
        let subject = words::subject_words(&guarded.text);
        let shares = passages.iter().map(|passage| words::shared(&subject, &in_context(passage)));
        let best = shares.enumerate().max_by(|a, b| a.1.total_cmp(&b.1)).filter(|(_, share)| *share >= 0.4);
        match best {
            Some((passage, _)) => {
                guarded.text.push_str(" [1]");
                guarded.cited.push(passage);
            }
            None => reason = Some(DecisionCode::NoCitation.into()),
        }
    }
    let mut composed = plain(question, &guarded.text, Decision::Generated, reason);
    composed.citations =
        (1..).zip(&guarded.cited).map(|(number, &passage)| citation(number, &passages[passage])).collect();
    Some(composed)
}
