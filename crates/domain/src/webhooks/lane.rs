//! A subscription's lane: what is due in it is sent, round by round.

use std::collections::{BTreeMap, HashSet};

use chrono::Duration;
use db::hooks::step;
use futures::StreamExt;
use uuid::Uuid;

use super::{
    claim::Claim,
    outcome::Outcome,
    record::record,
    send::{Due, Endpoint, Told, send},
};
use crate::{Actor, Cx, Result, Services};

/// Deliveries of one round: what is sent before anything of it is written down.
const ROUND: i64 = 60;
/// Of those, at most so many about the same: they are sent one after the other, and all the others wait for them.
const ABOUT_ONE: i64 = 5;
/// A round is chosen from so many that are due, and from the second number where the first are about a few things only.
const LOOKED_AT: [i64; 2] = [10 * ROUND, 500 * ROUND];
/// Deliveries to one endpoint at the same time, each about something else.
const AT_ONCE: usize = 12;
/// After so long a lane is given back though more is due in it: others may wait for a worker's places.
const TURN: Duration = Duration::seconds(30);

/// Works through a claimed lane until nothing is due in it or its turn is over, and gives it back. Stops when another worker
/// has taken it: this one stood still for too long.
///
/// # Errors
/// When the database does not answer; the lane is taken up again when its claim has run out.
pub(super) async fn run(services: &Services, mut claim: Claim) -> Result<()> {
    let (organization, subscription) = (claim.organization, claim.subscription);
    let begun = services.db.now();
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let found = load(services, &mut cx, subscription).await?;
        cx.commit().await?;
        let Some((endpoint, mut due)) = found.filter(|(_, due)| !due.is_empty()) else {
            return give_back(services, &claim).await;
        };
        due.sort_by_key(|due| (due.about, due.position));
        let groups = due.chunk_by(|one, next| one.about == next.about);
        let attempts: Vec<_> = groups.map(|group| send_in_order(services, &endpoint, group)).collect();
        let sending = futures::stream::iter(attempts).buffer_unordered(AT_ONCE).collect::<Vec<_>>();
        let outcomes: Vec<Outcome> = claim.during(services, sending).await.into_iter().flatten().collect();
        step("webhook-sent");
        let mut cx = services.db.begin(organization, Actor::System).await?;
        record(services, &mut cx, subscription, &outcomes).await?;
        services.commit(cx).await?;
        step("webhook-recorded");
        if services.db.now() - begun >= TURN {
            return give_back(services, &claim).await;
        }
        if !claim.renew(services).await? {
            return Ok(());
        }
    }
}

/// Sends what is about the same, one after the other. After a failure the others wait for the next round, so that it is
/// soon written down that an endpoint does not answer.
async fn send_in_order(services: &Services, endpoint: &Endpoint, group: &[Due]) -> Vec<Outcome> {
    let mut outcomes = Vec::new();
    for due in group {
        let outcome = send(services, endpoint, due).await;
        let failed = outcome.failure.is_some();
        outcomes.push(outcome);
        if failed {
            break;
        }
    }
    outcomes
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
    let headers: BTreeMap<String, String> = serde_json::from_slice(&headers).unwrap_or_default();
    let endpoint = Endpoint { url: row.url, keys, headers: headers.into_iter().collect() };
    let mut due = Vec::new();
    for looked_at in LOOKED_AT {
        let is_all;
        (due, is_all) = choose(cx, subscription, looked_at).await?;
        let about: HashSet<_> = due.iter().map(|due| due.about).collect();
        if is_all || about.len() >= AT_ONCE {
            break;
        }
    }
    Ok(Some((endpoint, due)))
}

/// What is sent next, of so many that are due, and whether those are all.
async fn choose(cx: &mut Cx, subscription: Uuid, looked_at: i64) -> Result<(Vec<Due>, bool)> {
    let (organization, now) = (cx.organization().0, cx.now());
    let rows = sqlx::query!(
        r#"with due as (
             select d.id, d.attempts, d.next_attempt_at, d.event_id, e.position,
                    coalesce(c.contact_id, e.conversation_id, e.resource_id) as about
             from webhook_deliveries d
             join events e on e.organization_id = d.organization_id and e.id = d.event_id
             left join conversations c on c.organization_id = $1 and c.id = e.conversation_id
             where d.organization_id = $1 and d.subscription_id = $2 and d.status = 'pending' and d.next_attempt_at <= $3
               and e.position is not null
             order by d.next_attempt_at, e.position limit $6
           ), placed as (
             select *, row_number() over (partition by about order by next_attempt_at, position) as place from due
           ), chosen as (
             select * from placed where place <= $5 order by next_attempt_at, position limit $4
           )
           select d.id as "id!", d.attempts as "attempts!", d.event_id as "event_id!", e.name as "name!",
                  e.resource_type as "resource_type!", e.resource_id as "resource_id!", e.conversation_id as "conversation_id?",
                  e.payload as "payload!", e.actor_type as "actor_type!", e.actor_id as "actor_id?",
                  e.created_at as "created_at!", d.position as "position!", d.about as "about!",
                  (select count(*) from due) as "looked_at!"
           from chosen d join events e on e.organization_id = $1 and e.id = d.event_id"#,
        organization,
        subscription,
        now,
        ROUND,
        ABOUT_ONE,
        looked_at
    )
    .fetch_all(cx.conn())
    .await?;
    let is_all = rows.first().is_none_or(|row| row.looked_at < looked_at);
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
            position: Some(row.position),
        };
        let body = told.body(organization);
        let (about, position) = (row.about, row.position);
        Due { id: row.id, attempts: row.attempts, event_id: row.event_id, about, position, body }
    });
    Ok((due.collect(), is_all))
}

/// Ends the claim and says when the lane is due next: at once, and not before, where something is due by now, so that it
/// stands behind those that wait.
async fn give_back(services: &Services, claim: &Claim) -> Result<()> {
    let (organization, subscription) = (claim.organization, claim.subscription);
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    // First the lock, then a look at what waits: a publisher that was about to add something is seen.
    sqlx::query!("select subscription_id from webhook_lanes where subscription_id = $1 for update", subscription)
        .fetch_optional(cx.conn())
        .await?;
    sqlx::query!(
        "update webhook_lanes set claimed_until = null, due_at = (
           select case when soonest < $4 then $4 else soonest end from (
             select min(d.next_attempt_at) from webhook_deliveries d
             join webhook_subscriptions s on s.organization_id = d.organization_id and s.id = d.subscription_id
             where d.organization_id = $1 and d.subscription_id = $2 and d.status = 'pending' and s.is_active
               and exists (select from organizations o where o.id = $1 and o.status = 'active')) waiting (soonest))
         where subscription_id = $2 and claimed_until = $3",
        organization.0,
        subscription,
        claim.until,
        now
    )
    .execute(cx.conn())
    .await?;
    services.commit(cx).await
}
