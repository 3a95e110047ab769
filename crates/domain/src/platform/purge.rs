use std::time::Duration;

use serde_json::json;
use types::{error::FieldRule, id::OrganizationId};

use super::{Operator, log::Act};
use crate::{Error, Result, Services, organizations};

/// How long the operator waits for the end of a purge, which may take minutes.
const PATIENCE: Duration = Duration::from_secs(15);

/// Removes an organization and everything that it owns, at once and for good. `confirmation` is its name. It must be
/// suspended or deleted before. A large one may still be listed as deleted when this ends, until it is gone.
///
/// # Errors
/// [`Error::Validation`] of `confirmation`; [`Error::NotFound`]; [`Error::Conflict`] while it is active.
pub async fn purge_organization(
    services: &Services,
    operator: &Operator,
    id: OrganizationId,
    confirmation: &str,
) -> Result<()> {
    let mut cx = operator.begin(services, id).await?;
    let row = sqlx::query!("select name, status from organizations where id = $1 for update", id.0)
        .fetch_optional(cx.conn())
        .await?
        .ok_or(Error::NotFound("organization"))?;
    if confirmation.trim() != row.name {
        return Err(Error::rule("confirmation", FieldRule::Mismatch));
    }
    if row.status == "active" {
        return Err(Error::Conflict("suspend the organization first".into()));
    }
    let now = cx.now();
    sqlx::query!(
        "update organizations set status = 'deleted', deleted_at = coalesce(deleted_at, $2) where id = $1",
        id.0,
        now
    )
    .execute(cx.conn())
    .await?;
    // Should the program stop before the purge is done, the daily upkeep goes on with it.
    sqlx::query!(
        "insert into organization_purges (organization_id, purge_at) values ($1, $2)
         on conflict (organization_id) do update set purge_at = $2",
        id.0,
        now
    )
    .execute(cx.conn())
    .await?;
    organizations::index(&mut cx).await?;
    let before = Some(json!({"name": row.name, "status": row.status}));
    let act = Act { action: "organization.purged", resource: id.0, before, after: None };
    operator.note(services, cx.conn(), act).await?;
    services.commit(cx).await?;
    services.live.end_organization(id);
    // Goes on when it takes longer than a request may.
    let purge = tokio::spawn({
        let services = services.clone();
        async move { organizations::purge(&services, id).await }
    });
    match tokio::time::timeout(PATIENCE, purge).await {
        Ok(purged) => purged.map_err(anyhow::Error::from)?,
        Err(_) => Ok(()),
    }
}
