use axum::http::StatusCode;
use domain::{Error, members};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{
    id::{MemberId, OrganizationId, RoleId, TeamId},
    member::{Member, Role, RoleChoice},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, merged, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, update, remove)).routes(routes!(leave))
}

/// A role that is given to somebody.
///
/// # Errors
/// Validation when a custom role stands beside another than `member`.
pub(super) fn choice(role: Role, custom: Option<RoleId>) -> domain::Result<RoleChoice> {
    match custom {
        Some(_) if role != Role::Member => Err(Error::invalid("role_id", "is allowed only with the role member")),
        custom => Ok(RoleChoice { role, custom }),
    }
}

/// List an organization's members by name
#[utoipa::path(get, path = "/organizations/{organization_id}/members", tag = "Members",
    params(("organization_id" = OrganizationId, Path), Paging),
    responses((status = 200, body = Many<Member>)), security(("api_key" = ["members:read"])))]
async fn list(
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<Member>> {
    caller.check(organization)?;
    let members = members::list(&mut caller.begin().await?).await?;
    Ok(Many::part(members, query.page, query.limit))
}

/// Get a member
#[utoipa::path(get, path = "/organizations/{organization_id}/members/{id}", tag = "Members",
    params(("organization_id" = OrganizationId, Path), ("id" = MemberId, Path)),
    responses((status = 200, body = One<Member>)), security(("api_key" = ["members:read"])))]
async fn get(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, MemberId)>,
) -> ApiResult<Data<Member>> {
    caller.check(organization)?;
    Ok(Data(members::get(&mut caller.begin().await?, id).await?))
}

/// A member's role and team.
#[derive(Serialize, Deserialize, ToSchema)]
struct MemberPlace {
    role: Role,
    /// A custom role, which replaces the role `member`.
    role_id: Option<RoleId>,
    team_id: Option<TeamId>,
}

/// Change a member's role or team
///
/// A `role` without `role_id` is the built-in one. Nobody can give or take a role with permissions that they lack, and the
/// last owner remains an owner.
#[utoipa::path(patch, path = "/organizations/{organization_id}/members/{id}", tag = "Members", request_body = MemberPlace,
    params(("organization_id" = OrganizationId, Path), ("id" = MemberId, Path)),
    responses((status = 200, body = One<Member>)), security(("api_key" = ["members:read", "members:write"])))]
async fn update(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, MemberId)>,
    ApiJson(mut patch): ApiJson<Value>,
) -> ApiResult<Data<Member>> {
    caller.check(organization)?;
    if let Some(fields) = patch.as_object_mut().filter(|fields| fields.contains_key("role")) {
        fields.entry("role_id").or_insert(Value::Null);
    }
    let names = |field| patch.get(field).is_some();
    let (names_role, names_team) = (names("role") || names("role_id"), names("team_id"));
    let mut cx = caller.begin().await?;
    let Member { role, role_id, team_id, .. } = members::get(&mut cx, id).await?;
    let input = merged(&MemberPlace { role, role_id, team_id }, patch)?;
    // What was not named stays as it is, also when somebody changes it at the same moment.
    if names_role {
        members::change_role(&mut cx, id, choice(input.role, input.role_id)?).await?;
    }
    if names_team {
        members::set_team(&mut cx, id, input.team_id).await?;
    }
    let member = members::get(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(Data(member))
}

/// Remove a member from the organization
///
/// Ends the member's sessions in the organization, and their open sockets.
#[utoipa::path(delete, path = "/organizations/{organization_id}/members/{id}", tag = "Members",
    params(("organization_id" = OrganizationId, Path), ("id" = MemberId, Path)),
    responses((status = 204)), security(("api_key" = ["members:write"])))]
async fn remove(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, MemberId)>,
) -> ApiResult<StatusCode> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    members::remove(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Leave an organization
///
/// The last owner cannot leave.
#[utoipa::path(delete, path = "/organizations/{organization_id}/members/me", tag = "Members",
    params(("organization_id" = OrganizationId, Path)), responses((status = 204)), security(("session" = [])))]
async fn leave(caller: Caller, ApiPath(organization): ApiPath<OrganizationId>) -> ApiResult<StatusCode> {
    caller.person()?;
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    members::leave(&mut cx).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}
