use std::io::ErrorKind;

use types::id::OrganizationId;

use crate::{Actor, Cx, Result, Services, events, files};

/// Tables that grow for as long as an organization works; none before those that refer to it.
const LARGE: [&str; 7] =
    ["webhook_deliveries", "events", "answer_traces", "messages", "conversations", "document_chunks", "documents"];
/// Rows that one transaction removes.
const BATCH: u32 = 5_000;

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
/// other organizations. One that was brought back meanwhile is left alone, also when it was deleted again; from its day on
/// nobody brings it back, and it may go piece by piece.
pub(crate) async fn purge(services: &Services, organization: OrganizationId) -> Result<()> {
    // Who publishes or seals what was written last holds rows that a purge takes in another order: that is done before.
    events::drain(services).await?;
    let mut cx = loop {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        if !is_due(&mut cx).await? {
            return Ok(());
        }
        if remove_some(&mut cx).await? == 0 {
            break cx;
        }
        cx.commit().await?;
    };
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
    cx.commit().await?;
    tracing::info!(%organization, "an organization was purged");
    // Also after a crash between the two, or a backup that reads them: the files of the purged have no rows, and the daily
    // upkeep finds them.
    if files::may_go(services).await? {
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

/// Whether the organization's day has come. Held until the transaction ends.
async fn is_due(cx: &mut Cx) -> Result<bool> {
    let (organization, now) = (cx.organization(), cx.now());
    let due = sqlx::query!(
        "select id from organizations o where id = $1 and status = 'deleted'
           and exists (select from organization_purges where organization_id = $1 and purge_at <= $2)
         for update of o",
        organization.0,
        now
    )
    .fetch_optional(cx.conn())
    .await?;
    Ok(due.is_some())
}

/// Removes some of what there may be very much of, and tells how many rows. What is left goes with the organization.
async fn remove_some(cx: &mut Cx) -> Result<u64> {
    let organization = cx.organization();
    for table in LARGE {
        let some = format!(
            "delete from {table} where organization_id = $1
               and ctid = any(array(select ctid from {table} where organization_id = $1 limit {BATCH}))"
        );
        let removed = sqlx::query(&some).bind(organization.0).execute(cx.conn()).await?.rows_affected();
        if removed > 0 {
            return Ok(removed);
        }
    }
    Ok(0)
}
