//! A subscription's lane: what is due in it, and what came of it.

use chrono::{DateTime, Duration, Utc};
use db::hooks::step;
use futures::StreamExt;
use serde_json::json;
use types::{event::EventName, id::WebhookSubscriptionId};
use uuid::Uuid;

use super::{
    claim::Claim,
    outcome::Outcome,
    send::{Due, Endpoint, Told, send},
};
use crate::{
    Actor, Cx, Result, Services, audit, events,
    mails::{self, Letter, Outgoing},
};

/// Deliveries of one round: what is sent before anything of it is written down.
const ROUND: i64 = 60;
/// Deliveries to one endpoint at the same time.
const AT_ONCE: usize = 12;
/// So long may nothing arrive before the subscription is switched off.
const PATIENCE: Duration = Duration::days(5);
/// Owners and admins who are told, at most.
const READERS: i64 = 20;
/// Deliveries are kept for so long.
const KEPT: Duration = Duration::days(30);

/// Works through a claimed lane until nothing is due in it, and gives it back. Stops when another worker has taken it: this
/// one stood still for too long.
///
/// # Errors
/// When the database does not answer; the lane is taken up again when its claim has run out.
pub(super) async fn run(services: &Services, mut claim: Claim) -> Result<()> {
    let (organization, subscription) = (claim.organization, claim.subscription);
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let found = load(services, &mut cx, subscription).await?;
        let now = cx.now();
        cx.commit().await?;
        let Some((endpoint, due)) = found.filter(|(_, due)| !due.is_empty()) else {
            return give_back(services, &claim).await;
        };
        let attempts: Vec<_> = due.iter().map(|due| send(services, &endpoint, due, now)).collect();
        let sending = futures::stream::iter(attempts).buffer_unordered(AT_ONCE).collect();
        let outcomes: Vec<Outcome> = claim.during(services, sending).await;
        step("webhook-sent");
        let mut cx = services.db.begin(organization, Actor::System).await?;
        record(services, &mut cx, subscription, &outcomes).await?;
        services.commit(cx).await?;
        step("webhook-recorded");
        if !claim.renew(services).await? {
            return Ok(());
        }
    }
}

