use serde_json::json;
use types::{
    conversation::{Conversation, Owner},
    error::FieldRule,
    event::EventName,
    id::{ConversationId, MemberId},
    message::SystemLine,
    permission::Permission,
};

use super::{Locked, load, lock};
use crate::{Cx, Error, Result, error::require, messages};

/// Gives the conversation to a member, who answers from now on, or (`None`) back to the list of the unassigned.
/// An open conversation that an agent answers is left to the agent when nobody is named.
///
/// # Errors
/// [`Error::Validation`] when there is no such member.
pub async fn assign(cx: &mut Cx, id: ConversationId, assignee: Option<MemberId>) -> Result<Conversation> {
    require(cx, Permission::ConversationsWrite)?;
    let mut conversation = lock(cx, id).await?;
    if conversation.assignee_id == assignee {
        return load::one(cx, id).await;
    }
    if let Some(member) = assignee {
        check_member(cx, member).await?;
    }
    give(cx, &mut conversation, assignee).await?;
    load::one(cx, id).await
}

/// Makes the conversation nobody's.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) async fn unassign(cx: &mut Cx, id: ConversationId) -> Result<()> {
    let mut conversation = lock(cx, id).await?;
    give(cx, &mut conversation, None).await
}

async fn give(cx: &mut Cx, conversation: &mut Locked, assignee: Option<MemberId>) -> Result<()> {
    let owner = if assignee.is_some() { Owner::Member } else { Owner::Nobody };
    if conversation.is_active() && conversation.owner != owner {
        conversation.set_owner(cx, owner, assignee).await?;
    }
    conversation.assignee_id = assignee;
    let line = if assignee.is_some() { SystemLine::Assigned } else { SystemLine::Unassigned };
    messages::append_line(cx, conversation, line, None).await?;
    conversation.emit(cx, EventName::ConversationAssigned, json!({"assignee_id": assignee})).await?;
    conversation.save(cx).await
}

async fn check_member(cx: &mut Cx, member: MemberId) -> Result<()> {
    let organization = cx.organization();
    let exists = sqlx::query_scalar!(
        r#"select exists (select from members where organization_id = $1 and id = $2 and user_id is not null)
                  as "exists!""#,
        organization.0,
        member.0
    )
    .fetch_one(cx.conn())
    .await?;
    if exists { Ok(()) } else { Err(Error::rule("assignee", FieldRule::NotThere)) }
}
