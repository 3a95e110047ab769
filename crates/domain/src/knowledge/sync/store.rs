//! What a sync writes: one transaction a page.

use std::sync::atomic::Ordering;

use types::{
    id::DocumentId,
    knowledge::{NotRead, NotReadCode},
    reason::ReasonCode,
};

use super::{
    document::{self, NewDocument},
    events,
    page::PageRead,
    run::{GoesOn, Run},
};
use crate::{Cx, Result};

/// A page that waits.
#[derive(Debug, Clone)]
pub(super) struct PendingPage {
    pub location: String,
    pub depth: i32,
    pub position: i64,
}

/// The version of a page that answers now.
pub(super) struct Live {
    pub id: DocumentId,
    pub content_hash: Vec<u8>,
    pub recipe: String,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    pub links: Vec<String>,
}

/// What came of a page.
pub(super) enum Outcome {
    Document(Box<NewDocument>),
    /// The live version still says what the page says. Given values replace its own.
    Unchanged {
        document: DocumentId,
        etag: Option<String>,
        last_modified: Option<String>,
        links: Option<Vec<String>>,
    },
    /// Read, but there is nothing to keep of it.
    NoDocument {
        reason: NotRead,
    },
    /// Not read. `keep`: the live version that goes on answering.
    Failed {
        reason: NotRead,
        is_gone: bool,
        keep: Option<DocumentId>,
    },
}

/// Pages that wait, behind a position.
pub(super) async fn pending(run: &Run, behind: i64, limit: i64) -> Result<Vec<PendingPage>> {
    let mut cx = run.begin().await?;
    Ok(sqlx::query_as!(
        PendingPage,
        r#"select location, depth, position as "position!" from knowledge_sync_pages
           where organization_id = $1 and sync_id = $2 and status = 'pending' and position > $3
           order by position limit $4"#,
        run.organization.0,
        run.sync.0,
        behind,
        limit
    )
    .fetch_all(cx.conn())
    .await?)
}

/// The live version of a page.
pub(super) async fn live(run: &Run, location: &str) -> Result<Option<Live>> {
    let mut cx = run.begin().await?;
    Ok(sqlx::query_as!(
        Live,
        "select id, content_hash, recipe, etag, last_modified, links from documents
         where organization_id = $1 and source_id = $2 and location = $3 and is_live limit 1",
        run.organization.0,
        run.source.0,
        location
    )
    .fetch_optional(cx.conn())
    .await?)
}

/// Live documents that this sync has not come to.
pub(super) async fn unasked(run: &Run) -> Result<Vec<String>> {
    let mut cx = run.begin().await?;
    Ok(sqlx::query_scalar!(
        "select location from documents d where organization_id = $1 and source_id = $2 and is_live
           and not exists (select from knowledge_sync_pages p
                           where p.organization_id = $1 and p.sync_id = $3 and p.location = d.location)
         order by location limit $4",
        run.organization.0,
        run.source.0,
        run.sync.0,
        i64::from(run.crawl.max_pages)
    )
    .fetch_all(cx.conn())
    .await?)
}

/// The address of another page of this sync with the same text.
pub(super) async fn same_text(run: &Run, hash: &[u8]) -> Result<Option<String>> {
    same_text_in(&mut run.begin().await?, run, hash).await
}

async fn same_text_in(cx: &mut Cx, run: &Run, hash: &[u8]) -> Result<Option<String>> {
    Ok(sqlx::query_scalar!(
        "select p.location from documents d
         join knowledge_sync_pages p on p.organization_id = d.organization_id and p.sync_id = $3
           and p.document_id = d.id and p.status in ('done', 'unchanged')
         where d.organization_id = $1 and d.source_id = $2 and d.content_hash = $4 limit 1",
        run.organization.0,
        run.source.0,
        run.sync.0,
        hash
    )
    .fetch_optional(cx.conn())
    .await?)
}

/// Shows that the sync lives, and how many passages there are.
pub(super) async fn touch(run: &Run) -> Result<GoesOn> {
    let mut cx = run.begin().await?;
    if !beat(&mut cx, run).await? {
        return Ok(GoesOn::No);
    }
    events::tell(&mut cx, run).await?;
    run.services.commit(cx).await?;
    Ok(GoesOn::Yes)
}

/// Locks the sync's row and notes the time; false when the sync is over, and when its organization works no longer.
async fn beat(cx: &mut Cx, run: &Run) -> Result<bool> {
    let beaten = sqlx::query!(
        "update knowledge_syncs set heartbeat_at = $3, chunks = greatest(chunks, $4)
         where organization_id = $1 and id = $2 and status = 'running'
           and exists (select from organizations where id = $1 and status = 'active')",
        run.organization.0,
        run.sync.0,
        cx.now(),
        run.chunks.load(Ordering::Relaxed)
    )
    .execute(cx.conn())
    .await?;
    Ok(beaten.rows_affected() == 1)
}

