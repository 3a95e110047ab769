use axum::{
    extract::Request,
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::Error;

use crate::ApiError;

/// Middleware for the whole application: refuses writes that another site's page has made a browser send.
///
/// Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`. A write must come from our own
/// pages or from the person directly. Left out are requests that no browser authenticates by itself: the widget's endpoints
/// and `/mcp`, which take bearer tokens only, and REST API requests that carry one.
pub async fn csrf(request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let has_token = path.starts_with("/api/v1/") && request.headers().contains_key(header::AUTHORIZATION);
    let is_read = request.method().is_safe();
    if is_read || has_token || path == "/mcp" || path.starts_with("/widget/api/") || is_same_origin(request.headers()) {
        return next.run(request).await;
    }
    let reason = "this request came from another site; open the page itself and try again";
    ApiError::from(Error::Refused(reason)).into_response()
}

fn is_same_origin(headers: &HeaderMap) -> bool {
    match text(headers, "sec-fetch-site") {
        Some(site) => matches!(site, "same-origin" | "none"),
        None => origin_is_host(headers),
    }
}

/// Whether the `Origin` header names the host that was asked. For sockets too: browsers send no other sign there.
pub(crate) fn origin_is_host(headers: &HeaderMap) -> bool {
    let origin = text(headers, header::ORIGIN.as_str()).and_then(|origin| origin.split_once("://"));
    let host = text(headers, header::HOST.as_str());
    origin.zip(host).is_some_and(|((_, origin), host)| origin.eq_ignore_ascii_case(host))
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn origins_take_hostile_bytes() {
        let words = ["://", "biseda.test", ".evil.test", "@", ":443", "/", "\\", "null", ","];
        fuzz::bytes(&[b"https://biseda.test", b"null", b"https://biseda.test:8443"], &words, |origin| {
            let Ok(value) = HeaderValue::from_bytes(origin) else { return };
            let is_text = value.to_str().is_ok();
            let host = (header::HOST, HeaderValue::from_static("biseda.test"));
            let headers = HeaderMap::from_iter([host, (header::ORIGIN, value)]);
            // Exactly the host that was asked, whatever the scheme; what is no text is nobody's.
            let is_ours = is_text
                && origin.to_ascii_lowercase().ends_with(b"://biseda.test")
                && origin.windows(3).position(|part| part == b"://") == Some(origin.len() - 14);
            assert_eq!(origin_is_host(&headers), is_ours);
        });
    }
}
