//! Sources: how they are read, read again, stopped and removed.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::body::Bytes;
use chrono::TimeDelta;
use domain::{
    Actor, Error, Services,
    knowledge::{self, KnowledgeSettings},
    platform,
};
use types::{
    id::SourceId,
    knowledge::{
        CrawlSettings, CreateTextSource, CreateUrlSource, PageStatus, Schedule, Source, SourceStatus, SyncStatus,
    },
};

use crate::{
    platform::operator,
    site::{Answer, Site},
    support::{World, assert_not_found, events, invalid_fields, two_organizations},
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
    world.clock.advance(TimeDelta::seconds(1));
    let mut cx = world.cx_a().await;
    knowledge::sync(&mut cx, id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let source = knowledge::get(&mut world.cx_a().await, id).await.unwrap();
    run(world, &source).await
}

async fn locations(world: &World, site: &Site, id: SourceId) -> Vec<String> {
    let documents = knowledge::documents(&mut world.cx_a().await, id, None, None).await.unwrap();
    documents.items.into_iter().map(|document| document.location.replace(&site.url(""), "")).collect()
}

async fn failed(world: &World, site: &Site, id: SourceId) -> Vec<(String, String)> {
    let pages = knowledge::pages(&mut world.cx_a().await, id, Some(PageStatus::Failed), 1).await.unwrap();
    let pair = |page: types::knowledge::SyncPage| (page.location.replace(&site.url(""), ""), page.reason.unwrap());
    pages.items.into_iter().map(pair).collect()
}

#[tokio::test]
async fn a_site_is_read_read_again_and_follows_its_changes() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Processing, 0));

    let source = run(&world, &source).await;
    assert_eq!((source.status, source.document_count, source.chunk_count), (SourceStatus::Ready, 4, 4));
    let sync = source.sync.clone().unwrap();
    assert_eq!((sync.status, sync.pages_found, sync.pages_done, sync.pages_failed), (SyncStatus::Completed, 4, 4, 0));
    assert_eq!(sync.chunks, 4);
    assert_eq!(
        locations(&world, &site, source.id).await,
        ["/docs/", "/docs/a.html", "/docs/b.html", "/docs/deep/c.html"]
    );
    assert!(events(&mut world.cx_a().await).await.contains(&"knowledge_sync.updated".to_owned()));

    let documents = knowledge::documents(&mut world.cx_a().await, source.id, None, None).await.unwrap().items;
    let shipping = documents.iter().find(|document| document.title == "Shipping").unwrap();
    let document = knowledge::document(&mut world.cx_a().await, shipping.id).await.unwrap();
    let chunk = &document.chunks[0];
    assert_eq!(
        (chunk.heading_path.as_slice(), chunk.content.as_str()),
        (&["Shipping".to_owned()][..], "Parcels arrive within three days.")
    );
    let exact: String = document
        .content
        .chars()
        .skip(chunk.char_start as usize)
        .take((chunk.char_end - chunk.char_start) as usize)
        .collect();
    assert_eq!(exact, chunk.content);

    // Nothing changed: nothing is fetched whole but the first page, nothing is embedded, documents keep their ids.
    site.take_hits();
    let again = sync_again(&world, source.id).await;
    let sync = again.sync.unwrap();
    assert_eq!((sync.pages_found, sync.pages_unchanged, sync.pages_done, sync.chunks), (4, 4, 0, 0));
    let statuses: Vec<u16> = site.take_hits().into_iter().map(|(_, status)| status).collect();
    assert_eq!(statuses, [200, 304, 304, 304]);
    let same = knowledge::documents(&mut world.cx_a().await, source.id, None, None).await.unwrap().items;
    assert_eq!(same, documents);

    // One page says something new, one is gone, one fails in passing and one comes.
    site.page("/docs/a.html", "Shipping", "Parcels arrive tomorrow.", &["new.html", "deep/c.html"]);
    site.page("/docs/new.html", "New", "A new page.", &[]);
    site.remove("/docs/b.html");
    site.set("/docs/deep/c.html", Answer::Status(503));
    let changed = sync_again(&world, source.id).await;
    assert_eq!((changed.status, changed.document_count), (SourceStatus::Ready, 4));
    assert_eq!(
        locations(&world, &site, source.id).await,
        ["/docs/", "/docs/a.html", "/docs/deep/c.html", "/docs/new.html"]
    );
    let reasons = failed(&world, &site, source.id).await;
    assert_eq!(reasons.len(), 2, "{reasons:?}");
    assert!(reasons.iter().any(|(page, reason)| page == "/docs/b.html" && reason.contains("404")), "{reasons:?}");
    let found = search(&world, "when do parcels arrive").await;
    assert_eq!(found[0], "Parcels arrive tomorrow.");
    assert!(!found.contains(&"Parcels arrive within three days.".to_owned()));
}

