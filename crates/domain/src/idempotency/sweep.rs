use types::id::OrganizationId;

use super::REMEMBERED;
use crate::{Actor, Result, Services};

/// Keys removed at a time.
const BATCH: i64 = 500;

/// Removes an organization's answers that are no longer remembered, also of who makes no such requests any more. Part of the
/// daily upkeep.
///
/// # Errors
/// When the database does not answer; what was removed before stays removed.
pub(crate) async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let before = cx.now() - REMEMBERED;
        let gone = sqlx::query!(
            "delete from idempotency_keys k using (
               select actor_id, key from idempotency_keys where organization_id = $1 and created_at < $2
               order by created_at limit $3 for update skip locked) expired
             where k.organization_id = $1 and k.actor_id = expired.actor_id and k.key = expired.key",
            organization.0,
            before,
            BATCH
        )
        .execute(cx.conn())
        .await?;
        cx.commit().await?;
        if gone.rows_affected() == 0 {
            return Ok(());
        }
    }
}
