use types::{permission::Permission, webhook::WebhookSubscription};

use super::{create::MOST, get::Row};
use crate::{Cx, Result, error::require};

/// The organization's subscriptions, oldest first.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<WebhookSubscription>> {
    require(cx, Permission::WebhooksRead)?;
    let organization = cx.organization();
    let rows = sqlx::query_as!(
        Row,
        "select id, url, events, is_active, disabled_reason, failing_since, header_names, previous_secret_expires_at,
                created_at, updated_at
         from webhook_subscriptions where organization_id = $1 order by created_at, id limit $2",
        organization.0,
        MOST
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(rows.into_iter().map(Row::subscription).collect())
}
