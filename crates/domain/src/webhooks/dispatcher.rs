use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use types::id::OrganizationId;

use super::{
    claim::{CLAIM, Claim},
    lane,
};
use crate::{Result, Services};

/// Lanes that one process works through at a time. Each mostly waits for its endpoint.
const LANES: usize = 400;
/// How often due lanes are looked for.
const POLL: Duration = Duration::from_millis(250);

/// Sends what is due. One runs in every worker.
pub struct Dispatcher;

impl Dispatcher {
    /// Sends until the shutdown. An attempt that is cut off then is made again elsewhere, under the same id.
    pub async fn run(services: Services, shutdown: CancellationToken) {
        let mut lanes = JoinSet::new();
        while !shutdown.is_cancelled() {
            while lanes.try_join_next().is_some() {}
            match claim(&services, LANES - lanes.len().min(LANES)).await {
                Ok(claimed) => {
                    for claim in claimed {
                        let services = services.clone();
                        lanes.spawn(async move {
                            let subscription = claim.subscription;
                            if let Err(error) = lane::run(&services, claim).await {
                                tracing::warn!(%subscription, error = ?error, "a webhook's deliveries wait");
                            }
                        });
                    }
                }
                Err(error) => tracing::warn!(error = ?error, "webhooks wait: the database does not give what is due"),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = tokio::time::sleep(POLL) => {}
            }
        }
    }
}

/// Sends everything that is due now, one lane after another, and gives how many lanes there were.
///
/// # Errors
/// When the database does not answer.
pub async fn dispatch_due(services: &Services) -> Result<usize> {
    let claimed = claim(services, LANES).await?;
    let count = claimed.len();
    for claim in claimed {
        lane::run(services, claim).await?;
    }
    Ok(count)
}

/// Takes lanes that are due and nobody's, longest due first.
async fn claim(services: &Services, most: usize) -> Result<Vec<Claim>> {
    if most == 0 {
        return Ok(Vec::new());
    }
    let now = services.db.now();
    let rows = sqlx::query!(
        r#"update webhook_lanes set claimed_until = $2 where subscription_id in (
           select subscription_id from webhook_lanes
           where due_at <= $1 and (claimed_until is null or claimed_until < $1)
           order by due_at limit $3 for update skip locked)
         returning organization_id, subscription_id, claimed_until as "until!""#,
        now,
        now + CLAIM,
        most as i64
    )
    .fetch_all(services.db.system().pool())
    .await?;
    let claim =
        |organization, subscription, until| Claim { organization: OrganizationId(organization), subscription, until };
    Ok(rows.into_iter().map(|row| claim(row.organization_id, row.subscription_id, row.until)).collect())
}
