use serde_json::json;
use types::{
    event::EventName,
    id::WebhookSubscriptionId,
    permission::Permission,
    webhook::{WebhookInput, WebhookSubscription},
};

use super::{collect::make_due, get, input};
use crate::{
    Cx, Error, Held, Result, Services, audit,
    error::{require, require_in_person},
    events, hold,
};

/// Changes a subscription. Switched on again, it begins with a clean record; what waited while it was off is sent at once.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`] and [`Error::Validation`] as for a new one, also when the address becomes another server's without the
/// headers of one's own being given anew: they hold secrets, which go only to where they were entered for.
pub async fn update(
    services: &Services,
    cx: &mut Cx,
    id: WebhookSubscriptionId,
    input: WebhookInput,
) -> Result<WebhookSubscription> {
    require(cx, Permission::WebhooksWrite)?;
    require_in_person(cx)?;
    hold(cx, Held::WebhookSubscription(id)).await?;
    let before = get(cx, id).await?;
    let fields = input::check(services, cx, input, Some(&before))?;
    if fields.headers.is_none() && !before.header_names.is_empty() && origin(&before.url) != origin(&fields.url) {
        let words = "must be entered again, because the address is another server's";
        return Err(Error::invalid("custom_headers", words));
    }
    let (organization, now) = (cx.organization(), cx.now());
    let (names, headers) = match &fields.headers {
        Some(headers) => (
            Some(headers.keys().cloned().collect::<Vec<_>>()),
            Some(services.secret_key.encrypt(&serde_json::to_vec(headers)?)),
        ),
        None => (None, None),
    };
    sqlx::query!(
        "update webhook_subscriptions
         set url = $3, events = $4, is_active = $5, updated_at = $6,
             header_names = coalesce($7, header_names),
             custom_headers_encrypted = coalesce($8, custom_headers_encrypted),
             disabled_reason = case when $5 then null else disabled_reason end,
             failing_since = case when $5 and not is_active then null else failing_since end
         where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        fields.url,
        &fields.events,
        fields.is_active,
        now,
        names as _,
        headers
    )
    .execute(cx.conn())
    .await?;
    if fields.is_active && !before.is_active {
        sqlx::query!(
            "update webhook_deliveries set next_attempt_at = $3
             where organization_id = $1 and subscription_id = $2 and status = 'pending'",
            organization.0,
            id.0,
            now
        )
        .execute(cx.conn())
        .await?;
        make_due(cx.conn(), &[id.0], now).await?;
    }
    let after = get(cx, id).await?;
    let payload = json!({"url": after.url, "is_active": after.is_active});
    events::emit(cx, EventName::WebhookUpdated, "webhook_subscription", id, None, payload).await?;
    let (was, is) = audit::difference(&before, &after)?;
    audit::record(cx, "webhook_subscription.updated", id, Some(was.into()), Some(is.into())).await?;
    Ok(after)
}

fn origin(address: &str) -> Option<url::Origin> {
    url::Url::parse(address).ok().map(|url| url.origin())
}
