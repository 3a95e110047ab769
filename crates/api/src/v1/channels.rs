use axum::http::StatusCode;
use domain::{Held, channels, hold};
use serde_json::Value;
use types::{
    channel::{Channel, CreateChannel, UpdateChannel},
    id::ChannelId,
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

/// List the channels, oldest first
#[utoipa::path(get, path = "/channels", tag = "Channels", params(Paging),
    responses((status = 200, body = Many<Channel>)), security(("api_key" = ["channels:read"])))]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<Channel>> {
    let channels = channels::list(&mut caller.begin().await?).await?;
    Ok(Many::part(channels, query.page, query.limit))
}

/// Create a channel of type `widget` or `api`
#[utoipa::path(post, path = "/channels", tag = "Channels", request_body = CreateChannel,
    responses((status = 201, body = One<Channel>)), security(("api_key" = ["channels:write"])))]
async fn create(post: Post<CreateChannel>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let channel = channels::create(&mut cx, input).await?;
    work.created(cx, channel).await
}

/// Get a channel
#[utoipa::path(get, path = "/channels/{id}", tag = "Channels", params(("id" = ChannelId, Path)),
    responses((status = 200, body = One<Channel>)), security(("api_key" = ["channels:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<ChannelId>) -> ApiResult<Data<Channel>> {
    Ok(Data(channels::get(&mut caller.begin().await?, id).await?))
}

/// Change a channel
#[utoipa::path(patch, path = "/channels/{id}", tag = "Channels", params(("id" = ChannelId, Path)),
    request_body = UpdateChannel, responses((status = 200, body = One<Channel>)),
    security(("api_key" = ["channels:read", "channels:write"])))]
async fn update(
    caller: Caller,
    ApiPath(id): ApiPath<ChannelId>,
    ApiJson(patch): ApiJson<Value>,
) -> ApiResult<Data<Channel>> {
    let mut cx = caller.begin().await?;
    hold(&mut cx, Held::Channel(id)).await?;
    let Channel { name, is_active, agent_id, settings, .. } = channels::get(&mut cx, id).await?;
    let input = merged(&UpdateChannel { name, is_active, agent_id, settings }, patch)?;
    let channel = channels::update(&mut cx, id, input).await?;
    caller.commit(cx).await?;
    Ok(Data(channel))
}

/// Delete a channel that has no conversations
#[utoipa::path(delete, path = "/channels/{id}", tag = "Channels", params(("id" = ChannelId, Path)),
    responses((status = 204)), security(("api_key" = ["channels:write"])))]
async fn delete(caller: Caller, ApiPath(id): ApiPath<ChannelId>) -> ApiResult<StatusCode> {
    let mut cx = caller.begin().await?;
    channels::delete(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}
