//! What the webhook screens ask of the server.

use base::AppError;
use leptos::{prelude::*, server_fn::codec::Json};
use serde::{Deserialize, Serialize};
use types::{
    id::{DeliveryId, WebhookSubscriptionId},
    page::Page,
    webhook::{Delivery, DeliveryDetail, DeliveryFilter, WebhookSecret, WebhookSubscription},
};
#[cfg(feature = "ssr")]
use {
    base::server,
    chrono::Duration,
    domain::webhooks,
    types::webhook::{DeliveryStatus, WebhookInput},
};

/// All subscriptions.
#[server]
pub async fn load_webhooks() -> Result<Vec<WebhookSubscription>, AppError> {
    let mut cx = server::cx().await?;
    Ok(webhooks::list(&mut cx).await?)
}

/// One subscription.
#[server]
pub async fn load_webhook(id: WebhookSubscriptionId) -> Result<WebhookSubscription, AppError> {
    let mut cx = server::cx().await?;
    Ok(webhooks::get(&mut cx, id).await?)
}

/// The form of a subscription, as a browser posts it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookForm {
    /// When the subscription had last been changed that the form shows, in microseconds. Empty: a new one.
    #[serde(default)]
    pub shown: String,
    pub url: String,
    /// None means all.
    #[serde(default)]
    pub events: Vec<String>,
    #[serde(default)]
    pub is_active: Option<String>,
    /// `Name: value`, one a line. Empty keeps what is stored.
    #[serde(default)]
    pub custom_headers: String,
    #[serde(default)]
    pub remove_headers: Option<String>,
}

#[cfg(feature = "ssr")]
impl WebhookForm {
    fn input(self) -> Result<WebhookInput, AppError> {
        let lines: Vec<&str> = self.custom_headers.lines().filter(|line| !line.trim().is_empty()).collect();
        let mut headers = Vec::new();
        for line in &lines {
            let Some((name, value)) = line.split_once(':') else {
                let reason = format!("must be a header, such as X-Token: abc, not {line:?}");
                return Err(domain::Error::invalid("custom_headers", reason).into());
            };
            headers.push((name.to_owned(), value.to_owned()));
        }
        if self.remove_headers.is_some() && !headers.is_empty() {
            let reason = "enter headers or remove the stored ones, not both";
            return Err(domain::Error::invalid("custom_headers", reason).into());
        }
        Ok(WebhookInput {
            url: self.url,
            events: self.events.iter().filter_map(|name| name.parse().ok()).collect(),
            is_active: self.is_active.is_some(),
            custom_headers: (!lines.is_empty() || self.remove_headers.is_some()).then_some(headers),
        })
    }
}

/// Subscribes an endpoint; the answer holds its secret, this once.
#[server]
pub async fn create_webhook(form: WebhookForm) -> Result<WebhookSecret, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let made = webhooks::create(&services, &mut cx, WebhookInput { is_active: true, ..form.input()? }).await?;
    services.commit(cx).await?;
    Ok(made)
}

/// Changes a subscription, and says when that was.
#[server]
pub async fn save_webhook(id: WebhookSubscriptionId, form: WebhookForm) -> Result<i64, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let shown = form.shown.parse().ok();
    let input = form.input()?;
    domain::hold(&mut cx, domain::Held::WebhookSubscription(id)).await?;
    domain::check_shown(shown, webhooks::get(&mut cx, id).await?.updated_at)?;
    let subscription = webhooks::update(&services, &mut cx, id, input).await?;
    services.commit(cx).await?;
    Ok(subscription.updated_at.timestamp_micros())
}

/// Removes a subscription.
#[server]
pub async fn delete_webhook(id: WebhookSubscriptionId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    webhooks::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    server::redirect("/app/settings/webhooks");
    Ok(())
}

/// Gives a subscription a new secret; the answer holds it, this once.
#[server]
pub async fn rotate_webhook_secret(id: WebhookSubscriptionId) -> Result<WebhookSecret, AppError> {
    let services = server::services()?;
    let mut cx = server::cx().await?;
    let made = webhooks::rotate_secret(&services, &mut cx, id).await?;
    services.commit(cx).await?;
    Ok(made)
}

/// Sends a test event to one subscription.
#[server]
pub async fn test_webhook(id: WebhookSubscriptionId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    webhooks::send_test(&mut cx, id).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// One page of a subscription's deliveries.
#[server(input = Json)]
pub async fn load_deliveries(id: WebhookSubscriptionId, filter: DeliveryFilter) -> Result<Page<Delivery>, AppError> {
    let mut cx = server::cx().await?;
    Ok(webhooks::deliveries(&mut cx, id, &filter).await?)
}

/// One delivery with request and answer.
#[server]
pub async fn load_delivery(id: DeliveryId) -> Result<DeliveryDetail, AppError> {
    let mut cx = server::cx().await?;
    Ok(webhooks::delivery(&mut cx, id).await?)
}

/// Sends a delivery once more.
#[server]
pub async fn replay_delivery(id: DeliveryId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    webhooks::replay(&mut cx, id).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// Sends the deliveries of the last so many hours once more: the failed ones, unless all are wanted.
#[server]
pub async fn replay_deliveries(
    id: WebhookSubscriptionId,
    hours: u16,
    #[server(default)] all: Option<String>,
) -> Result<u64, AppError> {
    let mut cx = server::cx().await?;
    let now = cx.now();
    let status = all.is_none().then_some(DeliveryStatus::Failed);
    let done = webhooks::replay_range(&mut cx, id, now - Duration::hours(i64::from(hours)), now, status).await?;
    server::services()?.commit(cx).await?;
    Ok(done)
}