async fn search(world: &World, query: &str) -> Vec<String> {
    let found = knowledge::search(&world.services, world.a.id, Actor::System, query, 10, &[]).await.unwrap();
    found.into_iter().map(|passage| passage.content).collect()
}

#[tokio::test]
async fn what_cannot_be_read_says_why_and_the_rest_is_read() {
    let world = two_organizations().await;
    let site = Site::new().await;
    let links = [
        "ok",
        "missing",
        "secret",
        "loop",
        "metadata",
        "outside",
        "endless",
        "image",
        "lies",
        "locked.pdf",
        "empty",
        "mojibake",
        "other-port",
    ];
    site.page("/x/", "Start", "The first page.", &links);
    site.page("/x/ok", "Fine", "A page that can be read.", &[]);
    site.set("/x/secret", Answer::Status(403));
    site.set("/x/loop", Answer::Redirect("/x/loop".into()));
    site.set("/x/metadata", Answer::Redirect("http://169.254.169.254/latest".into()));
    site.set("/x/outside", Answer::Redirect("/elsewhere".into()));
    site.set("/x/endless", Answer::Endless);
    site.set("/x/image", Answer::Bytes("text/html", b"\x89PNG\r\n\x1a\n\0\0".to_vec()));
    site.set("/x/lies", Answer::Bytes("image/png", b"<!doctype html><title>Lie</title><p>Really a page.".to_vec()));
    site.set("/x/locked.pdf", Answer::Bytes("application/pdf", b"%PDF-1.7 broken".to_vec()));
    site.set("/x/empty", Answer::Bytes("text/html", Vec::new()));
    site.set(
        "/x/mojibake",
        Answer::Bytes(
            "text/html",
            b"<meta charset=iso-8859-2><p>P\xf8\xedli\xb9 \xbelu\xbbou\xe8k\xfd k\xf9\xf2 \x00".to_vec(),
        ),
    );
    let source = add_site(&world, site.url("/x/"), CrawlSettings::default()).await;
    let source = run(&world, &source).await;
    assert_eq!(source.status, SourceStatus::Ready);
    let locations = locations(&world, &site, source.id).await;
    assert_eq!(locations, ["/x/", "/x/lies", "/x/ok"]);
    let failed = failed(&world, &site, source.id).await;
    let reason = |page: &str| {
        failed.iter().find(|(path, _)| path == page).unwrap_or_else(|| panic!("{page} {failed:?}")).1.clone()
    };
    assert!(reason("/x/missing").contains("404"));
    assert!(reason("/x/secret").contains("not public"));
    assert!(reason("/x/loop").contains("redirects more than"));
    assert!(reason("/x/metadata").contains("outside of what is read") || reason("/x/metadata").contains("private"));
    assert!(reason("/x/outside").contains("outside of what is read"));
    assert!(reason("/x/endless").contains("larger than"));
    assert!(reason("/x/image").contains("image"));
    assert!(reason("/x/empty").contains("no text"));
    assert!(!reason("/x/locked.pdf").is_empty());
}

