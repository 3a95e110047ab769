use serde_json::json;
use types::{
    event::EventName,
    id::WebhookSubscriptionId,
    permission::Permission,
    webhook::{WebhookInput, WebhookSecret},
};

use super::{get, input, signature};
use crate::{
    Cx, Error, Held, Result, Services, audit,
    error::{require, require_in_person},
    events, hold,
};

/// An organization's most subscriptions. Each event may go to all of them.
pub(super) const MOST: i64 = 100;

/// Subscribes an endpoint and gives the secret that signs what it gets; the secret is not shown again.
///
/// # Errors
/// [`Error::Forbidden`], also for those who may not read what the events tell; [`Error::Validation`]: an address that may be
/// reached, and headers of one's own; [`Error::Conflict`] when the organization has 100 subscriptions.
pub async fn create(services: &Services, cx: &mut Cx, input: WebhookInput) -> Result<WebhookSecret> {
    require(cx, Permission::WebhooksWrite)?;
    require_in_person(cx)?;
    let fields = input::check(services, cx, input, None)?;
    let (organization, id, now) = (cx.organization(), WebhookSubscriptionId(cx.new_id()), cx.now());
    hold(cx, Held::Organization).await?;
    let known = sqlx::query_scalar!(
        r#"select count(*) as "count!" from webhook_subscriptions where organization_id = $1"#,
        organization.0
    )
    .fetch_one(cx.conn())
    .await?;
    if known >= MOST {
        return Err(Error::Conflict(format!("there are already {MOST} webhook subscriptions")));
    }
    let key = signature::new_key();
    let headers = fields.headers.unwrap_or_default();
    let names: Vec<String> = headers.keys().cloned().collect();
    let headers = services.secret_key.encrypt(&serde_json::to_vec(&headers)?);
    sqlx::query!(
        "insert into webhook_subscriptions (organization_id, id, url, events, secret_encrypted,
                                            custom_headers_encrypted, header_names, is_active, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        organization.0,
        id.0,
        fields.url,
        &fields.events,
        services.secret_key.encrypt(&key),
        headers,
        &names,
        fields.is_active,
        now
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!("insert into webhook_lanes (subscription_id, organization_id) values ($1, $2)", id.0, organization.0)
        .execute(cx.conn())
        .await?;
    let payload = json!({"url": fields.url});
    events::emit(cx, EventName::WebhookCreated, "webhook_subscription", id, None, payload).await?;
    let after = json!({"url": fields.url, "events": fields.events, "is_active": fields.is_active, "headers": names});
    audit::record(cx, "webhook_subscription.created", id, None, Some(after)).await?;
    Ok(WebhookSecret { subscription: get(cx, id).await?, secret: signature::written(&key) })
}
