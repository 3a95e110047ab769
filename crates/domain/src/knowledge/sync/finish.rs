use types::{
    event::EventName,
    knowledge::{NotRead, NotReadCode, SyncStatus},
    reason::ReasonCode,
};

use super::{
    events,
    run::Run,
    settle::{Settled, settle},
};
use crate::{Cx, Result, events as all_events};

/// Ends a sync whose pages are done: in one transaction the new documents begin to answer and the old and vanished
/// ones are gone. A sync that could read no page fails and leaves the old documents as they are.
pub(super) async fn finish(run: &Run) -> Result<()> {
    let (organization, source, sync) = (run.organization.0, run.source.0, run.sync.0);
    let mut cx = run.begin().await?;
    let now = cx.now();
    let wanted = sqlx::query!(
        "select id from knowledge_syncs where organization_id = $1 and id = $2 and status = 'running' for update",
        organization,
        sync
    )
    .fetch_optional(cx.conn())
    .await?;
    if wanted.is_none() {
        return Ok(());
    }
    let pages = sqlx::query!(
        r#"select count(*) filter (where status = 'pending') as "pending!",
                  count(*) filter (where status = 'failed') as "failed!", count(*) as "all!"
           from knowledge_sync_pages where organization_id = $1 and sync_id = $2"#,
        organization,
        sync
    )
    .fetch_one(cx.conn())
    .await?;
    if pages.pending > 0 {
        // Another run of the job adds pages at this moment, and will end the sync.
        return Ok(());
    }
    let failure = if pages.failed == pages.all { Some(failure(&mut cx, run, pages.all).await?) } else { None };
    let status = if failure.is_some() { SyncStatus::Failed } else { SyncStatus::Completed };
    if failure.is_none() {
        sqlx::query!(
            "delete from documents d where d.organization_id = $1 and d.source_id = $2
               and d.sync_id is distinct from $3
               and not exists (select from knowledge_sync_pages p
                               where p.organization_id = $1 and p.sync_id = $3 and p.document_id = d.id)",
            organization,
            source,
            sync
        )
        .execute(cx.conn())
        .await?;
        sqlx::query!(
            "update documents set is_live = true
             where organization_id = $1 and source_id = $2 and sync_id = $3 and not is_live",
            organization,
            source,
            sync
        )
        .execute(cx.conn())
        .await?;
    }
    sqlx::query!(
        "update knowledge_syncs set status = $3, reason = $4, reason_code = $7, finished_at = $5, heartbeat_at = $5,
                chunks = (select count(*)::int from document_chunks c
                          join documents d on d.organization_id = c.organization_id and d.id = c.document_id
                          where d.organization_id = $1 and d.source_id = $6 and d.sync_id = $2)
         where organization_id = $1 and id = $2",
        organization,
        sync,
        status.as_str(),
        failure.as_ref().map(NotRead::to_string),
        now,
        source,
        failure.as_ref().map(serde_json::to_value).transpose()?
    )
    .execute(cx.conn())
    .await?;
    let payload = serde_json::json!({"status": if failure.is_some() { "failed" } else { "ready" }});
    settle(&mut cx, run.source, failure.map_or(Settled::Completed, Settled::Failed)).await?;
    events::tell(&mut cx, run).await?;
    all_events::emit(&mut cx, EventName::SourceUpdated, "knowledge_source", run.source, None, payload).await?;
    run.services.commit(cx).await?;
    db::hooks::step("sync-finished");
    Ok(())
}

/// Why none of so many pages was read.
async fn failure(cx: &mut Cx, run: &Run, pages: i64) -> Result<NotRead> {
    let first = sqlx::query!(
        "select reason, reason_code from knowledge_sync_pages
         where organization_id = $1 and sync_id = $2 and status = 'failed' order by position limit 1",
        run.organization.0,
        run.sync.0
    )
    .fetch_optional(cx.conn())
    .await?;
    let first = first.and_then(|page| NotRead::stored(page.reason, page.reason_code));
    let first = first.unwrap_or_else(|| NotReadCode::NothingRead.into());
    Ok(match u64::try_from(pages) {
        Ok(pages @ 2..) => NotRead { number: Some(pages), ..NotReadCode::NoPage.because(first) },
        _ => first,
    })
}
