use types::{
    conversation::{Conversation, Owner},
    id::ConversationId,
    message::SystemLine,
    permission::Permission,
};

use super::{Locked, load, lock};
use crate::{Actor, Cx, Error, Result, error::require, messages};

/// The reason of a hand-off by an agent that cannot answer; it has a line of its own.
pub const AGENT_UNAVAILABLE: &str = "agent_unavailable";

/// Calls a person: the agent answers no more, and the conversation waits in the list of the unassigned. When a person
/// has it already, or it waits already, nothing changes. `reason` is kept with the line that says so.
///
/// An agent gives the epoch that its work began with.
///
/// # Errors
/// [`Error::Conflict`] when the conversation changed hands since that epoch.
pub async fn request_hand_off(
    cx: &mut Cx,
    id: ConversationId,
    expected_epoch: Option<i64>,
    reason: &str,
) -> Result<Conversation> {
    if !matches!(cx.actor(), Actor::Agent { .. }) {
        require(cx, Permission::ConversationsWrite)?;
    }
    let mut conversation = lock(cx, id).await?;
    if expected_epoch.is_some_and(|epoch| epoch != conversation.owner_epoch) {
        return Err(Error::Conflict("the conversation has changed hands in the meantime".into()));
    }
    hand_off_locked(cx, &mut conversation, reason).await?;
    load::one(cx, id).await
}

/// The same for a conversation that is locked and whose actor may do it. Saves.
pub(crate) async fn hand_off_locked(cx: &mut Cx, conversation: &mut Locked, reason: &str) -> Result<()> {
    let has_person = conversation.owner == Owner::Member;
    let waits = conversation.owner == Owner::Nobody && conversation.waiting_since.is_some();
    if !conversation.is_active() || has_person || waits {
        return Ok(());
    }
    conversation.set_owner(cx, Owner::Nobody, None).await?;
    conversation.waiting_since = Some(cx.now());
    conversation.snoozed_until = None;
    let line = if reason == AGENT_UNAVAILABLE { SystemLine::AgentUnavailable } else { SystemLine::HandOffRequested };
    messages::append_line(cx, conversation, line, Some(reason)).await?;
    conversation.save(cx).await
}