#[tokio::test]
async fn a_source_of_which_nothing_can_be_read_fails_in_words_and_keeps_its_old_version() {
    let world = two_organizations().await;
    let site = help_site().await;
    let one_page = CrawlSettings { crawl: false, ..CrawlSettings::default() };
    let source = add_site(&world, site.url("/docs/a.html"), one_page).await;
    let source = run(&world, &source).await;
    assert_eq!(locations(&world, &site, source.id).await, ["/docs/a.html"]);
    site.set("/docs/a.html", Answer::Status(500));
    let source = sync_again(&world, source.id).await;
    assert_eq!(source.status, SourceStatus::Failed);
    assert!(source.failure_reason.unwrap().contains("500"));
    assert_eq!(search(&world, "when do parcels arrive").await.len(), 1);

    let nowhere = add_site(&world, "http://10.0.0.1/".into(), CrawlSettings::default()).await;
    let nowhere = run(&world, &nowhere).await;
    assert!(nowhere.failure_reason.unwrap().contains("private"));
    site.set("/robots.txt", Answer::Bytes("text/plain", b"User-agent: *\nDisallow: /docs".to_vec()));
    let forbidden = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    assert!(run(&world, &forbidden).await.failure_reason.unwrap().contains("robots.txt"));
}

#[tokio::test]
async fn robots_sitemap_limits_and_redirects_are_minded() {
    let world = two_organizations().await;
    let site = Site::new().await;
    site.set(
        "/robots.txt",
        Answer::Bytes("text/plain", b"User-agent: *\nDisallow: /h/no\nSitemap: /maps/index.xml".to_vec()),
    );
    let map = format!("<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>", site.url("/maps/sitemap1.xml"));
    site.set("/maps/index.xml", Answer::Bytes("text/xml", map.into_bytes()));
    let map =
        ["/h/orphan", "/h/no/2", "/other"].map(|path| format!("<url><loc>{}</loc></url>", site.url(path))).concat();
    site.set("/maps/sitemap1.xml", Answer::Bytes("text/xml", format!("<urlset>{map}</urlset>").into_bytes()));
    site.set("/h", Answer::Redirect("/h/".into()));
    site.page("/h/", "Home", "The home page.", &["no/1", "1", "/h", "print?x=1"]);
    site.page("/h/orphan", "Orphan", "Only the sitemap knows it.", &[]);
    site.page("/h/1", "One", "First level.", &["2"]);
    site.page("/h/2", "Two", "Second level.", &["3"]);
    site.page("/h/3", "Three", "Third level.", &[]);
    site.page("/h/print?x=1", "One", "First level.", &[]);
    let crawl = CrawlSettings { crawl: true, max_depth: 2, max_pages: 100 };
    let source = run(&world, &add_site(&world, site.url("/h"), crawl).await).await;
    let documents = locations(&world, &site, source.id).await;
    assert!(documents.contains(&"/h/orphan".into()) && documents.contains(&"/h/2".into()), "{documents:?}");
    assert!(!documents.contains(&"/h/3".into()), "deeper than asked for: {documents:?}");
    // The same text under two addresses is one document.
    let firsts = documents.iter().filter(|path| *path == "/h/1" || *path == "/h/print?x=1").count();
    assert_eq!(firsts, 1, "{documents:?}");
    assert!(!site.take_hits().iter().any(|(path, _)| path.starts_with("/h/no")));

    let few = CrawlSettings { crawl: true, max_depth: 9, max_pages: 3 };
    let source = run(&world, &add_site(&world, site.url("/h/"), few).await).await;
    assert_eq!(source.sync.unwrap().pages_found, 3);
}

