use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
    middleware,
    routing::any,
};
use tower::ServiceExt;

/// What the layer answers to a request with these headers.
async fn ask(method: Method, path: &str, headers: &[(&str, &str)]) -> StatusCode {
    let router = Router::new()
        .route("/rpc/{*name}", any(async || "done"))
        .route("/widget/api/{*name}", any(async || "done"))
        .route("/mcp", any(async || "done"))
        .layer(middleware::from_fn(api::csrf));
    let mut request = Request::builder().method(method).uri(path).header(header::HOST, "biseda.test");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status()
}

#[tokio::test]
async fn writes_come_from_our_own_pages_only() {
    for (headers, allowed) in [
        (&[("sec-fetch-site", "same-origin")][..], true),
        (&[("sec-fetch-site", "none")], true),
        (&[("sec-fetch-site", "cross-site")], false),
        (&[("sec-fetch-site", "same-site")], false),
        (&[("sec-fetch-site", "cross-site"), ("origin", "http://biseda.test")], false),
        (&[("origin", "http://biseda.test")], true),
        (&[("origin", "https://biseda.test")], true),
        (&[("origin", "http://biseda.test.evil.example")], false),
        (&[("origin", "http://evil.example")], false),
        (&[("origin", "null")], false),
        (&[], false),
    ] {
        let expected = if allowed { StatusCode::OK } else { StatusCode::FORBIDDEN };
        for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            assert_eq!(ask(method, "/rpc/close", headers).await, expected, "{headers:?}");
        }
        assert_eq!(ask(Method::GET, "/rpc/list", headers).await, StatusCode::OK, "reading needs no proof");
    }
}

#[tokio::test]
async fn the_widgets_endpoints_know_visitors_by_their_token() {
    let headers = [("sec-fetch-site", "cross-site"), ("origin", "https://shop.example")];
    assert_eq!(ask(Method::POST, "/widget/api/messages", &headers).await, StatusCode::OK);
    assert_eq!(ask(Method::POST, "/mcp", &headers).await, StatusCode::OK);
    assert_eq!(ask(Method::POST, "/rpc/..%2fwidget/api/x", &headers).await, StatusCode::FORBIDDEN);
}
