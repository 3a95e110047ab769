use serde_json::json;
use types::{event::EventName, organization::OrganizationStatus};

use crate::{Cx, Result, audit, events};

/// Lets a deleted or suspended organization work again, with the deliveries that have waited. False when it does not have
/// that status, or the time for it is over.
pub(crate) async fn bring_back(cx: &mut Cx, from: OrganizationStatus) -> Result<bool> {
    let (organization, now) = (cx.organization(), cx.now());
    let restored = sqlx::query!(
        "update organizations
         set status = 'active', deleted_at = null, suspended_at = null, suspended_reason = null, updated_at = $2
         where id = $1 and status = $3
           and (status <> 'deleted' or exists (select from organization_purges where organization_id = $1 and purge_at > $2))",
        organization.0,
        now,
        from.as_str()
    )
    .execute(cx.conn())
    .await?;
    if restored.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query!(
        "with kept as (delete from organization_purges where organization_id = $1)
         update webhook_lanes set due_at = $2 where organization_id = $1 and due_at is null",
        organization.0,
        now
    )
    .execute(cx.conn())
    .await?;
    super::index(cx).await?;
    events::emit(cx, EventName::OrganizationRestored, "organization", organization, None, json!({})).await?;
    audit::record(cx, "organization.restored", organization, None, None).await?;
    Ok(true)
}