#[tokio::test]
async fn a_canonical_circle_and_a_maze_end() {
    let world = two_organizations().await;
    let site = Site::new().await;
    for (path, other) in [("/c/", "b"), ("/c/b", "/c/")] {
        let html = format!("<title>{path}</title><link rel=canonical href={other}><p>Text of {path}. <a href=b>b</a>");
        site.set(path, Answer::Page(html));
    }
    let source = run(&world, &add_site(&world, site.url("/c/"), CrawlSettings::default()).await).await;
    assert_eq!(locations(&world, &site, source.id).await, ["/c/", "/c/b"]);
}

#[tokio::test]
async fn a_sync_goes_on_after_a_restart_without_doing_work_twice() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    site.set("/docs/deep/c.html", Answer::Slow(Duration::from_secs(20), "<p>late".into()));
    let sync = source.sync.as_ref().unwrap().id;
    // The process ends in the middle: whatever was going on is dropped.
    let job = knowledge::sync::run(&world.services, world.a.id, source.id, sync);
    assert!(tokio::time::timeout(Duration::from_secs(3), job).await.is_err());
    let half = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    assert_eq!((half.status, half.document_count), (SourceStatus::Processing, 0));
    assert_eq!(half.sync.as_ref().unwrap().pages_done, 3);
    assert!(search(&world, "when do parcels arrive").await.is_empty(), "nothing answers before all is read");

    site.take_hits();
    site.page("/docs/deep/c.html", "Warranty", "The warranty covers two years.", &[]);
    let whole = run(&world, &half).await;
    assert_eq!((whole.status, whole.document_count), (SourceStatus::Ready, 4));
    assert_eq!(site.take_hits(), [("/docs/deep/c.html".to_owned(), 200)], "only what was missing");
    // The job once more, as after a lost acknowledgement.
    assert_eq!(run(&world, &whole).await, whole);
}

#[tokio::test]
async fn two_runs_of_one_job_write_each_page_once() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let sync = source.sync.as_ref().unwrap().id;
    let job = || knowledge::sync::run(&world.services, world.a.id, source.id, sync);
    let (one, two) = tokio::join!(job(), job());
    one.unwrap();
    two.unwrap();
    let source = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    let sync = source.sync.unwrap();
    assert_eq!((sync.status, sync.pages_done, source.document_count), (SyncStatus::Completed, 4, 4));
}

#[tokio::test]
async fn a_sync_can_be_cancelled_and_there_is_one_at_a_time() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    world.clock.advance(TimeDelta::seconds(1));
    let mut cx = world.cx_a().await;
    knowledge::sync(&mut cx, source.id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let again = knowledge::sync(&mut world.cx_a().await, source.id).await;
    assert!(matches!(again, Err(Error::Conflict(_))));

    let running = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    site.page("/docs/", "Help", "Changed.", &["a.html"]);
    site.set("/docs/a.html", Answer::Slow(Duration::from_millis(800), "<p>late".into()));
    let job = knowledge::sync::run(&world.services, world.a.id, source.id, running.sync.unwrap().id);
    let cancelled = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        let mut cx = world.cx_a().await;
        knowledge::cancel(&mut cx, source.id).await.unwrap();
        world.services.commit(cx).await.unwrap();
    };
    let (ended, ()) = tokio::join!(job, cancelled);
    ended.unwrap();
    let after = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    assert_eq!((after.status, after.document_count), (SourceStatus::Ready, 4), "the old version answers");
    assert_eq!(after.sync.unwrap().status, SyncStatus::Cancelled);
    assert!(!search(&world, "help of the shop").await.contains(&"Changed.".to_owned()));
    let nothing = knowledge::cancel(&mut world.cx_a().await, source.id).await;
    assert!(matches!(nothing, Err(Error::Conflict(_))));
}

