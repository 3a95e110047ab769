use axum::{
    body::{Body, HttpBody, to_bytes},
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::deadlock;

/// How often a request is begun.
const TRIES: usize = 3;
/// Requests with longer bodies, such as uploads, are not kept.
const KEPT: usize = 64 << 10;

/// Middleware: begins a change anew that failed because the database undid its transaction, which was in another's way (two
/// that wait for each other). Nothing of it has happened, and all that could be told is to try again.
pub async fn retry_deadlocks(request: Request, next: Next) -> Response {
    let is_short = request.body().size_hint().exact().is_some_and(|length| length <= KEPT as u64);
    if request.method().is_safe() || !is_short {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, KEPT).await else { return StatusCode::BAD_REQUEST.into_response() };
    let mut tries = 1;
    loop {
        let request = Request::from_parts(parts.clone(), Body::from(body.clone()));
        let (response, was_undone) = deadlock::watch(next.clone().run(request)).await;
        if !was_undone || response.status() != StatusCode::SERVICE_UNAVAILABLE || tries == TRIES {
            return response;
        }
        tries += 1;
    }
}
