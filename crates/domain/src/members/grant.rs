use types::{
    member::{Role, RoleChoice},
    permission::{Permission, Permissions},
};

use crate::{Actor, Cx, Error, Result};

const MORE: Error = Error::Refused("you cannot give or remove a role that has more permissions than you have");
const BY_KEY: Error = Error::Refused("an API key cannot give or remove a role that manages members or API keys");

/// Asks whether the actor may give somebody a role, or take it away: only owners make and unmake owners, only owners and
/// admins make admins, and nobody gives more than they have.
///
/// # Errors
/// [`Error::Refused`]; [`Error::NotFound`] when there is no such custom role.
pub(crate) async fn check_grant(cx: &mut Cx, choice: RoleChoice) -> Result<()> {
    let allowed = match (choice.role, cx.actor().role()) {
        _ if *cx.actor() == Actor::System => true,
        (Role::Owner, role) => role == Some(Role::Owner),
        (Role::Admin, role) => matches!(role, Some(Role::Owner | Role::Admin)),
        (Role::Member, _) => {
            let granted = permissions(cx, choice).await?;
            return check_held(cx, granted);
        }
    };
    if allowed { Ok(()) } else { Err(MORE) }
}

/// Asks whether the actor may give somebody these permissions, or take them away: nobody gives more than they have, and a
/// key, whose rights end when it is revoked, makes nobody who lets in others or makes keys.
///
/// # Errors
/// [`Error::Refused`].
pub(crate) fn check_held(cx: &Cx, wanted: Permissions) -> Result<()> {
    let lets_in = [Permission::MembersWrite, Permission::ApiKeysWrite].iter().any(|one| wanted.contains(*one));
    match cx.actor() {
        actor if !actor.permissions().contains_all(wanted) => Err(MORE),
        Actor::ApiKey { .. } if lets_in => Err(BY_KEY),
        _ => Ok(()),
    }
}

/// Whether somebody may give less with the second role than with the first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such custom role.
pub(super) async fn gives_less(cx: &mut Cx, before: RoleChoice, after: RoleChoice) -> Result<bool> {
    let (had, has) = (permissions(cx, before).await?, permissions(cx, after).await?);
    // Stronger ones come first.
    Ok(after.role > before.role || !has.contains_all(had))
}

/// What a role grants.
async fn permissions(cx: &mut Cx, choice: RoleChoice) -> Result<Permissions> {
    let Some(custom) = choice.custom else { return Ok(Permissions::of_role(choice.role)) };
    let organization = cx.organization();
    let words = sqlx::query_scalar!(
        "select permissions from roles where organization_id = $1 and id = $2",
        organization.0,
        custom.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("role"))?;
    Ok(words.iter().filter_map(|word| word.parse().ok()).collect())
}
