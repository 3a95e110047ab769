use types::{
    id::{DeliveryId, OrganizationId, WebhookSubscriptionId},
    platform::FailingWebhook,
    webhook::NotDelivered,
};

use super::Operator;
use crate::{Result, Services};

/// Organizations that are looked at.
const ORGANIZATIONS: i64 = 50;
/// Webhooks of one organization.
const EACH: i64 = 20;

/// Webhooks whose deliveries fail, or that were switched off because they did: of the first 50 organizations that have
/// some, as of their last count, at most 20 each.
///
/// # Errors
/// When the database does not answer.
pub async fn failing_webhooks(services: &Services, operator: &Operator) -> Result<Vec<FailingWebhook>> {
    let organizations = sqlx::query!(
        "select organization_id, name from organization_index where failing_webhooks > 0
         order by failing_webhooks desc, organization_id limit $1",
        ORGANIZATIONS
    )
    .fetch_all(services.db.system().pool())
    .await?;
    let mut failing = Vec::new();
    for organization in organizations {
        let id = OrganizationId(organization.organization_id);
        let mut cx = operator.begin(services, id).await?;
        let rows = sqlx::query!(
            r#"select s.id, s.url, s.is_active, s.failing_since,
                      (select count(*) from webhook_deliveries
                       where organization_id = $1 and subscription_id = s.id and status = 'pending') as "pending!",
                      d.id as "delivery_id?", d.response_status as "response_status?", d.error as "error?",
                      d.error_code
               from webhook_subscriptions s
               left join lateral (
                 select id, response_status, error, error_code from webhook_deliveries
                 where organization_id = $1 and subscription_id = s.id and error is not null
                 order by created_at desc limit 1) d on true
               where s.organization_id = $1 and (s.failing_since is not null or s.disabled_reason is not null)
               order by s.failing_since nulls last, s.id limit $2"#,
            id.0,
            EACH
        )
        .fetch_all(cx.conn())
        .await?;
        failing.extend(rows.into_iter().map(|row| FailingWebhook {
            organization_id: id,
            organization_name: organization.name.clone(),
            subscription_id: WebhookSubscriptionId(row.id),
            url: row.url,
            is_active: row.is_active,
            failing_since: row.failing_since,
            pending: row.pending,
            delivery_id: row.delivery_id.map(DeliveryId),
            response_status: row.response_status,
            failure: NotDelivered::of_delivery(row.error, row.error_code),
        }));
    }
    Ok(failing)
}
