use serde_json::json;
use types::{error::FieldRule, event::EventName, id::RoleId, permission::Permission};

use super::input::check;
use crate::{
    Cx, Error, Held, Result, audit,
    error::{require, require_in_person},
    events, hold,
};

/// Roles that an organization may have.
const AT_MOST: i64 = 100;

/// Makes a role.
///
/// # Errors
/// [`Error::Validation`] of `name`, also when it is taken; [`Error::Refused`] for permissions that the actor lacks, or
/// when there are 100.
pub async fn create(cx: &mut Cx, name: &str, permissions: &[Permission]) -> Result<RoleId> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let role = check(cx, name, permissions).await?;
    let (organization, id, now) = (cx.organization(), RoleId(cx.new_id()), cx.now());
    hold(cx, Held::Organization).await?;
    let count =
        sqlx::query_scalar!(r#"select count(*) as "count!" from roles where organization_id = $1"#, organization.0)
            .fetch_one(cx.conn())
            .await?;
    if count >= AT_MOST {
        return Err(Error::Refused("an organization has at most 100 roles"));
    }
    let inserted = sqlx::query!(
        "insert into roles (organization_id, id, name, permissions, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $5)
         on conflict (organization_id, name) do nothing",
        organization.0,
        id.0,
        role.name,
        &role.permissions,
        now
    )
    .execute(cx.conn())
    .await?;
    if inserted.rows_affected() == 0 {
        return Err(Error::rule("name", FieldRule::Taken));
    }
    let facts = json!({"name": role.name, "permissions": role.permissions});
    events::emit(cx, EventName::RoleCreated, "role", id, None, facts.clone()).await?;
    audit::record(cx, "role.created", id, None, Some(facts)).await?;
    Ok(id)
}
