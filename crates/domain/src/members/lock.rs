use types::{
    id::{MemberId, RoleId, UserId},
    member::{Role, RoleChoice},
};

use crate::{Cx, Error, Result};

/// A member whose row is held until the transaction ends.
pub(super) struct Locked {
    pub user: UserId,
    pub choice: RoleChoice,
}

/// Holds a member's row and, for an owner, those of all owners: so two who go at the same moment see each other, and one
/// of them stays.
///
/// # Errors
/// [`Error::NotFound`].
pub(super) async fn lock(cx: &mut Cx, id: MemberId) -> Result<Locked> {
    let organization = cx.organization();
    // In the order of ids, always before the one row: nobody waits for somebody who waits for them. Who only refers to a
    // member, as an assignment does, is not kept waiting.
    sqlx::query!(
        "select id from members where organization_id = $1 and (role = 'owner' or id = $2) order by id for no key update",
        organization.0,
        id.0
    )
    .fetch_all(cx.conn())
    .await?;
    let row = sqlx::query!(
        r#"select user_id as "user_id!", role, custom_role_id from members
           where organization_id = $1 and id = $2 and user_id is not null"#,
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("member"))?;
    Ok(Locked {
        user: UserId(row.user_id),
        choice: RoleChoice { role: row.role.parse()?, custom: row.custom_role_id.map(RoleId) },
    })
}

/// Asks whether another owner is left when this one goes. After [`lock`].
///
/// # Errors
/// [`Error::Conflict`] for the last owner.
pub(super) async fn check_not_last(cx: &mut Cx, member: &Locked) -> Result<()> {
    if member.choice.role != Role::Owner {
        return Ok(());
    }
    let organization = cx.organization();
    let owners = sqlx::query_scalar!(
        r#"select count(*) as "owners!" from members where organization_id = $1 and role = 'owner'"#,
        organization.0
    )
    .fetch_one(cx.conn())
    .await?;
    match owners {
        0 | 1 => Err(Error::Conflict("an organization needs an owner: make someone else an owner first".into())),
        _ => Ok(()),
    }
}
