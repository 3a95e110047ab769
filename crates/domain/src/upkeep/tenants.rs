//! What is done for one organization after the other.

use types::id::OrganizationId;
use uuid::Uuid;

use crate::{Result, Services, agents, answers, events, idempotency, knowledge, members, webhooks};

/// Organizations that are looked up at a time.
const BATCH: i64 = 500;

/// Goes through the organizations. Vectors of different embedding models cannot be compared, what another model made is
/// found no more: such answers are embedded at once, sources with such documents read again one after the other. Then what
/// is long over is removed.
///
/// # Errors
/// The first: when the database does not answer, or what an organization has cannot be removed. The others are gone through.
pub(super) async fn tend(services: &Services) -> Result<()> {
    let mut next = services.db.now();
    let mut behind = Uuid::nil();
    let mut outcome = Ok(());
    loop {
        let organizations = sqlx::query_scalar!(
            "select organization_id from organization_index where organization_id > $1 order by organization_id limit $2",
            behind,
            BATCH
        )
        .fetch_all(services.db.system().pool())
        .await?;
        let Some(last) = organizations.last() else { return outcome };
        behind = *last;
        for organization in organizations.into_iter().map(OrganizationId) {
            next = knowledge::schedule::renew(services, organization, next).await?;
            if let Err(error) = answers::renew(services, organization).await {
                tracing::warn!(%organization, %error, "answers wait to be embedded by the present model");
            }
            let swept = sweep(services, organization).await;
            if let Err(error) = &swept {
                tracing::warn!(%organization, ?error, "what is long over waits to be removed");
            }
            outcome = outcome.and(swept);
        }
    }
}

async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    webhooks::sweep(services, organization).await?;
    events::sweep(services, organization).await?;
    idempotency::sweep(services, organization).await?;
    knowledge::sweep(services, organization).await?;
    agents::sweep(services, organization).await?;
    members::sweep(services, organization).await
}
