use std::{
    collections::{HashSet, VecDeque},
    time::Duration,
};

use anyhow::Context;
use futures::{StreamExt, stream::FuturesUnordered};
use outbound::Robots;
use types::{
    knowledge::{NotRead, NotReadCode},
    reason::ReasonCode,
};
use url::Url;

use super::{
    fetch::Failure,
    links::Scope,
    page::{self, PageRead},
    run::{GoesOn, Run},
    sitemaps,
    store::{self, Outcome, PendingPage},
};
use crate::{Result, knowledge::not_read::of_address};

/// Pages in flight.
const PARALLEL: usize = 4;
/// Pages taken from the table at once.
const BATCH: i64 = 64;
/// The longest pause between two pages that a robots.txt is granted.
const MAX_DELAY: Duration = Duration::from_secs(10);

/// Reads the first page, then what it, the sitemap and the pages after it lead to. None: its turn is over before that.
pub(super) async fn run(run: &Run) -> anyhow::Result<Option<GoesOn>> {
    let scope = match &run.scope {
        Some(scope) => Url::parse(scope)?,
        None => match first_page(run).await? {
            Some(scope) => scope,
            None => return Ok(Some(GoesOn::No)),
        },
    };
    if !run.crawl.crawl || store::pending(run, 0, 1).await?.is_empty() {
        return Ok(Some(GoesOn::Yes));
    }
    // The first page had it already: it fails in passing, and the job goes on from here when it is tried again.
    let robots = run.services.outbound.robots(&scope).await.context("the site's robots.txt cannot be read")?;
    pages(run, &Scope::new(&scope), &robots).await
}

/// Reads the first page, which decides what belongs to the crawl. None: the sync is over. When it fails in passing it
/// leads nowhere, so that the sync fails as a whole: what else there is cannot be seen without it.
async fn first_page(run: &Run) -> anyhow::Result<Option<Url>> {
    let start = Url::parse(&run.location)?;
    let Some(page) = store::pending(run, 0, 1).await?.pop() else { return Ok(Some(start)) };
    let fail = async |reason: NotRead| -> anyhow::Result<Option<Url>> {
        let failed = PageRead::failed(Failure::passing(reason), store::live(run, &page.location).await?.as_ref());
        let read = PageRead { links: Vec::new(), ..failed };
        let written = store::write(run, &page, read, Some(start.as_str())).await?;
        Ok((written == GoesOn::Yes).then(|| start.clone()))
    };
    let client = &run.services.outbound;
    let no_robots = |error| NotReadCode::NoRobots.because(of_address(error));
    // An address that is refused says so itself, better than through its robots.txt.
    if let Err(error) = client.check(start.as_str()) {
        return fail(of_address(error)).await;
    }
    match client.robots(&start).await {
        Err(error) => return fail(no_robots(error)).await,
        Ok(robots) if !robots.allows(&start) => return fail(NotReadCode::RobotsForbid.into()).await,
        Ok(_) => {}
    }
    let Some((mut read, end)) = page::read(run, &page, None, None).await? else { return Ok(None) };
    if let Outcome::Failed { reason, is_gone: false, .. } = read.outcome {
        return fail(reason).await;
    }
    let end = end.unwrap_or_else(|| start.clone());
    let robots = match client.robots(&end).await {
        Ok(robots) => robots,
        Err(error) => return fail(no_robots(error)).await,
    };
    if !robots.allows(&end) {
        return fail(NotReadCode::RobotsForbid.into()).await;
    }
    if run.crawl.crawl {
        let (scope, most) = (Scope::new(&end), run.crawl.max_pages as usize);
        let sitemaps = sitemaps::read(client, &scope, &end, &robots, most).await;
        let mut links = if sitemaps.are_whole { Vec::new() } else { unasked(run, &scope).await? };
        links.append(&mut read.links);
        let mut seen = HashSet::from([page.location.clone()]);
        links.retain(|link| seen.insert(link.clone()));
        read.links = to_follow(run, &robots, &page, links).await?;
        read.links.extend(sitemaps.pages.into_iter().filter(|link| seen.insert(link.clone())));
    }
    let written = store::write(run, &page, read, Some(end.as_str())).await?;
    Ok((written == GoesOn::Yes).then_some(end))
}

/// The live documents of the crawl that it has not come to. Where it cannot be seen what leads to them they are asked for
/// themselves: only its own answer says that a page is gone.
async fn unasked(run: &Run, scope: &Scope) -> Result<Vec<String>> {
    let mut locations = store::unasked(run).await?;
    locations.retain(|location| Url::parse(location).is_ok_and(|url| scope.contains(&url)));
    Ok(locations)
}

/// Reads the pages that wait, and those that they lead to, until there are none or its turn is over. None is left half read.
async fn pages(run: &Run, scope: &Scope, robots: &Robots) -> anyhow::Result<Option<GoesOn>> {
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
                    GoesOn::Yes => continue,
                    GoesOn::No => return Ok(Some(GoesOn::No)),
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
            None => return Ok(Some(GoesOn::Yes)),
            Some(written) => {
                if written? == GoesOn::No {
                    return Ok(Some(GoesOn::No));
                }
            }
        }
        if run.is_turn_over() {
            while let Some(written) = in_flight.next().await {
                if written? == GoesOn::No {
                    return Ok(Some(GoesOn::No));
                }
            }
            return Ok(None);
        }
    }
}

async fn one(
    run: &Run,
    page: PendingPage,
    scope: &Scope,
    robots: &Robots,
    delay: Option<Duration>,
) -> anyhow::Result<GoesOn> {
    if let Some(delay) = delay {
        tokio::time::sleep(delay).await;
    }
    let Some((mut read, _)) = page::read(run, &page, Some(scope), Some(robots)).await? else {
        return Ok(GoesOn::No);
    };
    // It had no text of its own, so nothing tells where it led.
    if matches!(read.outcome, Outcome::Failed { is_gone: false, keep: None, .. }) {
        read.links = unasked(run, scope).await?;
    }
    read.links = to_follow(run, robots, &page, read.links).await?;
    Ok(store::write(run, &page, read, None).await?)
}

/// Those of a page's links that the crawl still wants and may follow, as many as it may have pages.
async fn to_follow(run: &Run, robots: &Robots, page: &PendingPage, links: Vec<String>) -> anyhow::Result<Vec<String>> {
    // The rules are asked last: they may be tens of thousands.
    let links = store::wanted(run, page, links).await?;
    let (robots, most) = (robots.clone(), run.crawl.max_pages as usize);
    let may = move |link: &String| Url::parse(link).is_ok_and(|url| robots.allows(&url));
    Ok(tokio::task::spawn_blocking(move || links.into_iter().filter(may).take(most).collect()).await?)
}
