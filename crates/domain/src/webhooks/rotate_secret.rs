use chrono::Duration;
use serde_json::json;
use types::{event::EventName, id::WebhookSubscriptionId, permission::Permission, webhook::WebhookSecret};

use super::{get, signature};
use crate::{
    Cx, Result, Services, audit,
    error::{require, require_in_person},
    events,
};

/// How long the secret before signs beside the new one.
const OVERLAP: Duration = Duration::hours(24);

/// Gives the subscription a new secret. For a day every delivery carries the signatures of both, so that the receiver
/// can change over without losing one.
///
/// # Errors
/// [`Error::NotFound`](crate::Error::NotFound).
pub async fn rotate_secret(services: &Services, cx: &mut Cx, id: WebhookSubscriptionId) -> Result<WebhookSecret> {
    require(cx, Permission::WebhooksWrite)?;
    require_in_person(cx)?;
    get(cx, id).await?;
    let (organization, now) = (cx.organization(), cx.now());
    let key = signature::new_key();
    // Not `updated_at`: no form shows the secret, and none that is open becomes outdated by it.
    sqlx::query!(
        "update webhook_subscriptions
         set previous_secret_encrypted = secret_encrypted, previous_secret_expires_at = $4, secret_encrypted = $3
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        services.secret_key.encrypt(&key),
        now + OVERLAP
    )
    .execute(cx.conn())
    .await?;
    let subscription = get(cx, id).await?;
    let payload = json!({"url": subscription.url, "is_active": subscription.is_active});
    events::emit(cx, EventName::WebhookUpdated, "webhook_subscription", id, None, payload).await?;
    audit::record(cx, "webhook_subscription.secret_rotated", id, None, None).await?;
    Ok(WebhookSecret { subscription, secret: signature::written(&key) })
}
