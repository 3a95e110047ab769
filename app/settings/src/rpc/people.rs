//! Members, invitations, roles and teams.

use base::AppError;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use types::{
    id::{InvitationId, MemberId, RoleId, TeamId},
    member::{CustomRole, Invitation, Member, Team},
};

#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{Cx, Held, check_shown, hold, invitations, members, roles, teams},
    types::{member::RoleChoice, permission::Permission},
};

/// Everything that the page of members shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct People {
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
    pub roles: Vec<CustomRole>,
    pub teams: Vec<Team>,
}

/// The people of the organization, and what they can be given.
#[server]
pub async fn load_people() -> Result<People, AppError> {
    let mut cx = server::cx().await?;
    Ok(People {
        members: members::list(&mut cx).await?,
        invitations: invitations::list(&mut cx).await?,
        roles: roles::list(&mut cx).await?,
        teams: teams::list(&mut cx).await?,
    })
}

/// Invites somebody by mail.
#[server]
pub async fn invite(email: String, role: String) -> Result<(), AppError> {
    base::form_memory::remember(&[("invited", &email)]);
    let services = server::services()?;
    let mut cx = server::cx().await?;
    invitations::create(&services, &mut cx, &email, choice(&role)?).await?;
    // What was sent is not to be written again.
    base::form_memory::forget();
    finish(cx, "/app/settings/members").await
}

/// Sends an invitation again, with a new link.
#[server]
pub async fn resend_invitation(id: InvitationId) -> Result<(), AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    invitations::resend(&services, &mut cx, id).await?;
    finish(cx, "/app/settings/members").await
}

/// Takes an invitation back.
#[server]
pub async fn revoke_invitation(id: InvitationId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    invitations::revoke(&mut cx, id).await?;
    finish(cx, "/app/settings/members").await
}

/// Gives a member a role and a team, as far as they are others than the form had shown.
#[server]
pub async fn save_member(
    id: MemberId,
    role: String,
    team: String,
    #[server(default)] shown_role: String,
    #[server(default)] shown_team: String,
) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    if role != shown_role {
        members::change_role(&mut cx, id, choice(&role)?).await?;
    }
    if team != shown_team {
        members::set_team(&mut cx, id, team.parse().ok()).await?;
    }
    finish(cx, "/app/settings/members").await
}

/// Takes a member out of the organization.
#[server]
pub async fn remove_member(id: MemberId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    members::remove(&mut cx, id).await?;
    finish(cx, "/app/settings/members").await
}

/// The organization's own roles.
#[server]
pub async fn load_roles() -> Result<Vec<CustomRole>, AppError> {
    let mut cx = server::cx().await?;
    Ok(roles::list(&mut cx).await?)
}

/// The form of a role, as a browser without script posts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RoleForm {
    /// Empty: a new one.
    pub id: String,
    /// When the role had last been changed that the form shows, in microseconds.
    #[serde(default)]
    pub shown: String,
    pub name: String,
    /// The words of the permissions.
    #[serde(default)]
    pub permissions: Vec<String>,
}

/// Makes or changes a role.
#[server]
pub async fn save_role(form: RoleForm) -> Result<(), AppError> {
    let permissions: Vec<Permission> = form.permissions.iter().filter_map(|word| word.parse().ok()).collect();
    let mut cx = server::cx().await?;
    match form.id.parse::<RoleId>() {
        Ok(id) => {
            hold(&mut cx, Held::Role(id)).await?;
            check_shown(form.shown.parse().ok(), roles::get(&mut cx, id).await?.updated_at)?;
            roles::update(&mut cx, id, &form.name, &permissions).await?;
        }
        Err(_) => _ = roles::create(&mut cx, &form.name, &permissions).await?,
    }
    finish(cx, "/app/settings/roles").await
}

/// Removes a role that nobody has.
#[server]
pub async fn delete_role(id: RoleId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    roles::delete(&mut cx, id).await?;
    finish(cx, "/app/settings/roles").await
}

/// The teams, and who can manage one.
#[server]
pub async fn load_teams() -> Result<(Vec<Team>, Vec<Member>), AppError> {
    let mut cx = server::cx().await?;
    Ok((teams::list(&mut cx).await?, members::list(&mut cx).await?))
}

/// Makes or changes a team. Empty ids: a new one, none above, no manager. `shown` is when the team had last been changed that
/// the form shows, in microseconds.
#[server]
pub async fn save_team(
    id: String,
    #[server(default)] shown: String,
    name: String,
    description: String,
    parent_id: String,
    manager_id: String,
) -> Result<(), AppError> {
    let (parent_id, manager_id) = (parent_id.parse().ok(), manager_id.parse().ok());
    let input = types::member::TeamInput { name, description, parent_id, manager_id };
    let mut cx = server::cx().await?;
    match id.parse::<TeamId>() {
        Ok(id) => {
            hold(&mut cx, Held::Organization).await?;
            check_shown(shown.parse().ok(), teams::get(&mut cx, id).await?.updated_at)?;
            teams::update(&mut cx, id, input).await?;
        }
        Err(_) => _ = teams::create(&mut cx, input).await?,
    }
    finish(cx, "/app/settings/teams").await
}

/// Removes a team.
#[server]
pub async fn delete_team(id: TeamId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    teams::delete(&mut cx, id).await?;
    finish(cx, "/app/settings/teams").await
}

#[cfg(feature = "ssr")]
fn choice(role: &str) -> Result<RoleChoice, AppError> {
    Ok(role.parse().map_err(|_| domain::Error::rule("role", types::error::FieldRule::NotThere))?)
}

/// Commits and, for a form that was posted without script, leads back to its page without what was asked of it.
#[cfg(feature = "ssr")]
async fn finish(cx: Cx, page: &str) -> Result<(), AppError> {
    server::services()?.commit(cx).await?;
    server::redirect(page);
    Ok(())
}
