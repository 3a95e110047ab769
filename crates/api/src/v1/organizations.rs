use domain::{members, organizations};
use serde_json::Value;
use types::{
    id::OrganizationId,
    member::Member,
    organization::{Organization, UpdateOrganization},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, merged, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, update)).routes(routes!(list_members))
}

/// List the organizations that the session or the key works in: one
#[utoipa::path(get, path = "/organizations", tag = "Organizations", params(Paging),
    responses((status = 200, body = Many<Organization>)), security(("api_key" = ["organization:read"])))]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<Organization>> {
    let organization = organizations::get(&mut caller.begin().await?).await?;
    Ok(Many::part(vec![organization], query.page, query.limit))
}

/// Get an organization
#[utoipa::path(get, path = "/organizations/{organization_id}", tag = "Organizations",
    params(("organization_id" = OrganizationId, Path)),
    responses((status = 200, body = One<Organization>)), security(("api_key" = ["organization:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<OrganizationId>) -> ApiResult<Data<Organization>> {
    caller.check(id)?;
    Ok(Data(organizations::get(&mut caller.begin().await?).await?))
}

/// Change an organization's name and settings
#[utoipa::path(patch, path = "/organizations/{organization_id}", tag = "Organizations",
    params(("organization_id" = OrganizationId, Path)), request_body = UpdateOrganization,
    responses((status = 200, body = One<Organization>)),
    security(("api_key" = ["organization:read", "organization:write"])))]
async fn update(
    caller: Caller,
    ApiPath(id): ApiPath<OrganizationId>,
    ApiJson(patch): ApiJson<Value>,
) -> ApiResult<Data<Organization>> {
    caller.check(id)?;
    let mut cx = caller.begin().await?;
    let Organization { name, settings, .. } = organizations::get(&mut cx).await?;
    let input = merged(&UpdateOrganization { name, settings }, patch)?;
    let updated = organizations::update(&mut cx, input).await?;
    caller.commit(cx).await?;
    Ok(Data(updated))
}

/// List an organization's members
#[utoipa::path(get, path = "/organizations/{organization_id}/members", tag = "Organizations",
    params(("organization_id" = OrganizationId, Path), Paging),
    responses((status = 200, body = Many<Member>)), security(("api_key" = ["members:read"])))]
async fn list_members(
    caller: Caller,
    ApiPath(id): ApiPath<OrganizationId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<Member>> {
    caller.check(id)?;
    let members = members::list(&mut caller.begin().await?).await?;
    Ok(Many::part(members, query.page, query.limit))
}
