use std::io::ErrorKind;

use types::id::OrganizationId;

use crate::{Actor, Result, Services, events, files};

/// Purges the organizations whose grace period is over. Part of the daily upkeep.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn purge_due(services: &Services) -> Result<()> {
    let due = sqlx::query_scalar!(
        "select organization_id from organization_purges where purge_at <= $1 order by purge_at limit 100",
        services.db.now()
    )
    .fetch_all(services.db.system().pool())
    .await?;
    for organization in due {
        // One that cannot be purged now keeps no other from it.
        if let Err(error) = purge(services, OrganizationId(organization)).await {
            tracing::warn!(%organization, ?error, "an organization waits to be purged");
        }
    }
    Ok(())
}

/// Removes an organization and everything that it owns: rows, vectors, files. Its people stay, with their places in
/// other organizations. One that was brought back meanwhile is left alone, also when it was deleted again.
pub(crate) async fn purge(services: &Services, organization: OrganizationId) -> Result<()> {
    // Who publishes or seals what was written last holds rows that a purge takes in another order: that is done before.
    events::drain(services).await?;
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    let deleted = sqlx::query!(
        "select id from organizations o where id = $1 and status = 'deleted'
           and exists (select from organization_purges where organization_id = $1 and purge_at <= $2)
         for update of o",
        organization.0,
        now
    )
    .fetch_optional(cx.conn())
    .await?;
    if deleted.is_some() {
        // What does not go with the organization's row by itself.
        sqlx::query!(
            "with events as (delete from event_outbox where organization_id = $1),
                  audited as (delete from audit_outbox where organization_id = $1),
                  snoozes as (delete from snooze_wakeups where organization_id = $1),
                  sessions as (delete from sessions where organization_id = $1)
             delete from organizations where id = $1",
            organization.0
        )
        .execute(cx.conn())
        .await?;
        tracing::info!(%organization, "an organization was purged");
    }
    cx.commit().await?;
    // Also after a crash between the two, or a backup that reads them: the files of the purged have no rows, and the daily
    // upkeep finds them.
    if deleted.is_some() && files::may_go(services).await? {
        let folder = services.settings.files_dir.join(organization.to_string());
        match tokio::fs::remove_dir_all(&folder).await {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                tracing::warn!(folder = %folder.display(), %error, "a purged organization's files are still there");
            }
            _ => {}
        }
    }
    Ok(())
}