#[tokio::test]
async fn a_source_can_be_deleted_while_it_is_read() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    site.set("/docs/b.html", Answer::Slow(Duration::from_millis(800), "<p>late".into()));
    let job = knowledge::sync::run(&world.services, world.a.id, source.id, source.sync.as_ref().unwrap().id);
    let deleted = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        knowledge::delete(&world.services, world.cx_a().await, source.id).await.unwrap();
    };
    let (ended, ()) = tokio::join!(job, deleted);
    ended.unwrap();
    assert_not_found(knowledge::get(&mut world.cx_a().await, source.id).await);
    let mut cx = world.cx_a().await;
    for table in ["knowledge_sources", "knowledge_syncs", "knowledge_sync_pages", "documents", "document_chunks"] {
        let sql = format!("select count(*) from {table} where organization_id = $1");
        let left: i64 = sqlx::query_scalar(&sql).bind(world.a.id.0).fetch_one(cx.conn()).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}

#[tokio::test]
async fn texts_and_files_are_read() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let input = CreateTextSource { name: "Opening hours".into(), content: "# Hours\n\nWe open at **nine**.".into() };
    let source = knowledge::create_text(&mut cx, input).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let source = run(&world, &source).await;
    assert_eq!((source.status, source.chunk_count), (SourceStatus::Ready, 1));
    assert_eq!(search(&world, "when do you open").await, ["We open at nine."]);
    assert_eq!(sync_again(&world, source.id).await.sync.unwrap().pages_unchanged, 1);

    let file = upload(&world, "../../prices.csv", "text/csv", b"Item,Price\nTea,2\nCoffee,3\n").await.unwrap();
    assert_eq!(file.location, "prices.csv");
    let path = world.services.settings.files_dir.join(format!("{}/knowledge/{}", world.a.id, file.id));
    assert!(path.exists());
    let file = run(&world, &file).await;
    assert_eq!(file.status, SourceStatus::Ready);
    assert_eq!(search(&world, "price of coffee").await[0], "Item: Tea\nPrice: 2\n\nItem: Coffee\nPrice: 3");
    knowledge::delete(&world.services, world.cx_a().await, file.id).await.unwrap();
    assert!(!path.exists() && search(&world, "price of coffee").await.iter().all(|text| !text.contains("Coffee")));
}

async fn upload(world: &World, name: &str, media_type: &str, bytes: &[u8]) -> domain::Result<Source> {
    let pieces: Vec<_> =
        bytes.chunks(1024 * 1024).map(|piece| Ok::<_, Infallible>(Bytes::copy_from_slice(piece))).collect();
    let stream = futures::stream::iter(pieces);
    knowledge::create_file(&world.services, world.a.id, world.a.owner.clone(), "", name, media_type, stream).await
}

#[tokio::test]
async fn files_that_are_refused_leave_nothing() {
    let world = two_organizations().await;
    assert_eq!(invalid_fields(upload(&world, "a.pdf", "application/pdf", b"\x89PNG\r\n\x1a\n\0").await), ["file"]);
    assert_eq!(invalid_fields(upload(&world, "a.txt", "text/plain", b"").await), ["file"]);
    let large = vec![b'x'; 51 * 1024 * 1024];
    assert!(matches!(upload(&world, "a.txt", "text/plain", &large).await, Err(Error::TooLarge(_))));
    let folder = world.services.settings.files_dir.join(format!("{}/knowledge", world.a.id));
    assert_eq!(std::fs::read_dir(folder).unwrap().count(), 0);
    assert!(knowledge::list(&mut world.cx_a().await).await.unwrap().is_empty());
}

/// Services whose reader of PDF files is a script.
fn with_reader(services: &Services, name: &str, script: &str) -> Services {
    use std::os::unix::fs::PermissionsExt;
    let folder = &services.settings.files_dir;
    std::fs::create_dir_all(folder).unwrap();
    let program = folder.join(name);
    std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut services = services.clone();
    let mut settings = (*services.settings).clone();
    let extract_timeout = Duration::from_secs(2);
    settings.knowledge = KnowledgeSettings { extract_program: Some(program), extract_timeout, ..settings.knowledge };
    services.settings = Arc::new(settings);
    services
}

