use std::collections::BTreeMap;

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use domain::{Held, hold, webhooks};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use types::{
    event::EventName,
    id::{DeliveryId, WebhookSubscriptionId},
    webhook::{
        Delivery, DeliveryDetail, DeliveryFilter, DeliveryStatus, WebhookInput, WebhookSecret, WebhookSubscription,
    },
};
use utoipa::ToSchema;
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
        .routes(routes!(test))
        .routes(routes!(rotate_secret))
        .routes(routes!(list_deliveries))
        .routes(routes!(replay_range))
        .routes(routes!(get_delivery))
        .routes(routes!(replay))
}

/// Where events are sent.
#[derive(Serialize, Deserialize, ToSchema)]
struct Subscription {
    /// A public address; redirects are not followed.
    url: String,
    /// The events that are sent. If empty, all are.
    #[serde(default)]
    events: Vec<EventName>,
    /// True if omitted.
    #[serde(default = "yes")]
    is_active: bool,
    /// Up to 20 additional headers. They are encrypted at rest and never shown again.
    #[serde(default)]
    custom_headers: Option<BTreeMap<String, String>>,
}

fn yes() -> bool {
    true
}

impl From<Subscription> for WebhookInput {
    fn from(input: Subscription) -> Self {
        let Subscription { url, events, is_active, custom_headers } = input;
        Self { url, events, is_active, custom_headers: custom_headers.map(|headers| headers.into_iter().collect()) }
    }
}

/// List the webhook subscriptions, oldest first
#[utoipa::path(get, path = "/webhook-subscriptions", tag = "Webhooks",
    params(Paging), responses((status = 200, body = Many<WebhookSubscription>)),
    security(("api_key" = ["webhooks:read"])))]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<WebhookSubscription>> {
    let subscriptions = webhooks::list(&mut caller.begin().await?).await?;
    Ok(Many::part(subscriptions, query.page, query.limit))
}

/// Subscribe an endpoint to events
///
/// The response contains the secret that signs deliveries (Standard Webhooks); it is never shown again. Besides the
/// permission for webhooks, this requires permission to read what the events describe, such as `conversations:read` for
/// `message.created`; for all events, all of these permissions.
#[utoipa::path(post, path = "/webhook-subscriptions", tag = "Webhooks", request_body = Subscription,
    responses((status = 201, body = One<WebhookSecret>)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn create(post: Post<Subscription>) -> Outcome {
    let services = post.caller.api.services.clone();
    let (mut cx, input, work) = post.begin().await?;
    let created = webhooks::create(&services, &mut cx, input.into()).await?;
    work.created(cx, created).await
}

/// Get a webhook subscription
#[utoipa::path(get, path = "/webhook-subscriptions/{id}", tag = "Webhooks",
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 200, body = One<WebhookSubscription>)),
    security(("api_key" = ["webhooks:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<WebhookSubscriptionId>) -> ApiResult<Data<WebhookSubscription>> {
    Ok(Data(webhooks::get(&mut caller.begin().await?, id).await?))
}

/// Change a webhook subscription
///
/// The stored headers are kept unless `custom_headers` is given, which replaces all of them. If the subscription is switched
/// on again, its failures are forgotten. This requires the same permissions as creating one with these events.
#[utoipa::path(patch, path = "/webhook-subscriptions/{id}", tag = "Webhooks", request_body = Subscription,
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 200, body = One<WebhookSubscription>)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn update(
    caller: Caller,
    ApiPath(id): ApiPath<WebhookSubscriptionId>,
    ApiJson(patch): ApiJson<Value>,
) -> ApiResult<Data<WebhookSubscription>> {
    let mut cx = caller.begin().await?;
    hold(&mut cx, Held::WebhookSubscription(id)).await?;
    let WebhookSubscription { url, events, is_active, .. } = webhooks::get(&mut cx, id).await?;
    let input = merged(&Subscription { url, events, is_active, custom_headers: None }, patch)?;
    let subscription = webhooks::update(&caller.api.services, &mut cx, id, input.into()).await?;
    caller.commit(cx).await?;
    Ok(Data(subscription))
}

/// Delete a webhook subscription with its deliveries
///
/// Deliveries that have not been sent yet are not sent.
#[utoipa::path(delete, path = "/webhook-subscriptions/{id}", tag = "Webhooks",
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 204)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn delete(caller: Caller, ApiPath(id): ApiPath<WebhookSubscriptionId>) -> ApiResult<StatusCode> {
    let mut cx = caller.begin().await?;
    webhooks::delete(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Send a test event to a subscription
///
/// The event is `webhook_subscription.test`, whichever events the subscription receives.
#[utoipa::path(post, path = "/webhook-subscriptions/{id}/test", tag = "Webhooks",
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 202, body = One<DeliveryDetail>)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn test(ApiPath(id): ApiPath<WebhookSubscriptionId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let delivery = webhooks::send_test(&mut cx, id).await?;
    let delivery = webhooks::delivery(&mut cx, delivery).await?;
    work.done(cx, StatusCode::ACCEPTED, delivery).await
}

/// Replace a subscription's secret
///
/// For 24 hours, every delivery is signed with both the old and the new secret.
#[utoipa::path(post, path = "/webhook-subscriptions/{id}/rotate-secret", tag = "Webhooks",
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 200, body = One<WebhookSecret>)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn rotate_secret(ApiPath(id): ApiPath<WebhookSubscriptionId>, post: Post<Nothing>) -> Outcome {
    let services = post.caller.api.services.clone();
    let (mut cx, _, work) = post.begin().await?;
    let rotated = webhooks::rotate_secret(&services, &mut cx, id).await?;
    work.ok(cx, rotated).await
}

