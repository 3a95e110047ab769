use serde_json::json;
use types::{event::EventName, id::MemberId, permission::Permission};

use super::{check_grant, lock};
use crate::{
    Cx, Error, Result, audit,
    error::{require, require_in_person},
    events, invitations,
    jobs::{self, Job},
};

/// Takes a member out of the organization: the member's sessions there end, open sockets included, and conversations that
/// were assigned to the member are nobody's; a job tells so those who look at them. Open invitations that the member gave are
/// taken back.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Refused`] when the member may do more than the actor; [`Error::Conflict`] for the last
/// owner.
pub async fn remove(cx: &mut Cx, id: MemberId) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let member = lock::lock(cx, id).await?;
    check_grant(cx, member.choice).await?;
    delete(cx, id, &member).await
}

/// Takes the acting member out of the organization, and back what invitations the member gave. Everybody may leave, but for
/// the last owner.
///
/// # Errors
/// [`Error::Conflict`] for the last owner; [`Error::Refused`] when no member acts.
pub async fn leave(cx: &mut Cx) -> Result<()> {
    require_in_person(cx)?;
    let id = cx.actor().member_id().ok_or(Error::Refused("only members can leave"))?;
    let member = lock::lock(cx, id).await?;
    delete(cx, id, &member).await
}

async fn delete(cx: &mut Cx, id: MemberId, member: &lock::Locked) -> Result<()> {
    lock::check_not_last(cx, member).await?;
    invitations::withdraw(cx, &[id]).await?;
    let organization = cx.organization();
    let name = sqlx::query_scalar!("select name from users where id = $1", member.user.0).fetch_one(cx.conn()).await?;
    sqlx::query!(
        "with place as (delete from user_organizations where organization_id = $1 and user_id = $3),
              ended as (delete from sessions where organization_id = $1 and user_id = $3),
              managed as (update teams set manager_id = null where organization_id = $1 and manager_id = $2)
         update members set user_id = null, role = 'member', custom_role_id = null, team_id = null
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        member.user.0
    )
    .execute(cx.conn())
    .await?;
    jobs::enqueue(cx, Job::ReleaseMember { organization_id: organization, member_id: id }).await?;
    let facts = json!({"name": name, "role": member.choice.role, "role_id": member.choice.custom});
    events::emit(cx, EventName::MemberDeleted, "member", id, None, facts.clone()).await?;
    audit::record(cx, "member.deleted", id, Some(facts), None).await
}
