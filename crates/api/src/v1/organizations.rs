use axum::http::StatusCode;
use domain::{
    Error, Held,
    accounts::{self, Authenticated},
    hold, organizations,
};
use serde::Deserialize;
use serde_json::Value;
use types::{
    id::OrganizationId,
    member::Place,
    organization::{Organization, UpdateOrganization},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, merged, post::Nothing, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .routes(routes!(restore))
        .routes(routes!(enter))
}

/// List the organization of the session or API key
///
/// `me/organizations` lists all organizations that a person belongs to.
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
    hold(&mut cx, Held::Organization).await?;
    let Organization { name, settings, .. } = organizations::get(&mut cx).await?;
    let input = merged(&UpdateOrganization { name, settings }, patch)?;
    let updated = organizations::update(&mut cx, input).await?;
    caller.commit(cx).await?;
    Ok(Data(updated))
}

#[derive(Deserialize, ToSchema)]
struct NewOrganization {
    #[schema(example = "Alba Coffee")]
    name: String,
}

/// Create another organization
///
/// The caller becomes its owner, and the session moves to it.
#[utoipa::path(post, path = "/organizations", tag = "Organizations", request_body = NewOrganization,
    responses((status = 201, body = One<Organization>)), security(("session" = [])))]
async fn create(post: Post<NewOrganization>) -> Outcome {
    let Caller { api, client, .. } = post.caller.clone();
    let person = post.caller.person()?.clone();
    post.recall().await?;
    // What is founded keeps the key too, so that the same request at the same moment founds nothing.
    let name = &post.input.name;
    let organization = accounts::found_another(&api.services, &person, name, &client, post.once()).await?;
    let (cx, _, work) = post.begin().await?;
    work.created(cx, organization).await
}

#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Confirmed {
    /// The organization's name, as confirmation.
    confirmation: String,
}

/// Delete the organization of the session
///
/// From now on, its members, API keys and widgets are refused. An owner can restore it within 30 days; after that, it is
/// removed with everything that belongs to it.
#[utoipa::path(delete, path = "/organizations/{organization_id}", tag = "Organizations",
    params(("organization_id" = OrganizationId, Path), Confirmed), responses((status = 204)),
    security(("session" = ["owner"])))]
async fn delete(
    caller: Caller,
    ApiPath(id): ApiPath<OrganizationId>,
    ApiQuery(Confirmed { confirmation }): ApiQuery<Confirmed>,
) -> ApiResult<StatusCode> {
    caller.person()?;
    caller.check(id)?;
    let mut cx = caller.begin().await?;
    organizations::delete(&mut cx, &confirmation).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restore a deleted organization
///
/// For its owners, from a session in another organization.
#[utoipa::path(post, path = "/organizations/{organization_id}/restore", tag = "Organizations",
    params(("organization_id" = OrganizationId, Path)), responses((status = 200, body = One<Place>)),
    security(("session" = ["owner"])))]
async fn restore(ApiPath(id): ApiPath<OrganizationId>, post: Post<Nothing>) -> Outcome {
    let Caller { api, client, .. } = post.caller.clone();
    let person = post.caller.person()?.clone();
    post.recall().await?;
    accounts::restore_organization(&api.services, &person, id, &client).await?;
    let place = place(&api, &person, id).await?;
    let (cx, _, work) = post.begin().await?;
    work.ok(cx, place).await
}

/// Move the session to another of your organizations
#[utoipa::path(post, path = "/organizations/{organization_id}/enter", tag = "Organizations",
    params(("organization_id" = OrganizationId, Path)), responses((status = 200, body = One<Place>)),
    security(("session" = [])))]
async fn enter(ApiPath(id): ApiPath<OrganizationId>, post: Post<Nothing>) -> Outcome {
    let Caller { api, client, .. } = post.caller.clone();
    let person = post.caller.person()?.clone();
    post.recall().await?;
    accounts::switch_organization(&api.services, &person, id, &client).await?;
    let place = place(&api, &person, id).await?;
    let (cx, _, work) = post.begin().await?;
    work.ok(cx, Place { is_current: true, ..place }).await
}

async fn place(api: &Api, person: &Authenticated, id: OrganizationId) -> domain::Result<Place> {
    let places = accounts::places(&api.services, person).await?;
    places.into_iter().find(|place| place.organization_id == id).ok_or(Error::NotFound("organization"))
}
