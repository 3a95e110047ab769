use std::time::{Duration, Instant};

use axum::{
    body::Body,
    extract::{MatchedPath, Request},
    http::{Method, Response},
    middleware::Next,
};

/// Marks what is answered to those who watch the program.
#[derive(Clone, Copy)]
pub(super) struct Probe;

/// Counts requests and their time by route and status.
pub(super) async fn measure(request: Request, next: Next) -> axum::response::Response {
    let begun = Instant::now();
    let path = route(&request).to_owned();
    let method = method(request.method());
    let response = next.run(request).await;
    let labels = [("method", method.to_owned()), ("path", path), ("status", response.status().as_str().to_owned())];
    metrics::counter!("biseda_http_requests_total", &labels).increment(1);
    metrics::histogram!("biseda_http_request_duration_seconds", &labels).record(begun.elapsed().as_secs_f64());
    response
}

/// The route that a request goes to, with the names of what its path holds in place of that: links of mails hold tokens,
/// and whoever comes invents paths. What no route knows is `file`.
pub(super) fn route(request: &Request) -> &str {
    request.extensions().get::<MatchedPath>().map_or("file", MatchedPath::as_str)
}

/// The method's name, of those that there are: anybody may invent another, and each name is kept for ever.
fn method(method: &Method) -> &'static str {
    let known = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];
    let names = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];
    known.iter().zip(names).find(|(known, _)| *known == method).map_or("other", |(_, name)| name)
}

/// One line for each answer.
pub(super) fn log(response: &Response<Body>, latency: Duration, _: &tracing::Span) {
    let status = response.status().as_u16();
    let milliseconds = latency.as_secs_f64() * 1000.0;
    if response.extensions().get::<Probe>().is_some() {
        // Asked every few seconds, for as long as the program lives.
        tracing::debug!(status, milliseconds, "answered");
    } else if response.status().is_server_error() {
        tracing::error!(status, milliseconds, "answered");
    } else {
        tracing::info!(status, milliseconds, "answered");
    }
}
