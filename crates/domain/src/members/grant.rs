use types::{
    id::RoleId,
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
/// [`Error::Refused`]; [`Error::NotFound`] when there is no such custom role; [`Error::Conflict`] when the actor's rights have
/// just been changed.
pub(crate) async fn check_grant(cx: &mut Cx, choice: RoleChoice) -> Result<()> {
    hold_rights(cx).await?;
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

/// Asks whether the acting member still has the rights that the request was let in with, and holds them until the
/// transaction ends: whoever is just taken out would otherwise leave somebody behind.
///
/// # Errors
/// [`Error::Conflict`].
pub(crate) async fn hold_rights(cx: &mut Cx) -> Result<()> {
    let (organization, Some(id)) = (cx.organization(), cx.actor().member_id()) else { return Ok(()) };
    let row = sqlx::query!(
        "select role, custom_role_id from members where organization_id = $1 and id = $2 and user_id is not null for share",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?;
    if let Some(row) = row {
        let choice = RoleChoice { role: row.role.parse()?, custom: row.custom_role_id.map(RoleId) };
        let held = permissions(cx, choice).await?;
        // Stronger ones come first.
        if cx.actor().role() >= Some(choice.role) && held.contains_all(cx.actor().permissions()) {
            return Ok(());
        }
    }
    Err(Error::Conflict("your own rights have just been changed; reload and try again".into()))
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
