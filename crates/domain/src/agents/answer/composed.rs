//! Answers as they come out of every path: in words of the agent's own, or with citations of passages.

use types::{
    agent::{Decision, DecisionCode, DecisionReason, Passage, PlaygroundTurn, PromptMessage, Trace},
    id::AnswerId,
    message::Citation,
    reason::ReasonCode,
};

use super::{
    Question, bounded,
    language::of_question,
    lines::{Language, Line},
};
use crate::Error;

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

/// Says that nothing was found and offers a person, or calls one when that was said often enough before.
pub(super) fn no_answer(
    question: &Question<'_>,
    text: &str,
    history: &[PlaygroundTurn],
    language: Language,
    reason: DecisionCode,
) -> Composed {
    let unanswered =
        history.iter().rev().filter(|turn| !turn.is_user).take_while(|turn| Line::NoAnswer.is(&turn.content));
    let most = usize::try_from(question.agent.agent.handoff_rules.after_unanswered).unwrap_or(usize::MAX);
    if unanswered.count() >= most {
        return hand_off(question, text, language, Line::CannotHelp, reason);
    }
    plain(text, Line::NoAnswer.text(language), Decision::AskBack, Some(reason.into()))
}

/// Calls a person, in the organization's words when it has set some.
pub(super) fn hand_off(
    question: &Question<'_>,
    text: &str,
    language: Language,
    line: Line,
    reason: impl Into<DecisionReason>,
) -> Composed {
    let own = question.agent.agent.handoff_rules.message.trim();
    let content = if own.is_empty() { line.text(language) } else { own };
    let mut composed = plain(text, content, Decision::HandOff, Some(reason.into()));
    composed.hands_off = true;
    composed
}

/// The agent cannot answer and a person is called: what is said when the provider, or the database under it, fails.
pub(super) fn unavailable(text: &str, language: Language, reason: DecisionReason) -> Composed {
    let mut composed = plain(text, Line::Unavailable.text(language), Decision::HandOff, Some(reason));
    composed.hands_off = true;
    composed.unavailable = true;
    composed
}

/// [`unavailable`] in the language of the question.
pub(in crate::agents) fn unavailable_for(question: &Question<'_>, error: Error) -> Composed {
    let reason = match error {
        Error::Unavailable(words) => DecisionCode::Unavailable.said(words),
        _ => DecisionCode::InstallationFault.into(),
    };
    unavailable(question.text, of_question(question), reason)
}

/// An answer without citations, and with an empty trace.
pub(super) fn plain(question: &str, content: &str, decision: Decision, why: Option<DecisionReason>) -> Composed {
    Composed {
        content: content.to_owned(),
        citations: Vec::new(),
        hands_off: false,
        unavailable: false,
        curated: None,
        trace: Trace {
            question: question.to_owned(),
            decision,
            reason: why.as_ref().map(ToString::to_string),
            why,
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
pub(super) fn citation(index: u32, passage: &Passage) -> Citation {
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
