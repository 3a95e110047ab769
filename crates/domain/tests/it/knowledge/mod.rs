//! Sources: how they are read, read again, stopped and removed.

mod files;
mod reasons;
mod sites;
mod syncs;

use chrono::TimeDelta;
use domain::{Actor, Error, Services, knowledge};
use types::{
    id::SourceId,
    knowledge::{CrawlSettings, CreateTextSource, CreateUrlSource, PageStatus, Schedule, Source},
};

use crate::{
    site::Site,
    support::{World, assert_not_found, delete_source, invalid_fields, two_organizations},
};

/// A site of four pages under /docs/ and one beside it.
async fn help_site() -> Site {
    let site = Site::new().await;
    site.page("/docs/", "Help", "Welcome to the help of the shop.", &["a.html", "b.html#top", "/private", "logo.png"]);
    site.page("/docs/a.html", "Shipping", "Parcels arrive within three days.", &["/docs/", "deep/c.html"]);
    site.page("/docs/b.html", "Returns", "Goods may be returned for thirty days.", &["a.html"]);
    site.page("/docs/deep/c.html", "Warranty", "The warranty covers two years.", &["../b.html"]);
    site.page("/private", "Private", "Not for the crawl.", &[]);
    site
}

async fn add_site(world: &World, url: String, crawl: CrawlSettings) -> Source {
    let mut cx = world.cx_a().await;
    let input = CreateUrlSource { name: String::new(), url, crawl, schedule: Schedule::Off };
    let source = knowledge::create_url(&mut cx, input).await.unwrap();
    world.services.commit(cx).await.unwrap();
    source
}

/// Does what the job does.
async fn run(world: &World, source: &Source) -> Source {
    run_with(&world.services, world, source).await
}

async fn run_with(services: &Services, world: &World, source: &Source) -> Source {
    let sync = source.sync.as_ref().unwrap().id;
    knowledge::sync::run(services, world.a.id, source.id, sync).await.unwrap();
    knowledge::get(&mut world.cx_a().await, source.id).await.unwrap()
}

async fn sync_again(world: &World, id: SourceId) -> Source {
    sync_again_with(&world.services, world, id).await
}

async fn sync_again_with(services: &Services, world: &World, id: SourceId) -> Source {
    let source = start_again(world, id).await;
    run_with(services, world, &source).await
}

/// Begins a sync, and leaves it to the job.
async fn start_again(world: &World, id: SourceId) -> Source {
    world.clock.advance(TimeDelta::seconds(1));
    let mut cx = world.cx_a().await;
    knowledge::sync(&mut cx, id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    knowledge::get(&mut world.cx_a().await, id).await.unwrap()
}

async fn locations(world: &World, site: &Site, id: SourceId) -> Vec<String> {
    let documents = knowledge::documents(&mut world.cx_a().await, id, None, None).await.unwrap();
    documents.items.into_iter().map(|document| document.location.replace(&site.url(""), "")).collect()
}

async fn failed(world: &World, site: &Site, id: SourceId) -> Vec<(String, String)> {
    let pages = knowledge::pages(&mut world.cx_a().await, id, Some(PageStatus::Failed), 1).await.unwrap();
    let pair =
        |page: types::knowledge::SyncPage| (page.location.replace(&site.url(""), ""), page.reason.unwrap().to_string());
    pages.items.into_iter().map(pair).collect()
}

async fn search(world: &World, query: &str) -> Vec<String> {
    let found = knowledge::search(&world.services, world.a.id, Actor::System, query, 10, &[]).await.unwrap();
    found.into_iter().map(|passage| passage.content).collect()
}

#[tokio::test]
async fn another_organization_sees_and_touches_nothing() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    let document = knowledge::documents(&mut world.cx_a().await, source.id, None, None).await.unwrap().items[0].id;
    let mut cx = world.cx_b().await;
    assert!(knowledge::list(&mut cx).await.unwrap().is_empty());
    assert_not_found(knowledge::get(&mut cx, source.id).await);
    assert_not_found(knowledge::sync(&mut cx, source.id).await);
    assert_not_found(knowledge::cancel(&mut cx, source.id).await);
    assert_not_found(knowledge::set_schedule(&mut cx, source.id, Schedule::Daily).await);
    assert_not_found(knowledge::pages(&mut cx, source.id, None, 1).await);
    assert_not_found(knowledge::documents(&mut cx, source.id, None, None).await);
    assert_not_found(knowledge::document(&mut cx, document).await);
    assert_not_found(delete_source(&world.services, world.cx_b().await, source.id).await);
    let found = knowledge::search(&world.services, world.b.id, Actor::System, "parcels", 5, &[source.id]).await;
    assert!(found.unwrap().is_empty());

    let mut cx = world.cx(&world.a, world.plain_member()).await;
    assert_eq!(knowledge::list(&mut cx).await.unwrap().len(), 1, "members read");
    assert!(matches!(knowledge::sync(&mut cx, source.id).await, Err(Error::Forbidden(_))));
    let input = CreateTextSource { name: "x".into(), content: "x".into() };
    assert!(matches!(knowledge::create_text(&mut cx, input).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn inputs_that_break_a_rule() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    for url in [
        "",
        "nonsense at all",
        "ftp://x.test",
        "javascript:alert(1)",
        "https://user:pass@x.test/",
        "file:///etc/passwd",
    ] {
        let input = CreateUrlSource {
            name: "x".into(),
            url: url.into(),
            crawl: CrawlSettings::default(),
            schedule: Schedule::Off,
        };
        assert_eq!(invalid_fields(knowledge::create_url(&mut cx, input).await), ["url"], "{url}");
    }
    let crawl = CrawlSettings { crawl: true, max_depth: 1000, max_pages: 0 };
    let input = CreateUrlSource { name: "<b>x</b>".into(), url: "x.test/help".into(), crawl, schedule: Schedule::Off };
    assert_eq!(invalid_fields(knowledge::create_url(&mut cx, input).await), ["max_pages", "max_depth"]);
    let input = CreateTextSource { name: " ".into(), content: " ".into() };
    assert_eq!(invalid_fields(knowledge::create_text(&mut cx, input).await), ["name", "content"]);
}
