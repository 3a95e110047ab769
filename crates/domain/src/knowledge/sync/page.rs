//! One page: fetched, read, compared with its live version, embedded.

use outbound::{Get, Robots};
use sha2::{Digest, Sha256};
use types::{id::DocumentId, knowledge::NotReadCode, reason::ReasonCode};
use url::Url;

use super::{
    document::NewDocument,
    fetch::{Failure, fetch},
    links::Scope,
    run::{GoesOn, Run},
    store::{self, Live, Outcome, PendingPage},
};
use crate::{
    Result,
    knowledge::{embed, extract},
};

/// What came of a page, and what it leads to.
pub(super) struct PageRead {
    pub outcome: Outcome,
    /// Addresses within the crawl.
    pub links: Vec<String>,
}

impl PageRead {
    pub fn failed(failure: Failure, live: Option<&Live>) -> Self {
        let Failure { reason, is_gone } = failure;
        // What only failed in passing goes on answering in its old version, and leads where that did.
        let kept = live.filter(|_| !is_gone);
        let outcome = Outcome::Failed { reason, is_gone, keep: kept.map(|live| live.id) };
        Self { outcome, links: kept.map(|live| live.links.clone()).unwrap_or_default() }
    }
}

/// Bytes that came from somewhere, with what is known of them.
pub(super) struct Raw {
    pub bytes: Vec<u8>,
    pub media_type: String,
    /// Tells kinds of text apart.
    pub file_name: String,
    pub etag: Option<String>,
    pub last_modified: Option<String>,
    /// What links are relative to.
    pub url: Option<Url>,
}

