use std::panic::resume_unwind;

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use tokio::{sync::mpsc, task::yield_now};
use tokio_stream::{StreamExt, wrappers::ReceiverStream};
use tracing::Instrument;

/// Renders a page to its end, also when its browser has left meanwhile. Else what the page holds would be disposed of
/// while parts of it are still at work, which then panic.
pub(super) async fn pages(request: Request, next: Next) -> Response {
    // A form whose sender has left is to change nothing.
    if request.method() != Method::GET {
        return next.run(request).await;
    }
    let rendering = async move {
        let response = next.run(request).await;
        if is_page(&response) { response.map(to_its_end) } else { response }
    };
    match tokio::spawn(rendering.in_current_span()).await {
        Ok(response) => response,
        Err(error) => match error.try_into_panic() {
            Ok(cause) => resume_unwind(cause),
            Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        },
    }
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|kind| kind.starts_with(b"text/html"))
}

/// The same body, which is made whether somebody takes it or not.
fn to_its_end(body: Body) -> Body {
    let (sender, receiver) = mpsc::channel(16);
    let mut chunks = body.into_data_stream();
    let rendering = async move {
        loop {
            // What the page has begun beside it runs first (an effect that notes the language): what that reads is disposed
            // of at the end.
            yield_now().await;
            let Some(chunk) = chunks.next().await else { break };
            // Fails at once when nobody is there any more.
            let _ = sender.send(chunk).await;
        }
    };
    tokio::spawn(rendering.in_current_span());
    Body::from_stream(ReceiverStream::new(receiver))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::{Router, body::to_bytes, middleware, response::Html, routing::get};
    use tower::ServiceExt;

    use super::*;

    /// A page that begins after a moment, ends after another, and tells when it has.
    fn app(ended: mpsc::UnboundedSender<&'static str>) -> Router {
        let page = async move || {
            tokio::time::sleep(Duration::from_millis(50)).await;
            ended.send("head").unwrap();
            let parts = tokio_stream::iter(["<p>", "</p>"]).then(move |part| {
                let ended = ended.clone();
                async move {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    ended.send(part).unwrap();
                    Ok::<_, std::convert::Infallible>(part)
                }
            });
            Html(Body::from_stream(parts))
        };
        Router::new().route("/", get(page)).layer(middleware::from_fn(pages))
    }

    fn request() -> Request {
        Request::get("/").body(Body::empty()).unwrap()
    }

    #[tokio::test]
    async fn a_page_comes_whole() {
        let (ended, _log) = mpsc::unbounded_channel();
        let response = app(ended).oneshot(request()).await.unwrap();
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "<p></p>");
    }

    #[tokio::test]
    async fn a_page_is_rendered_to_its_end_when_its_browser_leaves() {
        for leaves_before_the_head in [true, false] {
            let (ended, mut log) = mpsc::unbounded_channel();
            let answer = app(ended).oneshot(request());
            match leaves_before_the_head {
                true => drop(tokio::time::timeout(Duration::from_millis(10), answer).await.unwrap_err()),
                false => drop(answer.await.unwrap()),
            }
            for part in ["head", "<p>", "</p>"] {
                assert_eq!(log.recv().await, Some(part), "{leaves_before_the_head}");
            }
        }
    }

    // One worker takes first what was begun last, which is the page's end.
    #[tokio::test(flavor = "multi_thread", worker_threads = 1)]
    async fn what_a_page_has_begun_runs_before_its_end() {
        let (happens, mut log) = mpsc::unbounded_channel();
        let page = async move || {
            let (effect, end) = (happens.clone(), happens);
            tokio::spawn(async move { effect.send("effect").unwrap() });
            let parts = tokio_stream::once("<p></p>").chain(tokio_stream::once("").map(move |part| {
                end.send("end").unwrap();
                part
            }));
            Html(Body::from_stream(parts.map(Ok::<_, std::convert::Infallible>)))
        };
        let app = Router::new().route("/", get(page)).layer(middleware::from_fn(pages));
        let response = app.oneshot(request()).await.unwrap();
        assert_eq!(to_bytes(response.into_body(), 100).await.unwrap(), "<p></p>");
        assert_eq!((log.recv().await, log.recv().await), (Some("effect"), Some("end")));
    }
}
