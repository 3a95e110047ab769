use axum::http::StatusCode;
use domain::api_keys;
use types::{
    api_key::{ApiKey, CreateApiKey, CreatedApiKey},
    id::{ApiKeyId, OrganizationId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, revoke))
}

/// List the API keys that have not been revoked, newest first
#[utoipa::path(get, path = "/organizations/{organization_id}/api-keys", tag = "API keys",
    params(("organization_id" = OrganizationId, Path), Paging),
    responses((status = 200, body = Many<ApiKey>)), security(("api_key" = ["api_keys:read"])))]
async fn list(
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<ApiKey>> {
    caller.check(organization)?;
    let keys = api_keys::list(&mut caller.begin().await?).await?;
    Ok(Many::part(keys, query.page, query.limit))
}

/// Create an API key
///
/// The response contains the key itself, which is never shown again. Nobody can give a key permissions that they lack, and a
/// key cannot create keys, because those would outlive it.
#[utoipa::path(post, path = "/organizations/{organization_id}/api-keys", tag = "API keys",
    params(("organization_id" = OrganizationId, Path)), request_body = CreateApiKey,
    responses((status = 201, body = One<CreatedApiKey>)), security(("session" = ["api_keys:write"])))]
async fn create(ApiPath(organization): ApiPath<OrganizationId>, post: Post<CreateApiKey>) -> Outcome {
    post.caller.check(organization)?;
    let (mut cx, input, work) = post.begin().await?;
    let created = api_keys::create(&mut cx, input).await?;
    work.created(cx, created).await
}

/// Get an API key
#[utoipa::path(get, path = "/organizations/{organization_id}/api-keys/{id}", tag = "API keys",
    params(("organization_id" = OrganizationId, Path), ("id" = ApiKeyId, Path)),
    responses((status = 200, body = One<ApiKey>)), security(("api_key" = ["api_keys:read"])))]
async fn get(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, ApiKeyId)>,
) -> ApiResult<Data<ApiKey>> {
    caller.check(organization)?;
    Ok(Data(api_keys::get(&mut caller.begin().await?, id).await?))
}

/// Revoke an API key
///
/// Requests with the key are refused within a second.
#[utoipa::path(delete, path = "/organizations/{organization_id}/api-keys/{id}", tag = "API keys",
    params(("organization_id" = OrganizationId, Path), ("id" = ApiKeyId, Path)),
    responses((status = 204)), security(("api_key" = ["api_keys:write"])))]
async fn revoke(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, ApiKeyId)>,
) -> ApiResult<StatusCode> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    api_keys::revoke(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}
