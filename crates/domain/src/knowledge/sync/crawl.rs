use std::{collections::VecDeque, time::Duration};

use futures::{StreamExt, stream::FuturesUnordered};
use outbound::Robots;
use url::Url;

use super::{
    fetch::Failure,
    links::Scope,
    page::{self, Over, PageRead},
    run::{GoesOn, Run},
    sitemaps,
    store::{self, PendingPage, Written},
};

/// Pages in flight.
const PARALLEL: usize = 4;
/// Pages taken from the table at once.
const BATCH: i64 = 64;
/// The longest pause between two pages that a robots.txt is granted.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Reads the first page, then what it, the sitemap and the pages after it lead to.
pub(super) async fn run(run: &Run) -> anyhow::Result<GoesOn> {
    let scope = match &run.scope {
        Some(scope) => Url::parse(scope)?,
        None => match first_page(run).await? {
            Some(scope) => scope,
            None => return Ok(GoesOn::No),
        },
    };
    if !run.crawl.crawl {
        return Ok(GoesOn::Yes);
    }
    let robots = match run.services.outbound.robots(&scope).await {
        Ok(robots) => robots,
        // Pages that wait are failed one by one, each with the reason; normally the first page had it already.
        Err(error) => return fail_all(run, &format!("robots.txt of the site cannot be had: {error}")).await,
    };
    pages(run, &Scope::new(&scope), &robots).await
}

/// Reads the first page, which decides what belongs to the crawl. None: the sync is over.
async fn first_page(run: &Run) -> anyhow::Result<Option<Url>> {
    let start = Url::parse(&run.location)?;
    let Some(page) = store::pending(run, 0, 1).await?.pop() else { return Ok(Some(start)) };
    let fail = async |reason: String| -> anyhow::Result<Option<Url>> {
        let read = PageRead::failed(Failure::passing(reason), store::live(run, &page.location).await?.as_ref());
        let written = store::write(run, &page, read, Some(start.as_str())).await?;
        Ok((written == Written::Yes).then(|| start.clone()))
    };
    let client = &run.services.outbound;
    let forbidden = "robots.txt of the site forbids to read this page";
    // An address that is refused says so itself, better than through its robots.txt.
    if let Err(error) = client.check(start.as_str()) {
        return fail(error.to_string()).await;
    }
    match client.robots(&start).await {
        Err(error) => return fail(format!("robots.txt of the site cannot be had: {error}")).await,
        Ok(robots) if !robots.allows(&start) => return fail(forbidden.into()).await,
        Ok(_) => {}
    }
    let (mut read, end) = match page::read(run, &page, None, None).await? {
        Ok(read) => read,
        Err(Over) => return Ok(None),
    };
    let end = end.unwrap_or_else(|| start.clone());
    let robots = match client.robots(&end).await {
        Ok(robots) => robots,
        Err(error) => return fail(format!("robots.txt of the site cannot be had: {error}")).await,
    };
    if !robots.allows(&end) {
        return fail(forbidden.into()).await;
    }
    if run.crawl.crawl {
        let most = run.crawl.max_pages as usize;
        read.links.retain(|link| Url::parse(link).is_ok_and(|url| robots.allows(&url)));
        read.links.extend(sitemaps::pages(client, &Scope::new(&end), &end, &robots, most).await);
        let mut seen = std::collections::HashSet::from([page.location.clone()]);
        read.links.retain(|link| seen.insert(link.clone()));
    }
    let written = store::write(run, &page, read, Some(end.as_str())).await?;
    Ok((written == Written::Yes).then_some(end))
}

/// Reads the pages that wait, and those that they lead to, until there are none.
async fn pages(run: &Run, scope: &Scope, robots: &Robots) -> anyhow::Result<GoesOn> {
    let delay = robots.delay().map(|delay| delay.min(MAX_DELAY));
    let parallel = if delay.is_some() { 1 } else { PARALLEL };
    let mut waiting: VecDeque<PendingPage> = VecDeque::new();
    let mut behind = 0;
    let mut in_flight = FuturesUnordered::new();
    loop {
        if waiting.is_empty() {
            // Pages in flight go on meanwhile: they may hold the connection that this waits for.
            tokio::select! {
                more = store::pending(run, behind, BATCH) => waiting.extend(more?),
                Some(written) = in_flight.next() => match written? {
                    Written::Yes => continue,
                    Written::Over => return Ok(GoesOn::No),
                },
            }
            behind = waiting.back().map_or(behind, |page| page.position);
        }
        while in_flight.len() < parallel
            && let Some(page) = waiting.pop_front()
        {
            in_flight.push(one(run, page, scope, robots, delay));
        }
        match in_flight.next().await {
            None => return Ok(GoesOn::Yes),
            Some(written) => {
                if written? == Written::Over {
                    return Ok(GoesOn::No);
                }
            }
        }
    }
}

async fn one(
    run: &Run,
    page: PendingPage,
    scope: &Scope,
    robots: &Robots,
    delay: Option<Duration>,
) -> anyhow::Result<Written> {
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    let mut read = match page::read(run, &page, Some(scope), Some(robots)).await? {
        Ok((read, _)) => read,
        Err(Over) => return Ok(Written::Over),
    };
    read.links.retain(|link| Url::parse(link).is_ok_and(|url| robots.allows(&url)));
    Ok(store::write(run, &page, read, None).await?)
}

async fn fail_all(run: &Run, reason: &str) -> anyhow::Result<GoesOn> {
    let mut behind = 0;
    loop {
        let waiting = store::pending(run, behind, BATCH).await?;
        let Some(last) = waiting.last() else { return Ok(GoesOn::Yes) };
        behind = last.position;
        for page in waiting {
            let live = store::live(run, &page.location).await?;
            let read = PageRead::failed(Failure::passing(reason), live.as_ref());
            if store::write(run, &page, read, None).await? == Written::Over {
                return Ok(GoesOn::No);
            }
        }
    }
}
