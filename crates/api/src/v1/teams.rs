use axum::http::StatusCode;
use domain::{Held, hold, teams};
use serde_json::Value;
use types::{
    id::{OrganizationId, TeamId},
    member::{Team, TeamInput},
};
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

/// List the teams by name
#[utoipa::path(get, path = "/organizations/{organization_id}/teams", tag = "Teams",
    params(("organization_id" = OrganizationId, Path), Paging),
    responses((status = 200, body = Many<Team>)), security(("api_key" = ["members:read"])))]
async fn list(
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<Team>> {
    caller.check(organization)?;
    let teams = teams::list(&mut caller.begin().await?).await?;
    Ok(Many::part(teams, query.page, query.limit))
}

/// Create a team
#[utoipa::path(post, path = "/organizations/{organization_id}/teams", tag = "Teams",
    params(("organization_id" = OrganizationId, Path)), request_body = TeamInput,
    responses((status = 201, body = One<Team>)), security(("api_key" = ["members:read", "members:write"])))]
async fn create(ApiPath(organization): ApiPath<OrganizationId>, post: Post<TeamInput>) -> Outcome {
    post.caller.check(organization)?;
    let (mut cx, input, work) = post.begin().await?;
    let id = teams::create(&mut cx, input).await?;
    let team = teams::get(&mut cx, id).await?;
    work.created(cx, team).await
}

/// Get a team
#[utoipa::path(get, path = "/organizations/{organization_id}/teams/{id}", tag = "Teams",
    params(("organization_id" = OrganizationId, Path), ("id" = TeamId, Path)),
    responses((status = 200, body = One<Team>)), security(("api_key" = ["members:read"])))]
async fn get(caller: Caller, ApiPath((organization, id)): ApiPath<(OrganizationId, TeamId)>) -> ApiResult<Data<Team>> {
    caller.check(organization)?;
    Ok(Data(teams::get(&mut caller.begin().await?, id).await?))
}

/// Change a team
///
/// A team cannot be placed below itself.
#[utoipa::path(patch, path = "/organizations/{organization_id}/teams/{id}", tag = "Teams",
    params(("organization_id" = OrganizationId, Path), ("id" = TeamId, Path)), request_body = TeamInput,
    responses((status = 200, body = One<Team>)), security(("api_key" = ["members:read", "members:write"])))]
async fn update(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, TeamId)>,
    ApiJson(patch): ApiJson<Value>,
) -> ApiResult<Data<Team>> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    hold(&mut cx, Held::Organization).await?;
    let Team { name, description, parent_id, manager_id, .. } = teams::get(&mut cx, id).await?;
    let input = merged(&TeamInput { name, description, parent_id, manager_id }, patch)?;
    teams::update(&mut cx, id, input).await?;
    let team = teams::get(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(Data(team))
}

/// Delete a team
///
/// The teams below it move up to its place; its members are then in no team.
#[utoipa::path(delete, path = "/organizations/{organization_id}/teams/{id}", tag = "Teams",
    params(("organization_id" = OrganizationId, Path), ("id" = TeamId, Path)),
    responses((status = 204)), security(("api_key" = ["members:write"])))]
async fn delete(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, TeamId)>,
) -> ApiResult<StatusCode> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    teams::delete(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}
