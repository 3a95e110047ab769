use types::{
    conversation::{Conversation, Owner},
    id::{ConversationId, MemberId},
    message::SystemLine,
    permission::Permission,
};

use super::{Locked, load, lock, reopen_locked};
use crate::{Cx, Error, Result, error::require, messages};

/// The acting member answers from now on: what an agent is writing at this moment is refused, and the member becomes
/// the assignee. A closed conversation is reopened. Twice by the same member is once.
///
/// # Errors
/// [`Error::Conflict`] when a colleague was faster, naming who; [`Error::Refused`] when no member acts.
pub async fn take_over(cx: &mut Cx, id: ConversationId) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let member = cx.actor().member_id().ok_or(Error::Refused("only a member can take over"))?;
    let mut conversation = lock(cx, id).await?;
    if conversation.is_active() && conversation.owner == Owner::Member {
        match conversation.assignee_id {
            Some(assignee) if assignee == member => return load::one(cx, id).await,
            Some(assignee) => {
                let name = name(cx, assignee).await?;
                return Err(Error::Conflict(format!("{name} has taken over this conversation")));
            }
            None => {}
        }
    }
    if !conversation.is_active() {
        reopen_locked(cx, &mut conversation).await?;
    }
    take_over_locked(cx, &mut conversation, member).await?;
    conversation.save(cx).await?;
    load::one(cx, id).await
}

/// Gives the conversation to the acting member, with the line that says so. The caller saves.
pub(crate) async fn take_over_locked(cx: &mut Cx, conversation: &mut Locked, member: MemberId) -> Result<()> {
    conversation.set_owner(cx, Owner::Member, Some(member)).await?;
    conversation.snoozed_until = None;
    messages::append_line(cx, conversation, SystemLine::TakenOver, None).await
}

async fn name(cx: &mut Cx, member: MemberId) -> Result<String> {
    let organization = cx.organization();
    let name = sqlx::query_scalar!(
        "select u.name from members m join users u on u.id = m.user_id where m.organization_id = $1 and m.id = $2",
        organization.0,
        member.0
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(name)
}
