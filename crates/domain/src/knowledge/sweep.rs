use types::id::OrganizationId;

use crate::{Actor, Result, Services};

/// Syncs of each source that are kept; the newest is shown.
const KEPT: i64 = 3;

/// Removes an organization's older syncs with their pages, which are nowhere shown: one at a time, as each may have ten
/// thousand. Part of the daily upkeep.
///
/// # Errors
/// When the database does not answer; what was removed before stays removed.
pub(crate) async fn sweep(services: &Services, organization: OrganizationId) -> Result<()> {
    loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let gone = sqlx::query!(
            "delete from knowledge_syncs where organization_id = $1 and status <> 'running' and id = (
               select id from (
                 select id, status, row_number() over (partition by source_id order by started_at desc, id desc) as place
                 from knowledge_syncs where organization_id = $1) syncs
               where place > $2 and status <> 'running' limit 1)",
            organization.0,
            KEPT
        )
        .execute(cx.conn())
        .await?;
        cx.commit().await?;
        if gone.rows_affected() == 0 {
            return Ok(());
        }
    }
}
