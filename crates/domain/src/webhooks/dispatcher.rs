use std::{collections::HashMap, time::Duration};

use tokio::task::{Id, JoinSet};
use tokio_util::sync::CancellationToken;
use types::id::OrganizationId;
use uuid::Uuid;

use super::{
    claim::{CLAIM, Claim},
    lane,
};
use crate::{Result, Services};

/// Lanes that one process works through at a time. Each mostly waits for its endpoint.
const LANES: usize = 400;
/// Of those, as many as an organization may have whoever else waits. It gets more only while as many again stay free, so
/// that a few whose endpoints are slow do not take the places of all.
const SHARE: usize = LANES / 5;
/// What is worked through next is chosen from so many lanes that are due.
const LOOKED_AT: i64 = 4_000;
/// How often due lanes are looked for.
const POLL: Duration = Duration::from_millis(250);

/// Sends what is due. One runs in every worker.
pub struct Dispatcher;

impl Dispatcher {
    /// Sends until the shutdown. An attempt that is cut off then is made again elsewhere, under the same id.
    pub async fn run(services: Services, shutdown: CancellationToken) {
        let mut lanes = Lanes::default();
        while !shutdown.is_cancelled() {
            lanes.forget_ended();
            match claim(&services, &lanes.held()).await {
                Ok(claimed) => claimed.into_iter().for_each(|claim| lanes.begin(&services, claim)),
                Err(error) => tracing::warn!(error = ?error, "webhooks wait: the database does not give what is due"),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}

/// The lanes that a process works through.
#[derive(Default)]
struct Lanes {
    tasks: JoinSet<()>,
    organizations: HashMap<Id, OrganizationId>,
}

impl Lanes {
    fn begin(&mut self, services: &Services, claim: Claim) {
        let services = services.clone();
        let task = self.tasks.spawn(async move {
            let subscription = claim.subscription;
            if let Err(error) = lane::run(&services, claim).await {
                tracing::warn!(%subscription, error = ?error, "a webhook's deliveries wait");
            }
        });
        self.organizations.insert(task.id(), claim.organization);
    }

    fn forget_ended(&mut self) {
        while let Some(ended) = self.tasks.try_join_next_with_id() {
            let id = ended.map_or_else(|error| error.id(), |(id, ())| id);
            self.organizations.remove(&id);
        }
    }

    /// Whose they are, one entry a lane.
    fn held(&self) -> Vec<Uuid> {
        self.organizations.values().map(|organization| organization.0).collect()
    }
}

/// Sends what is due now, one lane after another, and gives how many lanes there were. Of a lane that takes long, or of an
/// organization that has very many, some is left.
///
/// # Errors
/// When the database does not answer.
pub async fn dispatch_due(services: &Services) -> Result<usize> {
    let claimed = claim(services, &[]).await?;
    let count = claimed.len();
    for claim in claimed {
        lane::run(services, claim).await?;
    }
    Ok(count)
}

/// Takes lanes that are due and nobody's: the first of each organization, then the second, and so on, counted from those
/// that this process has; among equals, longest due first.
async fn claim(services: &Services, held: &[Uuid]) -> Result<Vec<Claim>> {
    let free = LANES.saturating_sub(held.len());
    if free == 0 {
        return Ok(Vec::new());
    }
    let now = services.db.now();
    let rows = sqlx::query!(
        r#"with held as (
             select organization_id, count(*) as lanes from unnest($3::uuid[]) h (organization_id) group by organization_id
           ), due as (
             select subscription_id, organization_id, due_at from webhook_lanes where due_at <= $1
               and (claimed_until is null or claimed_until < $1) order by due_at limit $4
           ), placed as (
             select d.subscription_id, d.due_at,
                    coalesce(h.lanes, 0) + row_number() over (partition by d.organization_id order by d.due_at) as place
             from due d left join held h on h.organization_id = d.organization_id
           ), ranked as (
             select subscription_id, place, row_number() over (order by place, due_at) as rank from placed
           ), chosen as (
             select l.subscription_id from ranked r join webhook_lanes l on l.subscription_id = r.subscription_id
             where (r.place <= $5 or r.rank <= $6) and l.due_at <= $1
               and (l.claimed_until is null or l.claimed_until < $1)
             order by r.rank limit $7 for update of l skip locked
           )
           update webhook_lanes l set claimed_until = $2 from chosen c where l.subscription_id = c.subscription_id
           returning l.organization_id as "organization!", l.subscription_id as "subscription!",
                     l.claimed_until as "until!""#,
        now,
        now + CLAIM,
        held,
        LOOKED_AT,
        SHARE as i64,
        free.saturating_sub(SHARE) as i64,
        free as i64
    )
    .fetch_all(services.db.system().pool())
    .await?;
    let claim =
        |organization, subscription, until| Claim { organization: OrganizationId(organization), subscription, until };
    Ok(rows.into_iter().map(|row| claim(row.organization, row.subscription, row.until)).collect())
}