/// List a subscription's deliveries, newest first
#[utoipa::path(get, path = "/webhook-subscriptions/{id}/deliveries", tag = "Webhooks",
    params(("id" = WebhookSubscriptionId, Path), DeliveryFilter), responses((status = 200, body = Many<Delivery>)),
    security(("api_key" = ["webhooks:read"])))]
async fn list_deliveries(
    caller: Caller,
    ApiPath(id): ApiPath<WebhookSubscriptionId>,
    ApiQuery(filter): ApiQuery<DeliveryFilter>,
) -> ApiResult<Many<Delivery>> {
    Ok(webhooks::deliveries(&mut caller.begin().await?, id, &filter).await?.into())
}

/// Which deliveries to send again.
#[derive(Deserialize, ToSchema)]
struct Range {
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    /// Only deliveries with this status.
    #[serde(default)]
    status: Option<DeliveryStatus>,
}

#[derive(Serialize, ToSchema)]
struct Replayed {
    /// Number of deliveries that will be sent.
    deliveries: u64,
}

/// Send the deliveries of a time range again
///
/// At most 10,000, oldest first, each with the same id. Deliveries are kept for thirty days.
#[utoipa::path(post, path = "/webhook-subscriptions/{id}/replay", tag = "Webhooks", request_body = Range,
    params(("id" = WebhookSubscriptionId, Path)), responses((status = 202, body = One<Replayed>)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn replay_range(ApiPath(id): ApiPath<WebhookSubscriptionId>, post: Post<Range>) -> Outcome {
    let (mut cx, range, work) = post.begin().await?;
    let deliveries = webhooks::replay_range(&mut cx, id, range.from, range.until, range.status).await?;
    work.done(cx, StatusCode::ACCEPTED, Replayed { deliveries }).await
}

/// Get a delivery with its request and the last response
///
/// `request` and `response_body` are omitted without permission to read what the event describes.
#[utoipa::path(get, path = "/webhook-deliveries/{id}", tag = "Webhooks", params(("id" = DeliveryId, Path)),
    responses((status = 200, body = One<DeliveryDetail>)), security(("api_key" = ["webhooks:read"])))]
async fn get_delivery(caller: Caller, ApiPath(id): ApiPath<DeliveryId>) -> ApiResult<Data<DeliveryDetail>> {
    Ok(Data(webhooks::delivery(&mut caller.begin().await?, id).await?))
}

/// Send a delivery again, with the same id
#[utoipa::path(post, path = "/webhook-deliveries/{id}/replay", tag = "Webhooks", params(("id" = DeliveryId, Path)),
    responses((status = 202, body = One<DeliveryDetail>)),
    security(("api_key" = ["webhooks:read", "webhooks:write"])))]
async fn replay(ApiPath(id): ApiPath<DeliveryId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    webhooks::replay(&mut cx, id).await?;
    let delivery = webhooks::delivery(&mut cx, id).await?;
    work.done(cx, StatusCode::ACCEPTED, delivery).await
}
