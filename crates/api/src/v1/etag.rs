use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::Response,
};
use domain::Error;
use sha2::{Digest, Sha256};

use crate::{error::ApiResult, if_none_match};

/// Middleware: gives what was read a mark (`ETag`), and sends nothing but the mark to those who have it already
/// (`If-None-Match`, RFC 9110 section 13.1.2). The mark is weak, because compression changes the bytes.
pub(super) async fn etag(request: Request, next: Next) -> ApiResult<Response> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let known = request.headers().get_all(header::IF_NONE_MATCH).iter().cloned().collect::<Vec<_>>();
    let response = next.run(request).await;
    if !is_read || response.status() != StatusCode::OK || !is_json(response.headers()) {
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.map_err(|error| Error::Internal(error.into()))?;
    let mark = format!("W/\"{}\"", short(&bytes));
    let is_known = if_none_match::names(&known, &mark);
    parts.headers.insert(header::ETAG, HeaderValue::try_from(mark).map_err(anyhow::Error::from)?);
    if is_known {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_LENGTH);
        parts.headers.remove(header::CONTENT_TYPE);
        return Ok(Response::from_parts(parts, Body::empty()));
    }
    Ok(Response::from_parts(parts, Body::from(bytes)))
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// Half of the digest: enough that no two answers that follow each other share it.
fn short(bytes: &[u8]) -> String {
    hex::encode(&Sha256::digest(bytes)[..16])
}
