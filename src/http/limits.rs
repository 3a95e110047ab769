use std::time::Duration;

use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};

const USUAL: Duration = Duration::from_secs(30);
/// Files come and go over slow lines.
const FILES: Duration = Duration::from_secs(600);

/// Gives up on what takes too long. The time is until the head of the answer: sockets and streams may go on.
pub(super) async fn time(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_file = path.contains("/uploads") || path.contains("/files");
    match tokio::time::timeout(if is_file { FILES } else { USUAL }, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "This took too long. Try again.").into_response(),
    }
}
