//! What the clients of providers share: sending, waiting, and telling what a failure means.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use outbound::reqwest::{
    Response, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use crate::{Error, Result};

/// The most bytes that are read of one answer.
pub(crate) const MAX_BYTES: usize = 4 * 1024 * 1024;

/// How long a client waits. Making the connection is bounded by the policy of [`outbound::Client`].
#[derive(Debug, Clone, Copy)]
pub struct Timeouts {
    /// From the request to the first piece of text.
    pub first_token: Duration,
    /// From one piece to the next.
    pub between_tokens: Duration,
    /// From the request to the end.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            first_token: Duration::from_secs(30),
            between_tokens: Duration::from_secs(20),
            total: Duration::from_secs(120),
        }
    }
}

/// A header that holds a key; it is left out of logs.
pub(crate) fn key_header(name: &'static str, value: &str) -> Result<(HeaderName, HeaderValue)> {
    let mut value = HeaderValue::from_str(value)
        .map_err(|_| Error::Unauthorized("the key contains characters that no key has".into()))?;
    value.set_sensitive(true);
    Ok((HeaderName::from_static(name), value))
}

/// Sends JSON; gives the response when its status says success.
pub(crate) async fn post(
    client: &outbound::Client,
    url: &str,
    headers: HeaderMap,
    key: &SecretString,
    body: &Value,
    wait: Duration,
    total: Duration,
) -> Result<Response> {
    let request = client.post_json_stream(url, headers, body.to_string(), total);
    let response = match tokio::time::timeout(wait, request).await {
        Err(_) => return Err(too_slow(wait)),
        Ok(Err(error)) if error.is_temporary() => {
            return Err(Error::Retryable { reason: error.to_string(), retry_after: None });
        }
        Ok(Err(error)) => return Err(Error::BadRequest(error.to_string())),
        Ok(Ok(response)) => response,
    };
    if response.status().is_success() {
        return Ok(response);
    }
    let (status, retry_after) = (response.status(), retry_after(response.headers()));
    let body = tokio::time::timeout(wait, read(response)).await.ok().and_then(Result::ok).unwrap_or_default();
    Err(classify(status, retry_after, &reason(&body)).redacted(key.expose_secret()))
}

/// The whole body, up to [`MAX_BYTES`].
pub(crate) async fn read(response: Response) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut bytes = body_stream(response);
    while let Some(piece) = bytes.next().await {
        body.extend_from_slice(&piece?);
    }
    Ok(body)
}

/// The body in pieces, with an error past [`MAX_BYTES`]: an answer may have no end.
pub(crate) fn body_stream(response: Response) -> BoxStream<'static, Result<Vec<u8>>> {
    let mut total = 0;
    let bytes = response.bytes_stream().map_err(|_| Error::Truncated).and_then(move |piece| {
        total += piece.len();
        let fits = total <= MAX_BYTES;
        let too_long = || Error::InvalidResponse("the answer is too long".into());
        async move { if fits { Ok(piece.to_vec()) } else { Err(too_long()) } }
    });
    bytes.boxed()
}

pub(crate) fn too_slow(waited: Duration) -> Error {
    Error::Retryable { reason: format!("nothing came for {} seconds", waited.as_secs()), retry_after: None }
}

/// What a status of failure means.
pub(crate) fn classify(status: StatusCode, retry_after: Option<Duration>, reason: &str) -> Error {
    let said = if reason.is_empty() { status.to_string() } else { format!("{status}: {reason}") };
    match status.as_u16() {
        // An empty account answers 429 too, but waiting does not fill it.
        429 if reason.contains("insufficient_quota") => Error::Unauthorized(said),
        429 => Error::RateLimited { retry_after },
        401..=403 => Error::Unauthorized(said),
        408 | 409 | 425 | 500..=599 => Error::Retryable { reason: said, retry_after },
        _ => Error::BadRequest(said),
    }
}

/// Seconds of `Retry-After`. The form with a date is not used by these services.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    Duration::try_from_secs_f64(seconds).ok()
}

/// The provider's words: `error.message`, with type, code and parameter.
fn reason(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(body) => error_words(&body),
        Err(_) => String::from_utf8_lossy(body).into_owned(),
    }
}

/// The words of an error object, as both protocols have it.
pub(crate) fn error_words(body: &Value) -> String {
    let error = body.get("error").unwrap_or(body);
    if let Some(text) = error.as_str() {
        return text.to_owned();
    }
    let word = |name: &str| error.get(name).and_then(Value::as_str).filter(|word| !word.is_empty());
    let more: Vec<&str> = ["type", "code", "param"].into_iter().filter_map(word).collect();
    match (word("message"), more.is_empty()) {
        (Some(message), true) => message.to_owned(),
        (Some(message), false) => format!("{message} ({})", more.join(", ")),
        (None, _) => more.join(", "),
    }
}

/// An address below a base address, whose query (Azure's `api-version`) stays.
pub(crate) fn endpoint(base: &str, path: &str) -> String {
    let (base, query) = base.split_once('?').map_or((base, None), |(base, query)| (base, Some(query)));
    let base = base.trim_end_matches('/');
    let address = if base.ends_with(path) { base.to_owned() } else { format!("{base}{path}") };
    query.map_or(address.clone(), |query| format!("{address}?{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_keep_paths_and_queries() {
        assert_eq!(endpoint("http://a/v1/", "/chat/completions"), "http://a/v1/chat/completions");
        assert_eq!(endpoint("http://a/v1/chat/completions", "/chat/completions"), "http://a/v1/chat/completions");
        assert_eq!(endpoint("https://a/openai?api-version=1", "/x"), "https://a/openai/x?api-version=1");
    }

    #[test]
    fn statuses_say_whether_to_try_again() {
        let of = |status, reason| classify(StatusCode::from_u16(status).unwrap(), None, reason);
        assert!(
            of(503, "").is_retryable() && of(529, "overloaded").is_retryable() && of(429, "slow down").is_retryable()
        );
        assert!(!of(429, "insufficient_quota").is_retryable());
        assert!(matches!(of(401, ""), Error::Unauthorized(_)) && matches!(of(404, ""), Error::BadRequest(_)));
    }

    #[test]
    fn a_key_does_not_show_where_a_request_is_logged() {
        let (_, value) = key_header("x-api-key", "sk-secret").unwrap();
        assert!(!format!("{value:?}").contains("secret"), "{value:?}");
        assert!(matches!(key_header("x-api-key", "sk\nsecret"), Err(Error::Unauthorized(_))));
    }

    #[test]
    fn a_key_is_not_repeated() {
        let body = br#"{"error":{"message":"Incorrect key: sk-secret","type":"invalid_request_error"}}"#;
        let error = classify(StatusCode::UNAUTHORIZED, None, &reason(body)).redacted("sk-secret");
        assert!(error.to_string().ends_with("Incorrect key: … (invalid_request_error)"), "{error}");
    }
}
