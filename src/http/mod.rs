//! The application over HTTP: the routes of the interface and of the endpoints, files, and what all requests share.

mod client;
mod connection;
mod files;
mod finish;
mod listen;
mod made_for;
mod measure;
mod notices;
mod operator;
mod pages;
mod security;
mod timeout;

use std::any::Any;

use api::rate_limit::{self, Slowed};
use axum::{
    Router,
    body::Body,
    extract::Request,
    http::{Response, StatusCode, header},
    middleware,
};
use domain::Services;
use tower::ServiceExt;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{CompressionLayer, CompressionLevel},
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};

use crate::config::Config;
pub use connection::tune;
pub use listen::{Limits, serve};
pub use operator::{Health, operator_routes};

/// The whole application.
pub fn router(config: &Config, services: Services, operator: Router) -> Router {
    let https = services.settings.public_url.starts_with("https:");
    let files = files::Files::new(&config.site_root);
    let api = api::Api::new(services.clone())
        .with_widget_version(files.widget_version())
        .with_api_limit(config.api_requests_per_minute);
    let app = Router::new()
        .merge(api::router(api))
        .merge(pages::routes(config, services, files))
        .layer(middleware::from_fn(api::csrf))
        .layer(middleware::from_fn_with_state(Slowed::sign_in(), rate_limit::slow))
        .layer(middleware::from_fn_with_state(Slowed::passwords(), rate_limit::slow))
        .layer(middleware::from_fn_with_state(Slowed::questions(), rate_limit::slow))
        .layer(middleware::from_fn_with_state(Slowed::invitations(), rate_limit::slow))
        .layer(middleware::from_fn(timeout::timeout))
        .layer(CompressionLayer::new().quality(CompressionLevel::Fastest))
        .layer(middleware::from_fn_with_state(https, security::headers));
    let app = shared(config, app.merge(operator));
    Router::new().fallback_service(app.map_request(made_for::note))
}

/// What a process without pages answers: health and metrics.
pub fn worker_router(config: &Config, operator: Router) -> Router {
    shared(config, operator)
}

/// What every request has: an id, a line in the log, figures, and an answer even when a handler panics.
fn shared(config: &Config, app: Router) -> Router {
    let proxies: client::Proxies = config.trusted_proxies().into();
    app.layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn(measure::measure))
        .layer(TraceLayer::new_for_http().make_span_with(span).on_request(()).on_response(measure::log).on_failure(()))
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
        .layer(middleware::from_fn_with_state(proxies, client::identify))
}

/// The route stands for the address: path and query hold tokens and what people searched for.
fn span(request: &Request) -> tracing::Span {
    let id = request.headers().get("x-request-id").and_then(|id| id.to_str().ok()).unwrap_or_default();
    tracing::info_span!("request", id, method = %request.method(), path = measure::route(request))
}

fn panicked(cause: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let words = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied())
        .unwrap_or("without words");
    tracing::error!("a handler panicked: {words}");
    let mut response = Response::new(Body::from("Something went wrong on our side."));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/plain"));
    response
}