/// Writes what came of a page, with its document and the pages that it leads to, all or nothing. A page that another
/// run of the same job has written meanwhile stays as that wrote it, and nothing is written when the sync is over. `scope`
/// is given with the first page.
pub(super) async fn write(run: &Run, page: &PendingPage, read: PageRead, scope: Option<&str>) -> Result<GoesOn> {
    let mut cx = run.begin().await?;
    if !beat(&mut cx, run).await? {
        return Ok(GoesOn::No);
    }
    let (status, reason, document) = match read.outcome {
        Outcome::Document(new) => match same_text_in(&mut cx, run, &new.content_hash).await? {
            // Two pages with one text were read at the same time.
            Some(same) => ("done", Some(NotReadCode::SameText.of(same)), None),
            None => {
                document::insert(&mut cx, run, &page.location, &new).await?;
                ("done", None, Some(new.id))
            }
        },
        Outcome::Unchanged { document, etag, last_modified, links } => {
            sqlx::query!(
                "update documents set etag = coalesce($3, etag), last_modified = coalesce($4, last_modified),
                        links = coalesce($5, links)
                 where organization_id = $1 and id = $2",
                run.organization.0,
                document.0,
                etag,
                last_modified,
                links.as_deref()
            )
            .execute(cx.conn())
            .await?;
            ("unchanged", None, Some(document))
        }
        Outcome::NoDocument { reason } => ("done", Some(reason), None),
        Outcome::Failed { reason, keep, .. } => ("failed", Some(reason), keep),
    };
    let taken = sqlx::query!(
        "update knowledge_sync_pages set status = $4, reason = $5, reason_code = $6, document_id = $7
         where organization_id = $1 and sync_id = $2 and location = $3 and status = 'pending'",
        run.organization.0,
        run.sync.0,
        page.location,
        status,
        reason.as_ref().map(NotRead::to_string),
        reason.as_ref().map(serde_json::to_value).transpose()?,
        document.map(|id| id.0)
    )
    .execute(cx.conn())
    .await?;
    if taken.rows_affected() == 0 {
        return Ok(GoesOn::Yes);
    }
    let found = add_pages(&mut cx, run, page.depth + 1, &read.links).await?;
    sqlx::query!(
        "update knowledge_syncs set pages_found = pages_found + $3, scope = coalesce(scope, $5),
                pages_done = pages_done + ($4 = 'done')::int, pages_unchanged = pages_unchanged + ($4 = 'unchanged')::int,
                pages_failed = pages_failed + ($4 = 'failed')::int
         where organization_id = $1 and id = $2",
        run.organization.0,
        run.sync.0,
        found,
        status,
        scope
    )
    .execute(cx.conn())
    .await?;
    if events::is_due(run) {
        events::tell(&mut cx, run).await?;
    }
    run.services.commit(cx).await?;
    db::hooks::step("page-written");
    Ok(GoesOn::Yes)
}

/// Those of a page's links that the crawl has not come to, while it has room for more; none behind its depth.
pub(super) async fn wanted(run: &Run, page: &PendingPage, links: Vec<String>) -> Result<Vec<String>> {
    if !may_lead_on(run, page.depth + 1, &links) {
        return Ok(Vec::new());
    }
    let mut cx = run.begin().await?;
    Ok(sqlx::query_scalar!(
        r#"select link.location as "location!" from unnest($3::text[]) with ordinality as link(location, place)
           where not exists (select from knowledge_sync_pages p
                             where p.organization_id = $1 and p.sync_id = $2 and p.location = link.location)
             and $4 > (select pages_found from knowledge_syncs where organization_id = $1 and id = $2)
           order by link.place"#,
        run.organization.0,
        run.sync.0,
        &links,
        i32::try_from(run.crawl.max_pages).unwrap_or(i32::MAX)
    )
    .fetch_all(cx.conn())
    .await?)
}

fn may_lead_on(run: &Run, depth: i32, links: &[String]) -> bool {
    !links.is_empty() && run.crawl.crawl && i64::from(depth) <= i64::from(run.crawl.max_depth)
}

/// Adds the pages that are new, within the limits of depth and number; gives how many those were. The sync's row is
/// locked, so positions ascend in the order of commits.
async fn add_pages(cx: &mut Cx, run: &Run, depth: i32, links: &[String]) -> Result<i32> {
    if !may_lead_on(run, depth, links) {
        return Ok(0);
    }
    let added = sqlx::query!(
        "insert into knowledge_sync_pages (organization_id, sync_id, location, depth)
         select $1, $2, link.location, $4 from unnest($3::text[]) with ordinality as link(location, place)
         where not exists (select from knowledge_sync_pages p
                           where p.organization_id = $1 and p.sync_id = $2 and p.location = link.location)
         order by link.place
         limit greatest(0, $5 - (select pages_found from knowledge_syncs where organization_id = $1 and id = $2))
         on conflict do nothing",
        run.organization.0,
        run.sync.0,
        links,
        depth,
        i32::try_from(run.crawl.max_pages).unwrap_or(i32::MAX)
    )
    .execute(cx.conn())
    .await?;
    Ok(i32::try_from(added.rows_affected()).unwrap_or(i32::MAX))
}