#[tokio::test]
async fn pdf_files_are_read_by_another_process_that_may_fail() {
    let world = two_organizations().await;
    let json =
        r#"{"title":"Manual","language":"en","blocks":[{"kind":"text","text":"Press the green button.","page":3}]}"#;
    let scripts = [
        (
            "good",
            format!(
                "test \"$1\" = extract && head -c5 \"$2\" >/dev/null && test \"$3\" = --media-type && echo '{json}'"
            ),
            None,
        ),
        ("words", "echo 'the document is protected with a password' >&2; exit 1".into(), Some("password")),
        ("crash", "kill -9 $$".into(), Some("damaged")),
        ("rubbish", "echo '{'".into(), Some("damaged")),
        ("slow", "exec sleep 60".into(), Some("longer than 2 seconds")),
        // Every test has this; the program has its secrets there.
        ("spy", "echo \"it knows '$CARGO_MANIFEST_DIR'\" >&2; exit 1".into(), Some("it knows ''")),
    ];
    for (name, script, reason) in scripts {
        let services = with_reader(&world.services, name, &script);
        let file = upload(&world, "manual.pdf", "application/pdf", b"%PDF-1.7 something").await.unwrap();
        let file = run_with(&services, &world, &file).await;
        match reason {
            None => assert_eq!((file.status, file.chunk_count), (SourceStatus::Ready, 1)),
            Some(reason) => {
                let why = file.failure_reason.unwrap();
                assert!(file.status == SourceStatus::Failed && why.contains(reason), "{name}: {why}");
            }
        }
    }
    let found = knowledge::search(&world.services, world.a.id, Actor::System, "green button", 5, &[]).await.unwrap();
    assert_eq!((found[0].page, found[0].title.as_str()), (Some(3), "Manual"));
}

#[tokio::test]
async fn sources_are_read_again_by_the_clock() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    let mut cx = world.cx_a().await;
    let daily = knowledge::set_schedule(&mut cx, source.id, Schedule::Daily).await.unwrap();
    world.services.commit(cx).await.unwrap();
    assert_eq!(daily.next_sync_at, Some(daily.last_sync_at.unwrap() + TimeDelta::days(1)));
    let newest = async || knowledge::get(&mut world.cx_a().await, source.id).await.unwrap().sync.unwrap();
    let first = newest().await;
    knowledge::schedule::run_due(&world.services).await.unwrap();
    assert_eq!(newest().await.id, first.id);

    world.clock.advance(TimeDelta::hours(25));
    let admin = operator(&world.services).await.operator;
    platform::suspend_organization(&world.services, &admin, world.a.id, "unpaid").await.unwrap();
    knowledge::schedule::run_due(&world.services).await.unwrap();
    assert_eq!(newest().await.id, first.id, "nothing is read for a suspended organization");
    platform::restore_organization(&world.services, &admin, world.a.id).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    knowledge::schedule::run_due(&world.services).await.unwrap();
    let second = newest().await;
    assert_ne!(second.id, first.id);
    knowledge::schedule::run_due(&world.services).await.unwrap();
    assert_eq!(newest().await.id, second.id, "one at a time");
    let source = run(&world, &knowledge::get(&mut world.cx_a().await, source.id).await.unwrap()).await;
    assert_eq!(source.next_sync_at, Some(source.last_sync_at.unwrap() + TimeDelta::days(1)));

    let mut cx = world.cx_a().await;
    assert_eq!(knowledge::set_schedule(&mut cx, source.id, Schedule::Off).await.unwrap().next_sync_at, None);
    world.services.commit(cx).await.unwrap();
    world.clock.advance(TimeDelta::days(30));
    knowledge::schedule::run_due(&world.services).await.unwrap();
    assert_eq!(newest().await.id, second.id);
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
    assert_not_found(knowledge::delete(&world.services, world.cx_b().await, source.id).await);
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
