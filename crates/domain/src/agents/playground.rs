use types::{
    agent::{PlaygroundAnswer, PlaygroundTurn},
    id::{AgentId, OrganizationId},
    permission::Permission,
};

use super::{
    Loaded,
    answer::{Progress, Question, Unwatched, compose},
    get,
};
use crate::{Actor, Cx, Error, Result, Services, error::require, validate::Check};

/// Answers exactly as the widget would, and shows how: what was found and sent to a model only to those who may read the
/// knowledge. The last turn is the question. Nothing is stored.
///
/// # Errors
/// Those of [`may_try`]; [`Error::Validation`] when there is no question.
pub async fn playground(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    id: AgentId,
    turns: Vec<PlaygroundTurn>,
) -> Result<PlaygroundAnswer> {
    playground_watched(services, organization, actor, id, turns, &mut Unwatched).await
}

/// The same, with somebody who sees the answer grow.
///
/// # Errors
/// Those of [`playground`].
pub async fn playground_watched(
    services: &Services,
    organization: OrganizationId,
    actor: Actor,
    id: AgentId,
    turns: Vec<PlaygroundTurn>,
    progress: &mut dyn Progress,
) -> Result<PlaygroundAnswer> {
    let mut cx = services.db.begin(organization, actor).await?;
    may_try(&mut cx, id).await?;
    let reads_knowledge = cx.actor().may(Permission::KnowledgeRead);
    let agent = Loaded::read(services, &mut cx, id).await?.ok_or(Error::NotFound("agent"))?;
    drop(cx);
    let Some((last, history)) = turns.split_last().filter(|(last, _)| last.is_user) else {
        return Err(Error::invalid("turns", "must end with a question"));
    };
    let mut check = Check::default();
    let text = check.text("question", &last.content, 1..=types::message::MAX_MESSAGE_CHARS);
    check.finish()?;
    let question = Question { agent: &agent, history, text: &text, contact_instructions: "", contact_language: None };
    let composed = compose(services, organization, &question, progress).await?;
    Ok(PlaygroundAnswer {
        html: text::markdown_to_html(&composed.content),
        content: composed.content,
        citations: composed.citations,
        hands_off: composed.hands_off,
        trace: if reads_knowledge { composed.trace } else { composed.trace.without_knowledge() },
    })
}

/// Asks that the actor may try this agent, which costs as much as an answer to a customer.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] for those who may not change agents.
pub async fn may_try(cx: &mut Cx, id: AgentId) -> Result<()> {
    require(cx, Permission::AgentsWrite)?;
    get(cx, id).await.map(drop)
}
