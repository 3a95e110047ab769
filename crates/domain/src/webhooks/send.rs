//! One attempt: what is sent, and what came of it.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use outbound::{
    Error,
    reqwest::{
        StatusCode,
        header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER},
    },
};
use serde_json::{Value, json};
use types::{
    reason::ReasonCode,
    webhook::{NotDelivered, NotDeliveredCode as Code},
};
use uuid::Uuid;

use super::{outcome::Outcome, signature};
use crate::Services;

/// For one attempt, from the connection to the end of the answer.
const TIMEOUT: Duration = Duration::from_secs(15);
/// As much of the answer's body is kept.
const BODY_BYTES: usize = 4096;

/// An endpoint as an attempt needs it.
pub(super) struct Endpoint {
    pub url: String,
    /// What signs, the present one first.
    pub keys: Vec<Vec<u8>>,
    pub headers: Vec<(String, String)>,
}

/// A delivery whose time has come.
pub(super) struct Due {
    pub id: Uuid,
    /// Attempts made so far.
    pub attempts: i32,
    pub event_id: Uuid,
    /// What the event is about: the contact of its conversation, or else the thing itself.
    pub about: Uuid,
    /// The event's place among all.
    pub position: i64,
    pub body: Value,
}

#[cfg(test)]
impl Due {
    /// One that was tried so often.
    pub fn example(attempts: i32) -> Self {
        let (id, event_id, about) = (Uuid::nil(), Uuid::nil(), Uuid::nil());
        Self { id, attempts, event_id, about, position: 1, body: Value::Null }
    }
}

/// An event as it is told.
pub(super) struct Told {
    pub name: String,
    pub resource_type: String,
    pub resource_id: Uuid,
    pub conversation_id: Option<Uuid>,
    pub payload: Value,
    pub actor_type: String,
    pub actor_id: Option<Uuid>,
    pub happened_at: DateTime<Utc>,
    /// None before it is published.
    pub position: Option<i64>,
}

impl Told {
    /// What a delivery carries: the event's name, its time and place, and what it tells of (`docs/events.md`).
    pub fn body(self, organization: Uuid) -> Value {
        json!({
            "type": self.name,
            "timestamp": self.happened_at,
            "position": self.position,
            "data": {
                "organization_id": organization,
                "resource_type": self.resource_type,
                "resource_id": self.resource_id,
                "conversation_id": self.conversation_id,
                "actor": {"type": self.actor_type, "id": self.actor_id},
                "details": self.payload,
            },
        })
    }
}

/// Sends it once, signed with the time of this attempt; redirects are not followed, and private addresses are refused at
/// the connection, whatever the name resolves to.
pub(super) async fn send(services: &Services, endpoint: &Endpoint, due: &Due) -> Outcome {
    let begun = Instant::now();
    let mut outcome = attempt(services, endpoint, due, services.db.now()).await;
    outcome.duration_ms = i32::try_from(begun.elapsed().as_millis()).unwrap_or(i32::MAX);
    let result = if outcome.failure.is_none() { "delivered" } else { "failed" };
    metrics::counter!("biseda_webhook_attempts_total", "result" => result).increment(1);
    outcome
}

async fn attempt(services: &Services, endpoint: &Endpoint, due: &Due, now: DateTime<Utc>) -> Outcome {
    let (id, time, body) = (format!("msg_{}", due.event_id.simple()), now.timestamp(), due.body.to_string());
    let signature = signature::sign(&endpoint.keys, &id, time, &body);
    let own = [("webhook-id", id), ("webhook-timestamp", time.to_string()), ("webhook-signature", signature)];
    let mut headers = HeaderMap::new();
    let named = own.iter().map(|(name, value)| (*name, value.as_str()));
    for (name, value) in endpoint.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).chain(named) {
        if let (Ok(name), Ok(value)) = (HeaderName::from_bytes(name.as_bytes()), HeaderValue::from_str(value)) {
            headers.insert(name, value);
        }
    }
    let mut response = match services.outbound.post_json_stream(&endpoint.url, headers, body, TIMEOUT).await {
        Ok(response) => response,
        Err(error) => return Outcome { failure: Some(not_sent(error)), ..Outcome::of(due) },
    };
    let status = response.status();
    let retry_after = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let retry_after = retry_after.and_then(|value| asked_pause(value, now));
    let mut kept = Vec::new();
    while kept.len() < BODY_BYTES {
        match response.chunk().await {
            Ok(Some(part)) => kept.extend_from_slice(&part[..part.len().min(BODY_BYTES - kept.len())]),
            // The status has arrived, and says whether the endpoint took it.
            Ok(None) | Err(_) => break,
        }
    }
    let failure = match status {
        _ if status.is_success() => None,
        _ if status.is_redirection() => Some(Code::Redirect.number(status.as_u16())),
        _ => Some(Code::OtherStatus.number(status.as_u16())),
    };
    Outcome {
        status: Some(i32::from(status.as_u16())),
        body: Some(crate::validate::clean(&String::from_utf8_lossy(&kept))),
        retry_after,
        is_gone: status == StatusCode::GONE,
        failure,
        ..Outcome::of(due)
    }
}

/// Why nothing came back.
fn not_sent(error: Error) -> NotDelivered {
    match error {
        Error::InvalidUrl(words) => Code::InvalidAddress.said(words),
        Error::Private(host) => Code::PrivateAddress.of(host),
        Error::NoAddress(host) => Code::UnknownHost.of(host),
        Error::Connect { host, reason } => NotDelivered { words: Some(reason), ..Code::NoConnection.of(host) },
        Error::Timeout(host) => Code::NoAnswer.of(host),
        Error::Broken { host, reason } => NotDelivered { words: Some(reason), ..Code::BrokenAnswer.of(host) },
        // Those of pages that are read.
        other => Code::Other.said(other.to_string()),
    }
}

/// How long an endpoint asks to wait (`Retry-After`, RFC 9110 section 10.2.3): seconds, or until a date.
fn asked_pause(value: &str, now: DateTime<Utc>) -> Option<chrono::Duration> {
    let seconds = value.trim().parse().ok().and_then(chrono::Duration::try_seconds);
    seconds.or_else(|| DateTime::parse_from_rfc2822(value).ok().map(|at| at.with_timezone(&Utc) - now))
}

#[cfg(test)]
mod tests {
    use types::webhook::DeliveryStatus;

    use super::*;

    #[test]
    fn pauses_take_hostile_bytes() {
        let now = DateTime::UNIX_EPOCH + chrono::Duration::days(20_000);
        let due = Due::example(0);
        let examples = ["120", "Fri, 04 Oct 2024 07:28:00 GMT", "Sat, 01 Jan 9999 00:00:00 +1400", "-1"];
        let words =
            ["9223372036854775807", "-9223372036854775808", "-", "99999999999", " GMT", " -2359", ":60", "Feb 30"];
        fuzz::text(&examples, &words, |value| {
            let outcome = Outcome {
                failure: Some(Code::OtherStatus.number(503u64)),
                retry_after: asked_pause(value, now),
                ..Outcome::of(&due)
            };
            let (status, at) = outcome.next(now);
            let pause = at.expect("it is tried again") - now;
            assert_eq!(status, DeliveryStatus::Pending);
            assert!(pause >= chrono::Duration::seconds(5) && pause <= chrono::Duration::hours(24), "{pause}");
        });
    }
}
