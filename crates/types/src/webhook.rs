//! Webhooks: where an organization's events are sent, and how that went.

mod not_delivered;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    event::EventName,
    id::{DeliveryId, EventId, WebhookSubscriptionId},
    text_enum::text_enum,
};

pub use not_delivered::{NotDelivered, NotDeliveredCode};

text_enum! {
    /// What became of a delivery.
    DeliveryStatus {
        /// It waits for its first or next attempt.
        Pending = "pending",
        /// The endpoint answered with a status of success.
        Delivered = "delivered",
        /// Every attempt failed, or the subscription ended.
        Failed = "failed",
    }
}

text_enum! {
    /// Why a subscription was switched off by itself.
    DisabledReason {
        /// The endpoint answered 410: it wants nothing any more.
        Gone = "gone",
        /// Nothing arrived for five days.
        Failing = "failing",
    }
}

/// An endpoint that gets an organization's events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSubscription {
    pub id: WebhookSubscriptionId,
    pub url: String,
    /// The events that are sent; all when empty.
    pub events: Vec<EventName>,
    pub is_active: bool,
    /// Why it was switched off by itself.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when every attempt has failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// Names of the headers that are sent along. Their values are secret.
    pub header_names: Vec<String>,
    /// Until when the secret before this one signs too.
    pub previous_secret_expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// What a member or program says of a subscription.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct WebhookInput {
    pub url: String,
    #[serde(default)]
    pub events: Vec<EventName>,
    #[serde(default = "yes")]
    pub is_active: bool,
    /// Headers to send along, as name and value. Left out: those that there are stay.
    #[serde(default)]
    pub custom_headers: Option<Vec<(String, String)>>,
}

fn yes() -> bool {
    true
}

/// A subscription with its secret, which is shown this once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSecret {
    pub subscription: WebhookSubscription,
    /// `whsec_` and the key in base64, as the libraries of Standard Webhooks take it.
    pub secret: String,
}

/// One event on its way to one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub event: String,
    pub status: DeliveryStatus,
    /// Status of the last answer.
    pub response_status: Option<i32>,
    /// How long the last attempt took, in milliseconds.
    pub duration_ms: Option<i32>,
    pub attempts: i32,
    /// Why the last attempt failed, in English.
    pub error: Option<String>,
    /// The same as a code, with what the sentence mentions.
    pub failure: Option<NotDelivered>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub delivered_at: Option<DateTime<Utc>>,
}

/// A delivery with what was sent and what came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryDetail {
    pub delivery: Delivery,
    /// The body; left out for those who may not read what the event tells.
    pub request: Option<Value>,
    /// The beginning of the last answer's body; left out in the same way.
    pub response_body: Option<String>,
}

/// Which deliveries of a subscription to list, newest first.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams), into_params(parameter_in = Query))]
pub struct DeliveryFilter {
    #[cfg_attr(feature = "openapi", param(inline))]
    pub status: Option<DeliveryStatus>,
    pub page: Option<i64>,
    pub limit: Option<i64>,
}
