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
pub(super) async fn timeout(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_file = path.contains("/uploads") || path.contains("/files");
    within(if is_file { FILES } else { USUAL }, request, next).await
}

async fn within(limit: Duration, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "This took too long. Try again.").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, middleware, routing::post};
    use futures::stream;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_body_that_drips_for_ever_is_given_up() {
        let limited = middleware::from_fn(|request, next| within(Duration::from_millis(100), request, next));
        let app = Router::new().route("/rpc/x", post(async |body: String| body)).layer(limited);
        let drops = stream::unfold((), |()| async {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Some((Ok::<_, std::io::Error>("x"), ()))
        });
        let request = Request::post("/rpc/x").body(Body::from_stream(drops)).unwrap();
        assert_eq!(app.oneshot(request).await.unwrap().status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
