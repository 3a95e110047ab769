use serde_json::json;
use types::{
    event::EventName,
    id::{DeliveryId, WebhookSubscriptionId},
    permission::Permission,
};

use super::{collect::make_due, get};
use crate::{Cx, Error, Result, error::require, events};

/// Sends an event of its own kind to this subscription alone, whatever events it has chosen.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound); [`Error::Conflict`](crate::Error::Conflict) when it is off.
pub async fn send_test(cx: &mut Cx, id: WebhookSubscriptionId) -> Result<DeliveryId> {
    require(cx, Permission::WebhooksWrite)?;
    if !get(cx, id).await?.is_active {
        return Err(Error::Conflict("the subscription is off: switch it on first".into()));
    }
    let payload = json!({"text": "This is a test."});
    let event = events::emit(cx, EventName::WebhookTest, "webhook_subscription", id, None, payload).await?;
    let (organization, delivery, now) = (cx.organization().0, DeliveryId(cx.new_id()), cx.now());
    sqlx::query!(
        "insert into webhook_deliveries (organization_id, id, subscription_id, event_id, next_attempt_at, created_at)
         values ($1, $2, $3, $4, $5, $5)",
        organization,
        delivery.0,
        id.0,
        event.0,
        now
    )
    .execute(cx.conn())
    .await?;
    make_due(cx.conn(), &[id.0], now).await?;
    Ok(delivery)
}
