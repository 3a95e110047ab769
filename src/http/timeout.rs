use std::time::Duration;

use api::ApiError;
use axum::{
    extract::Request,
    http::StatusCode,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Error;

const USUAL: Duration = Duration::from_secs(30);
/// Files come and go over slow lines.
const FILES: Duration = Duration::from_secs(600);

/// Gives up on what takes too long. The time is until the head of the answer: sockets and streams may go on.
pub(super) async fn timeout(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_file = path.contains("/uploads") || path.contains("/files");
    within(if is_file { FILES } else { USUAL }, request, next).await
}

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    let is_program = ["/api/", "/widget/api/"].iter().any(|start| request.uri().path().starts_with(start));
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) if is_program => ApiError::from(Error::TookTooLong).into_response(),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Error::TookTooLong.to_string()).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::header, middleware, routing::post};
    use futures::stream;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_body_that_drips_for_ever_is_given_up() {
        let limited = middleware::from_fn(|request, next| within(Duration::from_millis(100), request, next));
        let app = Router::new().fallback(post(async |body: String| body)).layer(limited);
        for (path, kind) in [("/rpc/x", "text/plain; charset=utf-8"), ("/api/v1/x", "application/json")] {
            let drops = stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(5)).await;
                Some((Ok::<_, std::io::Error>("x"), ()))
            });
            let request = Request::post(path).body(Body::from_stream(drops)).unwrap();
            let response = app.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::CONTENT_TYPE], kind);
        }
    }
}
