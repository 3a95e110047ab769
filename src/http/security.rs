use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::use_nonce;
use leptos_axum::ResponseOptions;

use super::measure;

/// Routes that show everybody the same, but for what they have typed themselves.
const PUBLIC: [&str; 6] = ["/", "/api/docs", "/api/v1/openapi.json", "/login", "/reset", "/signup"];

/// What every answer tells browsers, unless a handler has said something else.
pub(super) async fn headers(State(https): State<bool>, request: Request, next: Next) -> Response {
    let kept = kept(measure::route(&request));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static(kept));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "strict-origin-when-cross-origin"),
        ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        // Not for pages: those have a policy of their own.
        ("content-security-policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ] {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if https {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
    }
    response
}

/// Who may keep the answer of a route that says nothing of it itself. No cache that others share keeps any; what is not for
/// everybody is not even kept for the way back, which somebody else may go at the same browser after the person has left.
fn kept(route: &str) -> &'static str {
    if PUBLIC.contains(&route) { "private, no-cache" } else { "private, no-store" }
}

/// The content policy of a page of the interface: scripts only of ours, by this answer's nonce.
pub(super) fn page(response: &ResponseOptions, public_url: &str) {
    let Some(nonce) = use_nonce() else { return };
    // Older browsers do not count sockets of the same host as 'self'.
    let sockets = public_url.replacen("http", "ws", 1);
    let policy = format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self' {sockets}; \
         frame-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    );
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
    }
    response
        .insert_header(HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin"));
}
