use serde_json::json;
use types::{event::EventName, id::MemberId, member::RoleChoice, permission::Permission};

use super::{check_grant, grant::gives_less, lock};
use crate::{
    Cx, Result, audit,
    error::{require, require_in_person},
    events, invitations,
};

/// Gives a member another role. Sockets of the member begin anew with what the role allows. Who may give less from then on
/// loses the open invitations that they gave.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound) of the member or the role; [`Error::Refused`](crate::Error::Refused) when
/// the old or the new role may do more than the actor; [`Error::Conflict`](crate::Error::Conflict) for the last owner.
pub async fn change_role(cx: &mut Cx, id: MemberId, choice: RoleChoice) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    let member = lock::lock(cx, id).await?;
    if member.choice == choice {
        return Ok(());
    }
    require_in_person(cx)?;
    check_grant(cx, member.choice).await?;
    check_grant(cx, choice).await?;
    if choice.role != member.choice.role {
        lock::check_not_last(cx, &member).await?;
    }
    if gives_less(cx, member.choice, choice).await? {
        invitations::withdraw(cx, &[id]).await?;
    }
    let organization = cx.organization();
    sqlx::query!(
        "update members set role = $3, custom_role_id = $4 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        choice.role.as_str(),
        choice.custom.map(|id| id.0)
    )
    .execute(cx.conn())
    .await?;
    let facts = |choice: RoleChoice| json!({"role": choice.role, "role_id": choice.custom});
    events::emit(cx, EventName::MemberUpdated, "member", id, None, facts(choice)).await?;
    audit::record(cx, "member.updated", id, Some(facts(member.choice)), Some(facts(choice))).await
}