/// The endpoint and what is due; nothing when the subscription is gone or off.
async fn load(services: &Services, cx: &mut Cx, subscription: Uuid) -> Result<Option<(Endpoint, Vec<Due>)>> {
    let (organization, now) = (cx.organization().0, cx.now());
    let row = sqlx::query!(
        "select url, secret_encrypted, previous_secret_encrypted, previous_secret_expires_at, custom_headers_encrypted
         from webhook_subscriptions s
         where organization_id = $1 and id = $2 and is_active
           and exists (select from organizations o where o.id = $1 and o.status = 'active')",
        organization,
        subscription
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    let previous = row.previous_secret_encrypted.filter(|_| row.previous_secret_expires_at.is_some_and(|at| at > now));
    let open = |sealed: &[u8]| services.secret_key.decrypt(sealed);
    let keys = [Some(row.secret_encrypted), previous].iter().flatten().filter_map(|sealed| open(sealed)).collect();
    let headers = row.custom_headers_encrypted.and_then(|sealed| open(&sealed)).unwrap_or_default();
    let headers: std::collections::BTreeMap<String, String> = serde_json::from_slice(&headers).unwrap_or_default();
    let rows = sqlx::query!(
        "select d.id, d.attempts, d.event_id, e.name, e.resource_type, e.resource_id, e.conversation_id, e.payload,
                e.actor_type, e.actor_id, e.created_at
         from webhook_deliveries d
         join events e on e.organization_id = d.organization_id and e.id = d.event_id
         where d.organization_id = $1 and d.subscription_id = $2 and d.status = 'pending' and d.next_attempt_at <= $3
         order by d.next_attempt_at, e.position limit $4",
        organization,
        subscription,
        now,
        ROUND
    )
    .fetch_all(cx.conn())
    .await?;
    let due = rows.into_iter().map(|row| {
        let told = Told {
            name: row.name,
            resource_type: row.resource_type,
            resource_id: row.resource_id,
            conversation_id: row.conversation_id,
            payload: row.payload,
            actor_type: row.actor_type,
            actor_id: row.actor_id,
            happened_at: row.created_at,
        };
        Due { id: row.id, attempts: row.attempts, event_id: row.event_id, body: told.body(organization) }
    });
    let endpoint = Endpoint { url: row.url, keys, headers: headers.into_iter().collect() };
    Ok(Some((endpoint, due.collect())))
}

/// Writes what came of a round, unless another worker has made the same attempt and written what came of it; and switches the subscription off when the endpoint is gone or too long dead.
async fn record(services: &Services, cx: &mut Cx, subscription: Uuid, outcomes: &[Outcome]) -> Result<()> {
    let (organization, now) = (cx.organization().0, cx.now());
    let next: Vec<_> = outcomes.iter().map(|outcome| outcome.next(now)).collect();
    sqlx::query!(
        "update webhook_deliveries d
         set status = o.status, attempts = o.attempts, next_attempt_at = o.next_attempt_at,
             response_status = o.response_status, response_body = o.response_body, error = o.error,
             duration_ms = o.duration_ms, delivered_at = case when o.status = 'delivered' then $10::timestamptz end
         from unnest($2::uuid[], $3::text[], $4::int[], $5::timestamptz[], $6::int[], $7::text[], $8::text[], $9::int[])
              o (id, status, attempts, next_attempt_at, response_status, response_body, error, duration_ms)
         where d.organization_id = $1 and d.id = o.id and d.status = 'pending' and d.attempts = o.attempts - 1",
        organization,
        &outcomes.iter().map(|outcome| outcome.delivery).collect::<Vec<_>>(),
        &next.iter().map(|(status, _)| status.to_string()).collect::<Vec<_>>(),
        &outcomes.iter().map(|outcome| outcome.attempts).collect::<Vec<_>>(),
        &next.iter().map(|(_, at)| *at).collect::<Vec<_>>() as &[Option<DateTime<Utc>>],
        &outcomes.iter().map(|outcome| outcome.status).collect::<Vec<_>>() as &[Option<i32>],
        &outcomes.iter().map(|outcome| outcome.body.clone()).collect::<Vec<_>>() as &[Option<String>],
        &outcomes.iter().map(|outcome| outcome.error.clone()).collect::<Vec<_>>() as &[Option<String>],
        &outcomes.iter().map(|outcome| outcome.duration_ms).collect::<Vec<_>>(),
        now
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!(
        "delete from webhook_deliveries where organization_id = $1 and id in (
           select id from webhook_deliveries
           where organization_id = $1 and subscription_id = $2 and created_at < $3 and status <> 'pending' limit 500)",
        organization,
        subscription,
        now - KEPT
    )
    .execute(cx.conn())
    .await?;
    let arrived = outcomes.iter().any(|outcome| outcome.error.is_none());
    let failing_since = sqlx::query_scalar!(
        "update webhook_subscriptions set failing_since = case when $3 then null else coalesce(failing_since, $4) end
         where organization_id = $1 and id = $2 returning failing_since",
        organization,
        subscription,
        arrived,
        now
    )
    .fetch_optional(cx.conn())
    .await?
    .flatten();
    let reason = if outcomes.iter().any(|outcome| outcome.is_gone) {
        Some("gone")
    } else if failing_since.is_some_and(|since| now - since > PATIENCE) {
        Some("failing")
    } else {
        None
    };
    match reason {
        Some(reason) => disable(services, cx, subscription, reason).await,
        None => Ok(()),
    }
}

/// Switches the subscription off and says so. What waits is kept until somebody switches it on again.
async fn disable(services: &Services, cx: &mut Cx, subscription: Uuid, reason: &str) -> Result<()> {
    let organization = cx.organization().0;
    let url = sqlx::query_scalar!(
        "update webhook_subscriptions set is_active = false, disabled_reason = $3, updated_at = $4
         where organization_id = $1 and id = $2 and is_active returning url",
        organization,
        subscription,
        reason,
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

/// Ends the claim and says when the lane is due next.
async fn give_back(services: &Services, claim: &Claim) -> Result<()> {
    let (organization, subscription) = (claim.organization, claim.subscription);
    let mut cx = services.db.begin(organization, Actor::System).await?;
    // First the lock, then a look at what waits: a publisher that was about to add something is seen.
    sqlx::query!("select subscription_id from webhook_lanes where subscription_id = $1 for update", subscription)
        .fetch_optional(cx.conn())
        .await?;
    sqlx::query!(
        "update webhook_lanes set claimed_until = null, due_at = (
           select min(d.next_attempt_at) from webhook_deliveries d
           join webhook_subscriptions s on s.organization_id = d.organization_id and s.id = d.subscription_id
           where d.organization_id = $1 and d.subscription_id = $2 and d.status = 'pending' and s.is_active
             and exists (select from organizations o where o.id = $1 and o.status = 'active'))
         where subscription_id = $2 and claimed_until = $3",
        organization.0,
        subscription,
        claim.until
    )
    .execute(cx.conn())
    .await?;
    services.commit(cx).await
}