/// Reads the one page of a file or text source, and writes it.
pub(super) async fn read_only_page(run: &Run) -> anyhow::Result<GoesOn> {
    let Some(page) = store::pending(run, 0, 1).await?.pop() else { return Ok(GoesOn::Yes) };
    let live = store::live(run, &page.location).await?;
    let raw = match (&run.content, &run.storage_key) {
        (Some(content), _) => Ok((content.clone().into_bytes(), "text/markdown".to_owned())),
        (None, Some(key)) => match tokio::fs::read(run.services.settings.files_dir.join(key)).await {
            Ok(bytes) => Ok((bytes, run.media_type.clone())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Err(NotReadCode::FileMissing),
            Err(error) => return Err(error.into()),
        },
        (None, None) => Err(NotReadCode::NoContent),
    };
    let read = match raw {
        Err(reason) => Some(PageRead::failed(Failure::passing(reason), live.as_ref())),
        Ok((bytes, media_type)) => {
            let file_name = run.location.clone();
            let raw = Raw { bytes, media_type, file_name, etag: None, last_modified: None, url: None };
            digest(run, &page, raw, live, None).await?
        }
    };
    let Some(read) = read else { return Ok(GoesOn::No) };
    Ok(store::write(run, &page, read, None).await?)
}

/// Fetches and reads a page of a crawl; with the address that answered, if one did. None: the sync is over. `scope` is none
/// for the first page, which may redirect to anywhere public.
pub(super) async fn read(
    run: &Run,
    page: &PendingPage,
    scope: Option<&Scope>,
    robots: Option<&Robots>,
) -> Result<Option<(PageRead, Option<Url>)>> {
    let live = store::live(run, &page.location).await?;
    let inside =
        |url: &Url| scope.is_none_or(|scope| scope.contains(url)) && robots.is_none_or(|robots| robots.allows(url));
    // With another model or reader the page is read again, changed or not. The first page is always read: its links
    // and the site's sitemap decide what there is.
    let known = live.as_ref().filter(|live| live.recipe == run.recipe && scope.is_some());
    let what = Get {
        etag: known.and_then(|live| live.etag.as_deref()),
        last_modified: known.and_then(|live| live.last_modified.as_deref()),
        max_bytes: None,
        may_redirect: scope.is_some().then_some(&inside),
    };
    let fetched = match fetch(run, &page.location, what).await {
        Ok(fetched) => fetched,
        Err(failure) => return Ok(Some((PageRead::failed(failure, live.as_ref()), None))),
    };
    let url = fetched.final_url.clone();
    if let (304, Some(live)) = (fetched.status, known) {
        let links = live.links.clone();
        let outcome = Outcome::Unchanged { document: live.id, etag: None, last_modified: None, links: None };
        return Ok(Some((PageRead { outcome, links }, Some(url))));
    }
    let media_type = match &fetched.charset {
        Some(charset) => format!("{}; charset={charset}", fetched.media_type),
        None => fetched.media_type.clone(),
    };
    let raw = Raw {
        bytes: fetched.bytes,
        media_type,
        file_name: url.path().rsplit('/').next().unwrap_or_default().to_owned(),
        etag: fetched.etag,
        last_modified: fetched.last_modified,
        url: Some(url.clone()),
    };
    let own_scope = scope.cloned().unwrap_or_else(|| Scope::new(&url));
    Ok(digest(run, page, raw, live, Some(&own_scope)).await?.map(|read| (read, Some(url))))
}

/// Reads bytes into a document, unless its text is that of the live version or of another page of this sync. None: the sync
/// is over.
async fn digest(
    run: &Run,
    page: &PendingPage,
    raw: Raw,
    live: Option<Live>,
    scope: Option<&Scope>,
) -> Result<Option<PageRead>> {
    let read = match extract::read(&run.services, raw.bytes, &raw.media_type, &raw.file_name).await {
        Ok(read) => read,
        Err(failure) => return Ok(Some(PageRead::failed(failure, live.as_ref()))),
    };
    let links = match (scope, &raw.url) {
        (Some(scope), Some(url)) if run.crawl.crawl => {
            let base = read.extracted.base.as_deref().and_then(|base| url.join(base).ok());
            let base = base.as_ref().unwrap_or(url);
            let all = read.extracted.canonical.iter().chain(&read.extracted.links);
            let mut links: Vec<String> = all.filter_map(|href| scope.link(base, href)).map(String::from).collect();
            let mut seen = std::collections::HashSet::new();
            links.retain(|link| seen.insert(link.clone()));
            links
        }
        _ => Vec::new(),
    };
    if read.pieces.is_empty() {
        let outcome = Outcome::NoDocument { reason: NotReadCode::OnlyLinks.into() };
        return Ok(Some(PageRead { outcome, links }));
    }
    let title = match read.extracted.title.as_str() {
        "" => default_title(run, page),
        title => title.to_owned(),
    };
    let hash = Sha256::new().chain_update(&title).chain_update([0]).chain_update(&read.content).finalize().to_vec();
    if let Some(live) = live.as_ref().filter(|live| live.content_hash == hash && live.recipe == run.recipe) {
        let outcome = Outcome::Unchanged {
            document: live.id,
            etag: raw.etag,
            last_modified: raw.last_modified,
            links: Some(links.clone()),
        };
        return Ok(Some(PageRead { outcome, links }));
    }
    if let Some(same) = store::same_text(run, &hash).await? {
        return Ok(Some(PageRead { outcome: Outcome::NoDocument { reason: NotReadCode::SameText.of(same) }, links }));
    }
    let contexts: Vec<String> = read.pieces.iter().map(|piece| piece.in_context(&title)).collect();
    let mut vectors = Vec::with_capacity(contexts.len());
    for batch in contexts.chunks(embed::BATCH) {
        match embed::passages(&run.services, batch).await {
            Ok(more) => vectors.extend(more),
            Err(error) => {
                let reason = NotReadCode::EmbeddingFailed.said(error.to_string());
                let failed = PageRead::failed(Failure::passing(reason), live.as_ref());
                return Ok(Some(PageRead { links, ..failed }));
            }
        }
        if run.embedded(batch.len()).await? == GoesOn::No {
            return Ok(None);
        }
    }
    let document = NewDocument {
        id: DocumentId(run.services.db.new_id()),
        title,
        language: read.extracted.language,
        content: read.content,
        content_hash: hash,
        etag: raw.etag,
        last_modified: raw.last_modified,
        links: links.clone(),
        pieces: read.pieces,
        contexts,
        vectors,
    };
    Ok(Some(PageRead { outcome: Outcome::Document(Box::new(document)), links }))
}

/// A document without a title is called like its file, its source, or the end of its address.
fn default_title(run: &Run, page: &PendingPage) -> String {
    if run.scope.is_none() && run.content.is_some() || run.storage_key.is_some() {
        return run.name.clone();
    }
    let path = page.location.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path).to_owned()
}
