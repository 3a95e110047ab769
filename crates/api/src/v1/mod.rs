//! The REST API for programs, below `/api/v1`. Its document is made from the handlers' own descriptions.
//!
//! A handler takes who asks ([`Caller`]), parses, calls a verb of `domain` and wraps the answer. A `POST` takes [`Post`],
//! which lets a repeated request have the first answer again.

mod ai_agents;
mod api_keys;
mod audit_logs;
mod auth;
mod bulk;
mod caller;
mod channels;
mod contacts;
mod conversations;
mod envelope;
mod etag;
mod guard;
mod invitations;
mod keys;
mod knowledge;
mod mcp;
mod me;
mod members;
mod messages;
mod openapi;
mod organizations;
mod patch;
mod post;
mod query;
mod reference;
mod roles;
mod teams;
mod webhooks;

use std::sync::LazyLock;

use axum::{
    Json, Router,
    http::StatusCode,
    middleware,
    response::{IntoResponse, Response},
    routing::get,
};
use domain::Error;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use self::keys::Keys;
use self::{
    caller::Caller,
    envelope::Many,
    patch::merged,
    post::Post,
    query::{ApiPath, ApiQuery},
};
use crate::{Api, ApiError};

/// What handlers of a `POST` give: an answer, or the reason why there is none, or the first answer once more.
type Outcome = Result<Response, post::Stop>;

/// The document, as `/api/v1/openapi.json` serves it.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| openapi::finish(documented().into_openapi()));

/// The OpenAPI document of the REST API.
pub fn document() -> &'static Value {
    &DOCUMENT
}

fn documented() -> OpenApiRouter<Api> {
    open().merge(guarded())
}

/// What nobody has to be signed in for.
fn open() -> OpenApiRouter<Api> {
    OpenApiRouter::new().nest("/api/v1", auth::open_routes())
}

fn guarded() -> OpenApiRouter<Api> {
    let routes = OpenApiRouter::new()
        .merge(auth::routes())
        .merge(me::routes())
        .merge(organizations::routes())
        .merge(members::routes())
        .merge(invitations::routes())
        .merge(teams::routes())
        .merge(roles::routes())
        .merge(api_keys::routes())
        .merge(channels::routes())
        .merge(contacts::routes())
        .merge(conversations::routes())
        .merge(messages::routes())
        .merge(ai_agents::routes())
        .merge(knowledge::routes())
        .merge(webhooks::routes())
        .merge(audit_logs::routes());
    OpenApiRouter::new().nest("/api/v1", routes)
}

pub(crate) fn routes(api: &Api) -> Router<Api> {
    let (guarded, _) = guarded().split_for_parts();
    let (open, _) = open().split_for_parts();
    guarded
        .layer(middleware::from_fn(etag::etag))
        .route_layer(middleware::from_fn_with_state(api.clone(), guard::guard))
        .merge(open.route_layer(middleware::from_fn_with_state(api.clone(), guard::open)))
        .merge(mcp::routes(api))
        .route("/api/v1/openapi.json", get(|| async { Json(document()) }))
        .route("/api/docs", get(reference::page))
        .route("/api/v1/{*path}", axum::routing::any(nothing))
        .method_not_allowed_fallback(wrong_method)
}

async fn nothing() -> ApiError {
    Error::NotFound("address; /api/docs lists them").into()
}

async fn wrong_method() -> Response {
    let error = Error::Refused("this address does not accept this method; /api/docs lists them");
    let mut response = ApiError::from(error).into_response();
    response.extensions_mut().remove::<ApiError>();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}
