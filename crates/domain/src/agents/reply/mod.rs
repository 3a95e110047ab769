//! The job that answers a visitor's message.

mod draft;
mod read;

use std::time::Duration;

use db::hooks::step;
use serde_json::json;
use types::{
    id::{AgentId, ConversationId, MessageId, OrganizationId},
    live::Signal,
};

pub(crate) use self::read::is_due;
use self::{draft::Draft, read::Turn};
use super::{
    Loaded,
    answer::{Composed, Question, compose, unavailable_for},
    trace,
};
use crate::{
    Actor, Error, Result, Services, answers,
    conversations::{self, AGENT_UNAVAILABLE},
    messages::{self, AgentReply},
};

/// How often it is looked whether the answer is still wanted.
const LOOK: Duration = Duration::from_millis(300);

/// Lets the agent answer a message. May run twice: the answer is written once. Writes nothing when a person has taken
/// over, the conversation was closed, or a newer message waits (whose own job answers both).
///
/// # Errors
/// When the database does not answer; the job is then tried again.
pub async fn run(
    services: &Services,
    organization: OrganizationId,
    conversation: ConversationId,
    agent: AgentId,
    message: MessageId,
    epoch: i64,
) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let Some(turn) = read::turn(&mut cx, conversation, message, epoch).await? else { return Ok(()) };
    let loaded = Loaded::read(services, &mut cx, agent).await?.filter(|loaded| loaded.agent.is_active);
    drop(cx);
    let Some(loaded) = loaded else {
        return hand_over(services, organization, conversation, epoch).await;
    };
    services.live.signal(organization, Signal::AgentThinking { conversation_id: conversation });
    let mut draft = Draft::new(services, organization, conversation, message, epoch);
    let question = Question {
        agent: &loaded,
        history: &turn.history,
        text: &turn.text,
        contact_instructions: &turn.contact_instructions,
        contact_language: turn.contact_language.as_deref(),
    };
    let composed = tokio::select! {
        composed = compose(services, organization, &question, &mut draft) => match composed {
            Ok(composed) => composed,
            Err(error) => {
                tracing::error!(?error, %conversation, "an agent could not answer");
                unavailable_for(&question, error)
            }
        },
        () = no_longer_wanted(services, organization, conversation, message, turn.seq, epoch) => {
            draft.end();
            return Ok(());
        }
    };
    step("reply-composed");
    let written = write(services, organization, &turn, &loaded, &composed, conversation, message, epoch).await;
    if !matches!(written, Ok(true)) {
        draft.end();
    }
    written.map(|_| ())
}

/// Writes the answer with its trace and, where it says so, calls a person: all of it or nothing. False when the
/// conversation has changed hands.
#[expect(clippy::too_many_arguments, reason = "the job's ids and what was made for them")]
async fn write(
    services: &Services,
    organization: OrganizationId,
    turn: &Turn,
    loaded: &Loaded,
    composed: &Composed,
    conversation: ConversationId,
    message: MessageId,
    epoch: i64,
) -> Result<bool> {
    let agent = &loaded.agent;
    let actor = Actor::Agent { id: agent.id, name: agent.name.clone() };
    let mut cx = services.db.begin(organization, actor).await?;
    // From here on neither a message nor another run of this job can come between what is looked at and what is written.
    conversations::lock(&mut cx, conversation).await?;
    if !read::is_wanted(&mut cx, conversation, message, turn.seq, epoch).await? {
        return Ok(false);
    }
    let trace = &composed.trace;
    let reply = AgentReply {
        conversation_id: conversation,
        owner_epoch: epoch,
        client_id: read::client_id(message),
        content: composed.content.clone(),
        citations: composed.citations.clone(),
        metadata: json!({
            "decision": trace.decision,
            "model": trace.model,
            "input_tokens": trace.input_tokens,
            "output_tokens": trace.output_tokens,
            "total_ms": trace.total_ms,
        }),
    };
    let Some(written) = messages::write_agent_reply(&mut cx, reply).await? else { return Ok(false) };
    trace::store(&mut cx, agent.id, conversation, written.id, trace).await?;
    if let Some(answer) = composed.curated {
        answers::hit(&mut cx, answer).await?;
    }
    if composed.hands_off {
        let reason = if composed.unavailable { AGENT_UNAVAILABLE } else { trace.reason.as_deref().unwrap_or_default() };
        match conversations::request_hand_off(&mut cx, conversation, Some(epoch), reason).await {
            // A person was quicker, or the same job ran twice.
            Err(Error::Conflict(_)) => return Ok(false),
            other => _ = other?,
        }
    }
    step("reply-written");
    services.commit(cx).await?;
    step("reply-committed");
    Ok(true)
}

/// The agent is gone or switched off: a person is called, and the visitor reads that.
async fn hand_over(
    services: &Services,
    organization: OrganizationId,
    conversation: ConversationId,
    epoch: i64,
) -> Result<()> {
    let mut cx = services.db.begin(organization, Actor::System).await?;
    match conversations::request_hand_off(&mut cx, conversation, Some(epoch), AGENT_UNAVAILABLE).await {
        Ok(_) => services.commit(cx).await,
        // A person was quicker.
        Err(Error::Conflict(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Ends when the answer is not wanted any more.
async fn no_longer_wanted(
    services: &Services,
    organization: OrganizationId,
    conversation: ConversationId,
    message: MessageId,
    seq: i64,
    epoch: i64,
) {
    loop {
        tokio::time::sleep(LOOK).await;
        let mut cx = match services.db.begin(organization, Actor::System).await {
            Ok(cx) => cx,
            // A database that rests for a moment is no reason to stop; the last look is in the write itself.
            Err(error) => {
                tracing::warn!(%error, "could not look whether an answer is still wanted");
                continue;
            }
        };
        match read::is_wanted(&mut cx, conversation, message, seq, epoch).await {
            Ok(false) => return,
            Ok(true) => {}
            Err(error) => tracing::warn!(%error, "could not look whether an answer is still wanted"),
        }
    }
}
