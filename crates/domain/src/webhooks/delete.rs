use serde_json::json;
use types::{event::EventName, id::WebhookSubscriptionId, permission::Permission};

use super::get;
use crate::{Cx, Result, audit, error::require, events};

/// Removes a subscription with its deliveries; what was not sent yet is not sent.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn delete(cx: &mut Cx, id: WebhookSubscriptionId) -> Result<()> {
    require(cx, Permission::WebhooksWrite)?;
    let before = get(cx, id).await?;
    let organization = cx.organization();
    // Before the row that new deliveries refer to: while thirty days of them go, publishing waits for nothing.
    sqlx::query!(
        "delete from webhook_deliveries where organization_id = $1 and subscription_id = $2",
        organization.0,
        id.0
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!("delete from webhook_subscriptions where organization_id = $1 and id = $2", organization.0, id.0)
        .execute(cx.conn())
        .await?;
    let payload = json!({"url": before.url});
    events::emit(cx, EventName::WebhookDeleted, "webhook_subscription", id, None, payload).await?;
    let was = json!({"url": before.url, "events": before.events});
    audit::record(cx, "webhook_subscription.deleted", id, Some(was), None).await
}
