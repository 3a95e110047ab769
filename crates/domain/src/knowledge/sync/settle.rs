use types::{
    id::SourceId,
    knowledge::{NotRead, NotReadCode},
};

use crate::{Cx, Result};

/// How a sync ended, as its source shows it.
pub(in crate::knowledge) enum Settled {
    /// Pages were read.
    Completed,
    /// No page was read, with the reason.
    Failed(NotRead),
    Cancelled,
}

/// Brings the source's status, figures and next time up to date after a sync, in the transaction that ends it.
pub(in crate::knowledge) async fn settle(cx: &mut Cx, source: SourceId, how: Settled) -> Result<()> {
    let (status, reason) = match how {
        Settled::Completed => (Some("ready"), None),
        Settled::Failed(reason) => (Some("failed"), Some(reason)),
        // What answered before still does.
        Settled::Cancelled => (None, Some(NotReadCode::Cancelled.into())),
    };
    sqlx::query!(
        "with counted as (
           select count(distinct d.id)::int as documents, count(c.id)::int as chunks
           from documents d left join document_chunks c on c.organization_id = d.organization_id and c.document_id = d.id
           where d.organization_id = $1 and d.source_id = $2 and d.is_live
         )
         update knowledge_sources set
           status = coalesce($3, case when counted.documents > 0 then 'ready' else 'failed' end),
           failure_reason = case when $3 is null and counted.documents > 0 then null else $4 end,
           document_count = counted.documents, chunk_count = counted.chunks, last_sync_at = $5, updated_at = $5
         from counted where organization_id = $1 and id = $2",
        cx.organization().0,
        source.0,
        status,
        reason.map(|reason| reason.to_string()),
        cx.now()
    )
    .execute(cx.conn())
    .await?;
    next_sync(cx, source).await
}

/// The same for a sync that ends before its time: what it has read is dropped.
pub(in crate::knowledge) async fn abandon(cx: &mut Cx, source: SourceId, how: Settled) -> Result<()> {
    sqlx::query!(
        "delete from documents where organization_id = $1 and source_id = $2 and not is_live",
        cx.organization().0,
        source.0
    )
    .execute(cx.conn())
    .await?;
    settle(cx, source, how).await
}

/// Reckons when the source is read next, and puts it into the schedule. A running sync is watched instead.
pub(in crate::knowledge) async fn next_sync(cx: &mut Cx, source: SourceId) -> Result<()> {
    sqlx::query!(
        "with next as (
           update knowledge_sources set next_sync_at = greatest($3, coalesce(last_sync_at, $3) + case schedule
               when 'hourly' then interval '1 hour' when 'daily' then interval '1 day'
               when 'weekly' then interval '7 days' end)
           where organization_id = $1 and id = $2 returning schedule, next_sync_at
         ), running as (
           select from knowledge_syncs where organization_id = $1 and source_id = $2 and status = 'running'
         ), dropped as (
           delete from sync_schedule using next where organization_id = $1 and source_id = $2
             and next.schedule = 'off' and not exists (select from running)
         )
         insert into sync_schedule (organization_id, source_id, due_at)
         select $1, $2, next_sync_at from next where schedule <> 'off' and not exists (select from running)
         on conflict (organization_id, source_id) do update set due_at = excluded.due_at",
        cx.organization().0,
        source.0,
        cx.now()
    )
    .execute(cx.conn())
    .await?;
    // `greatest` passes over the null of a schedule that is off.
    sqlx::query!(
        "update knowledge_sources set next_sync_at = null where organization_id = $1 and id = $2 and schedule = 'off'",
        cx.organization().0,
        source.0
    )
    .execute(cx.conn())
    .await?;
    Ok(())
}
