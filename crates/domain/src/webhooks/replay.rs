use chrono::{DateTime, Utc};
use serde_json::json;
use types::{
    id::{DeliveryId, WebhookSubscriptionId},
    permission::Permission,
    webhook::DeliveryStatus,
};

use super::{collect::make_due, get};
use crate::{Cx, Error, Result, audit, error::require, validate::storable};

/// The most that one call replays.
const MOST: i64 = 10_000;

/// Sends a delivery once more, under the same id, with all its attempts before it.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when the subscription is off.
pub async fn replay(cx: &mut Cx, id: DeliveryId) -> Result<()> {
    require(cx, Permission::WebhooksWrite)?;
    let (organization, now) = (cx.organization().0, cx.now());
    let subscription = sqlx::query_scalar!(
        "select subscription_id from webhook_deliveries where organization_id = $1 and id = $2",
        organization,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("delivery"))?;
    refuse_when_off(cx, WebhookSubscriptionId(subscription)).await?;
    sqlx::query!(
        "update webhook_deliveries set status = 'pending', attempts = 0, next_attempt_at = $3, error = null,
             error_code = null
         where organization_id = $1 and id = $2",
        organization,
        id.0,
        now
    )
    .execute(cx.conn())
    .await?;
    make_due(cx.conn(), &[subscription], now).await?;
    audit::record(cx, "webhook_delivery.replayed", id, None, None).await
}

/// Sends the deliveries of a time range once more, at most 10,000, oldest first; `status` narrows it. Gives how many
/// there were.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] when the subscription is off.
pub async fn replay_range(
    cx: &mut Cx,
    id: WebhookSubscriptionId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    status: Option<DeliveryStatus>,
) -> Result<u64> {
    require(cx, Permission::WebhooksWrite)?;
    refuse_when_off(cx, id).await?;
    let (organization, now) = (cx.organization().0, cx.now());
    let done = sqlx::query!(
        "update webhook_deliveries set status = 'pending', attempts = 0, next_attempt_at = $6, error = null,
             error_code = null
         where organization_id = $1 and id in (
           select id from webhook_deliveries
           where organization_id = $1 and subscription_id = $2 and created_at between $3 and $4
             and ($5::text is null or status = $5)
           order by created_at, id limit $7)",
        organization,
        id.0,
        storable(from),
        storable(until),
        status.map(DeliveryStatus::as_str),
        now,
        MOST
    )
    .execute(cx.conn())
    .await?
    .rows_affected();
    make_due(cx.conn(), &[id.0], now).await?;
    let what = json!({"from": from, "until": until, "status": status, "deliveries": done});
    audit::record(cx, "webhook_subscription.replayed", id, None, Some(what)).await?;
    Ok(done)
}

async fn refuse_when_off(cx: &mut Cx, id: WebhookSubscriptionId) -> Result<()> {
    match get(cx, id).await?.is_active {
        true => Ok(()),
        false => Err(Error::Conflict("the subscription is off: switch it on first".into())),
    }
}
