//! The rules of a subscription.

use std::collections::BTreeMap;

use outbound::reqwest::header::{HeaderName, HeaderValue};
use types::{
    error::FieldRule,
    event::EventName,
    webhook::{WebhookInput, WebhookSubscription},
};

use crate::{Cx, Result, Services, error::require, validate::Check};

/// Headers that are ours or the connection's.
const RESERVED: &[&str] = &[
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];
const MAX_HEADERS: usize = 20;

/// A subscription's fields as they are stored, but for encryption.
pub(super) struct Fields {
    pub url: String,
    pub events: Vec<String>,
    pub is_active: bool,
    /// By name, in lower case.
    pub headers: Option<BTreeMap<String, String>>,
}

/// Checks all fields at once, of a new subscription or of one that is changed.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden) for those who may not read what the endpoint would be told, unless it is told
/// that already;
/// [`Error::Validation`](crate::Error::Validation) with every field that breaks a rule.
pub(super) fn check(
    services: &Services,
    cx: &Cx,
    input: WebhookInput,
    before: Option<&WebhookSubscription>,
) -> Result<Fields> {
    if !before.is_some_and(|before| tells_no_more(before, &input)) {
        told(&input.events).iter().try_for_each(|event| require(cx, event.read_permission()))?;
    }
    let mut check = Check::default();
    let url = input.url.trim().to_owned();
    if url.is_empty() {
        check.rule("url", FieldRule::Missing);
    } else if let Err(error) = services.outbound.check(&url) {
        check.fail("url", error.to_string());
    }
    let headers = input.custom_headers.map(|headers| {
        if headers.len() > MAX_HEADERS {
            check.limit("custom_headers", FieldRule::TooMany, MAX_HEADERS);
        }
        headers.iter().take(MAX_HEADERS).filter_map(|(name, value)| header(&mut check, name, value)).collect()
    });
    check.finish()?;
    let mut events: Vec<String> = input.events.iter().map(ToString::to_string).collect();
    events.sort_unstable();
    events.dedup();
    Ok(Fields { url, events, is_active: input.is_active, headers })
}

/// The events of which a subscription tells that names these.
fn told(events: &[EventName]) -> &[EventName] {
    if events.is_empty() { EventName::ALL } else { events }
}

/// Whether the same endpoint is told the same or less, so that whoever looks after subscriptions can switch one off; not on.
fn tells_no_more(before: &WebhookSubscription, input: &WebhookInput) -> bool {
    let (told_before, told) = (told(&before.events), told(&input.events));
    input.url.trim() == before.url
        && input.custom_headers.is_none()
        && (before.is_active || !input.is_active)
        && told.iter().all(|event| told_before.contains(event))
}

fn header(check: &mut Check, name: &str, value: &str) -> Option<(String, String)> {
    let (name, value) = (name.trim().to_lowercase(), value.trim().to_owned());
    let is_ours = RESERVED.contains(&name.as_str()) || name.starts_with("webhook-") || name.starts_with("proxy-");
    if HeaderName::from_bytes(name.as_bytes()).is_err() || is_ours {
        check.fail("custom_headers", format!("{name:?} is not a header you can set"));
        return None;
    }
    if value.len() > 2000 || HeaderValue::from_str(&value).is_err() {
        check.fail("custom_headers", format!("{name} has a value that is not allowed in a header"));
        return None;
    }
    Some((name, value))
}
