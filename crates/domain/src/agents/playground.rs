use types::{
    agent::{PlaygroundAnswer, PlaygroundTurn},
    id::{AgentId, OrganizationId},
    permission::Permission,
};

use super::{
    Loaded,
    answer::{Progress, Question, Unwatched, compose},
};
use crate::{Actor, Error, Result, Services, error::require, validate::Check};

/// Answers exactly as the widget would, and shows how. The last turn is the question. Nothing is stored.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`]; [`Error::Validation`] when there is no question.
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
    require(&cx, Permission::AgentsRead)?;
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
        trace: composed.trace,
    })
}
