use serde_json::json;
use types::{
    error::FieldRule,
    event::EventName,
    id::{MemberId, RoleId},
    permission::Permission,
};

use super::input::check;
use crate::{
    Cx, Error, Result, audit,
    error::{require, require_in_person},
    events, invitations,
    members::check_held,
};

/// Changes a role. It counts at once for everybody who has it, open sockets included. When it loses permissions, the open
/// invitations that they gave are taken back.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Validation`] of `name`, also when it is taken; [`Error::Refused`] for permissions that
/// the actor lacks, before or after.
pub async fn update(cx: &mut Cx, id: RoleId, name: &str, permissions: &[Permission]) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let role = check(cx, name, permissions).await?;
    let (organization, now) = (cx.organization(), cx.now());
    let before = sqlx::query!(
        "select name, permissions from roles where organization_id = $1 and id = $2 for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("role"))?;
    check_held(cx, before.permissions.iter().filter_map(|word| word.parse().ok()).collect())?;
    let is_taken = sqlx::query_scalar!(
        r#"select exists (select from roles where organization_id = $1 and name = $2 and id <> $3) as "taken!""#,
        organization.0,
        role.name,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    if is_taken {
        return Err(Error::rule("name", FieldRule::Taken));
    }
    sqlx::query!(
        "update roles set name = $3, permissions = $4, updated_at = $5 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        role.name,
        &role.permissions,
        now
    )
    .execute(cx.conn())
    .await?;
    if before.permissions.iter().any(|word| !role.permissions.contains(word)) {
        let members = sqlx::query_scalar!(
            "select id from members where organization_id = $1 and custom_role_id = $2",
            organization.0,
            id.0
        )
        .fetch_all(cx.conn())
        .await?;
        let members: Vec<_> = members.into_iter().map(MemberId).collect();
        invitations::withdraw(cx, &members).await?;
    }
    let facts = json!({"name": role.name, "permissions": role.permissions});
    let before = json!({"name": before.name, "permissions": before.permissions});
    events::emit(cx, EventName::RoleUpdated, "role", id, None, facts.clone()).await?;
    audit::record(cx, "role.updated", id, Some(before), Some(facts)).await
}
