use chrono::{DateTime, Utc};
use types::{
    id::WebhookSubscriptionId,
    permission::Permission,
    webhook::{DisabledReason, WebhookSubscription},
};
use uuid::Uuid;

use crate::{Cx, Error, Result, error::require};

/// A subscription.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn get(cx: &mut Cx, id: WebhookSubscriptionId) -> Result<WebhookSubscription> {
    require(cx, Permission::WebhooksRead)?;
    let organization = cx.organization();
    let row = sqlx::query_as!(
        Row,
        "select id, url, events, is_active, disabled_reason, failing_since, header_names, previous_secret_expires_at,
                created_at, updated_at
         from webhook_subscriptions where organization_id = $1 and id = $2",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(row.ok_or(Error::NotFound("webhook subscription"))?.subscription())
}

/// A row of the table without what is secret.
pub(super) struct Row {
    pub id: Uuid,
    pub url: String,
    pub events: Vec<String>,
    pub is_active: bool,
    pub disabled_reason: Option<String>,
    pub failing_since: Option<DateTime<Utc>>,
    pub header_names: Vec<String>,
    pub previous_secret_expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Row {
    pub(super) fn subscription(self) -> WebhookSubscription {
        WebhookSubscription {
            id: WebhookSubscriptionId(self.id),
            url: self.url,
            // A name that is no longer known matches no event.
            events: self.events.iter().filter_map(|name| name.parse().ok()).collect(),
            is_active: self.is_active,
            // A word of a later version: it is off all the same.
            disabled_reason: self.disabled_reason.map(|word| word.parse().unwrap_or(DisabledReason::Failing)),
            failing_since: self.failing_since,
            header_names: self.header_names,
            previous_secret_expires_at: self.previous_secret_expires_at,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}
