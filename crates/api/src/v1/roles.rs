use axum::http::StatusCode;
use domain::{Held, hold, roles};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{
    id::{OrganizationId, RoleId},
    member::CustomRole,
    permission::Permission,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, merged, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, update, delete))
}

/// The settings of a role.
#[derive(Serialize, Deserialize, ToSchema)]
struct RoleInput {
    name: String,
    permissions: Vec<Permission>,
}

/// List the organization's custom roles by name
#[utoipa::path(get, path = "/organizations/{organization_id}/roles", tag = "Roles",
    params(("organization_id" = OrganizationId, Path), Paging),
    responses((status = 200, body = Many<CustomRole>)), security(("api_key" = ["members:read"])))]
async fn list(
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<CustomRole>> {
    caller.check(organization)?;
    let roles = roles::list(&mut caller.begin().await?).await?;
    Ok(Many::part(roles, query.page, query.limit))
}

/// Create a role
///
/// It replaces the role `member`. Nobody can create a role with permissions that they lack.
#[utoipa::path(post, path = "/organizations/{organization_id}/roles", tag = "Roles",
    params(("organization_id" = OrganizationId, Path)), request_body = RoleInput,
    responses((status = 201, body = One<CustomRole>)), security(("api_key" = ["members:read", "members:write"])))]
async fn create(ApiPath(organization): ApiPath<OrganizationId>, post: Post<RoleInput>) -> Outcome {
    post.caller.check(organization)?;
    let (mut cx, input, work) = post.begin().await?;
    let id = roles::create(&mut cx, &input.name, &input.permissions).await?;
    let role = roles::get(&mut cx, id).await?;
    work.created(cx, role).await
}

/// Get a role
#[utoipa::path(get, path = "/organizations/{organization_id}/roles/{id}", tag = "Roles",
    params(("organization_id" = OrganizationId, Path), ("id" = RoleId, Path)),
    responses((status = 200, body = One<CustomRole>)), security(("api_key" = ["members:read"])))]
async fn get(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, RoleId)>,
) -> ApiResult<Data<CustomRole>> {
    caller.check(organization)?;
    Ok(Data(roles::get(&mut caller.begin().await?, id).await?))
}

/// Change a role
///
/// The change applies at once to everybody who has the role.
#[utoipa::path(patch, path = "/organizations/{organization_id}/roles/{id}", tag = "Roles",
    params(("organization_id" = OrganizationId, Path), ("id" = RoleId, Path)), request_body = RoleInput,
    responses((status = 200, body = One<CustomRole>)), security(("api_key" = ["members:read", "members:write"])))]
async fn update(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, RoleId)>,
    ApiJson(patch): ApiJson<Value>,
) -> ApiResult<Data<CustomRole>> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    hold(&mut cx, Held::Role(id)).await?;
    let CustomRole { name, permissions, .. } = roles::get(&mut cx, id).await?;
    let input = merged(&RoleInput { name, permissions }, patch)?;
    roles::update(&mut cx, id, &input.name, &input.permissions).await?;
    let role = roles::get(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(Data(role))
}

/// Delete a role that no member and no open invitation has
#[utoipa::path(delete, path = "/organizations/{organization_id}/roles/{id}", tag = "Roles",
    params(("organization_id" = OrganizationId, Path), ("id" = RoleId, Path)),
    responses((status = 204)), security(("api_key" = ["members:write"])))]
async fn delete(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, RoleId)>,
) -> ApiResult<StatusCode> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    roles::delete(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}
