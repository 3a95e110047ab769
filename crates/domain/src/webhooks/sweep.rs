use chrono::Duration;
use types::id::OrganizationId;

use crate::{Actor, Result, Services};

/// Deliveries can be read and sent again for so long.
const KEPT: Duration = Duration::days(30);
/// Deliveries that are removed in one transaction.
const BATCH: i64 = 1_000;

/// Removes an organization's deliveries of a month ago, without those that still wait to be sent. Part of the daily upkeep.
///
/// # Errors
/// When the database does not answer; what was removed before stays removed.
pub(crate) async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let before = cx.now() - KEPT;
        // What is locked at this moment is being written to, and waits for the next upkeep.
        let removed = sqlx::query!(
            "delete from webhook_deliveries where organization_id = $1 and id in (
               select id from webhook_deliveries
               where organization_id = $1 and id < $2 and created_at < $3 and status <> 'pending'
               order by id limit $4 for update skip locked)",
            organization.0,
            db::first_id(before),
            before,
            BATCH
        )
        .execute(cx.conn())
        .await?
        .rows_affected();
        cx.commit().await?;
        if removed < BATCH as u64 {
            return Ok(());
        }
    }
}
