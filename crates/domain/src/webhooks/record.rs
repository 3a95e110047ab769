//! What came of a round, and what follows: a subscription that is switched off, and people who are told.

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use types::{event::EventName, id::WebhookSubscriptionId, webhook::DisabledReason};
use uuid::Uuid;

use super::outcome::Outcome;
use crate::{
    Cx, Result, Services, audit, events,
    mails::{self, Letter, Outgoing},
};

/// So long may nothing arrive of what is tried before the subscription is switched off.
const PATIENCE: Duration = Duration::days(5);
/// Owners and admins who are told, at most.
const READERS: i64 = 20;
/// What is so much too late was not tried again in time: the program or the organization rested.
const LATE: Duration = Duration::days(1);

/// Writes what came of a round, unless another worker has made the same attempt and written what came of it. Switches the
/// subscription off when the endpoint is gone, or has been dead for too long.
pub(super) async fn record(services: &Services, cx: &mut Cx, subscription: Uuid, outcomes: &[Outcome]) -> Result<()> {
    let (organization, now) = (cx.organization().0, cx.now());
    let arrived = outcomes.iter().any(|outcome| outcome.failure.is_none());
    // Before this round is written down: what it begins is nothing that is repeated.
    let is_repeating = !arrived && is_repeating(cx, subscription).await?;
    let codes = outcomes.iter().map(|outcome| outcome.failure.as_ref().map(serde_json::to_value).transpose());
    let codes = codes.collect::<serde_json::Result<Vec<_>>>()?;
    let next: Vec<_> = outcomes.iter().map(|outcome| outcome.next(now)).collect();
    sqlx::query!(
        // Held in the order in which an erasure holds them.
        "with held as (
           select id from webhook_deliveries where organization_id = $1 and id = any($2::uuid[]) order by id for update
         )
         update webhook_deliveries d
         set status = o.status, attempts = o.attempts, next_attempt_at = o.next_attempt_at,
             response_status = o.response_status, response_body = o.response_body, error = o.error,
              error_code = o.error_code, duration_ms = o.duration_ms,
              delivered_at = case when o.status = 'delivered' then $10::timestamptz end
          from unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::int[], $7::text[], $8::text[], $9::int[],
                      $11::jsonb[])
               o (id, status, attempts, next_attempt_at, response_status, response_body, error, duration_ms, error_code)
          join held on held.id = o.id
          where d.organization_id = $1 and d.id = held.id and d.status = 'pending' and d.attempts = o.attempts - 1",
        organization,
        &outcomes.iter().map(|outcome| outcome.delivery).collect::<Vec<_>>(),
        &next.iter().map(|(status, _)| status.to_string()).collect::<Vec<_>>(),
        &outcomes.iter().map(|outcome| outcome.attempts).collect::<Vec<_>>(),
        &next.iter().map(|(_, at)| *at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &outcomes.iter().map(|outcome| outcome.status).collect::<Vec<_>>() as &[Option<i32>],
        &outcomes.iter().map(|outcome| outcome.body.clone()).collect::<Vec<_>>() as &[Option<String>],
        &outcomes.iter().map(|outcome| outcome.failure.as_ref().map(ToString::to_string)).collect::<Vec<_>>()
            as &[Option<String>],
        &outcomes.iter().map(|outcome| outcome.duration_ms).collect::<Vec<_>>(),
        now,
        &codes as &[Option<Value>]
    )
    .execute(cx.conn())
    .await?;
    let failing_since = sqlx::query_scalar!(
        "update webhook_subscriptions
         set failing_since = case when $3 then null when $4 then coalesce(failing_since, $5) else $5 end
         where organization_id = $1 and id = $2 returning failing_since",
        organization,
        subscription,
        arrived,
        is_repeating,
        now
    )
    .fetch_optional(cx.conn())
    .await?
    .flatten();
    let reason = if outcomes.iter().any(|outcome| outcome.is_gone) {
        Some(DisabledReason::Gone)
    } else if failing_since.is_some_and(|since| now - since > PATIENCE) {
        Some(DisabledReason::Failing)
    } else {
        None
    };
    match reason {
        Some(reason) => disable(services, cx, subscription, reason).await,
        None => Ok(()),
    }
}

/// Whether something that failed before is still tried again and again. If not, what fails now is the first to fail: what
/// lies between was not tried.
async fn is_repeating(cx: &mut Cx, subscription: Uuid) -> Result<bool> {
    let (organization, since) = (cx.organization(), cx.now() - LATE);
    let is_repeating = sqlx::query_scalar!(
        r#"select exists (select from webhook_deliveries
                          where organization_id = $1 and subscription_id = $2 and status = 'pending' and attempts > 0
                            and next_attempt_at > $3) as "is_repeating!""#,
        organization.0,
        subscription,
        since
    )
    .fetch_one(cx.conn())
    .await?;
    Ok(is_repeating)
}

/// Switches the subscription off and says so. What waits is kept until somebody switches it on again.
async fn disable(services: &Services, cx: &mut Cx, subscription: Uuid, reason: DisabledReason) -> Result<()> {
    let organization = cx.organization().0;
    let url = sqlx::query_scalar!(
        "update webhook_subscriptions set is_active = false, disabled_reason = $3, updated_at = $4
         where organization_id = $1 and id = $2 and is_active returning url",
        organization,
        subscription,
        reason.as_str(),
        cx.now()
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(url) = url else { return Ok(()) };
    let id = WebhookSubscriptionId(subscription);
    let payload = json!({"url": url, "reason": reason});
    events::emit(cx, EventName::WebhookDisabled, "webhook_subscription", id, None, payload.clone()).await?;
    tell(services, cx, id, &url).await?;
    audit::record(cx, "webhook_subscription.disabled", id, None, Some(payload)).await
}

/// Writes to those who may look after it.
async fn tell(services: &Services, cx: &mut Cx, id: WebhookSubscriptionId, url: &str) -> Result<()> {
    let organization = cx.organization();
    let readers = sqlx::query!(
        "select u.email, u.locale, o.name as organization_name
         from members m join users u on u.id = m.user_id join organizations o on o.id = m.organization_id
         where m.organization_id = $1 and m.role in ('owner', 'admin') and u.is_active order by m.id limit $2",
        organization.0,
        READERS
    )
    .fetch_all(cx.conn())
    .await?;
    let path = format!("/app/settings/webhooks/{id}");
    for reader in readers {
        let letter = Letter::WebhookDisabled { organization: &reader.organization_name, url };
        let (recipient, locale) = (reader.email.as_str(), reader.locale.as_str());
        let notice = Outgoing { organization: Some(organization), recipient, locale, letter, path: &path };
        mails::queue(services, cx.conn(), notice).await?;
    }
    Ok(())
}
