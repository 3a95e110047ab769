//! Webhooks: where an organization's events are sent, and how that went.

mod not_delivered;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    event::EventName,
    id::{DeliveryId, EventId, WebhookSubscriptionId},
    reason::Reason,
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
    /// Why a subscription was switched off automatically.
    DisabledReason {
        /// The endpoint answered 410: it wants nothing any more.
        Gone = "gone",
        /// Nothing was delivered for five days.
        Failing = "failing",
    }
}

/// An endpoint that receives an organization's events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSubscription {
    pub id: WebhookSubscriptionId,
    pub url: String,
    /// The events that are sent. If empty, all are.
    pub events: Vec<EventName>,
    pub is_active: bool,
    /// Why the subscription was switched off automatically.
    pub disabled_reason: Option<DisabledReason>,
    /// Since when every attempt has failed.
    pub failing_since: Option<DateTime<Utc>>,
    /// Names of the additional headers. Their values are secret.
    pub header_names: Vec<String>,
    /// Until when deliveries are also signed with the previous secret.
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

/// A subscription with its secret, which is shown only this once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WebhookSecret {
    pub subscription: WebhookSubscription,
    /// `whsec_` followed by the key in base64, as libraries for Standard Webhooks expect it.
    pub secret: String,
}

/// The delivery of one event to one endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivery {
    pub id: DeliveryId,
    pub event_id: EventId,
    pub event: String,
    pub status: DeliveryStatus,
    /// HTTP status of the last response.
    pub response_status: Option<i32>,
    /// Duration of the last attempt, in milliseconds.
    pub duration_ms: Option<i32>,
    pub attempts: i32,
    /// Why the last attempt failed, in English.
    pub error: Option<String>,
    /// The same as a code, with what the sentence mentions.
    pub failure: Option<Reason<NotDeliveredCode>>,
    pub next_attempt_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub delivered_at: Option<DateTime<Utc>>,
}

/// A delivery with its request and the last response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeliveryDetail {
    pub delivery: Delivery,
    /// The request's body; omitted without permission to read what the event describes.
    pub request: Option<Value>,
    /// The beginning of the last response's body; omitted in the same cases.
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
