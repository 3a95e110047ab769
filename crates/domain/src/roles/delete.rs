use serde_json::json;
use types::{event::EventName, id::RoleId, permission::Permission};

use crate::{
    Cx, Error, Result, audit,
    error::{require, require_in_person},
    events,
    members::check_held,
};

/// Removes a role that nobody has and that no open invitation gives.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] while somebody has it; [`Error::Refused`] for permissions that the actor lacks.
pub async fn delete(cx: &mut Cx, id: RoleId) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let organization = cx.organization();
    // The lock waits for, and then sees, a member who is being given the role.
    let role = sqlx::query!(
        "select name, permissions from roles where organization_id = $1 and id = $2 for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("role"))?;
    check_held(cx, role.permissions.iter().filter_map(|word| word.parse().ok()).collect())?;
    let is_used = sqlx::query_scalar!(
        r#"select exists (select from members where organization_id = $1 and custom_role_id = $2)
               or exists (select from invitations where organization_id = $1 and custom_role_id = $2
                            and accepted_at is null) as "used!""#,
        organization.0,
        id.0
    )
    .fetch_one(cx.conn())
    .await?;
    if is_used {
        return Err(Error::Conflict("members or invitations have this role: give them another one first".into()));
    }
    sqlx::query!("delete from roles where organization_id = $1 and id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    let facts = json!({"name": role.name, "permissions": role.permissions});
    events::emit(cx, EventName::RoleDeleted, "role", id, None, facts.clone()).await?;
    audit::record(cx, "role.deleted", id, Some(facts), None).await
}
