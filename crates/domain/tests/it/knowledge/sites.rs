//! Web sites: which pages are read, and what is said of the others.

use db::testing::on_one_connection;
use domain::{Services, knowledge, organizations};
use types::{
    knowledge::{CrawlSettings, NotReadCode, SourceStatus, SyncStatus},
    reason::ReasonCode,
};

use super::{add_site, failed, help_site, locations, run, run_with, search, sync_again};
use crate::{
    site::{Answer, Site},
    support::{events, two_organizations},
};

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

#[tokio::test]
async fn what_fails_in_passing_takes_no_other_page_with_it() {
    let world = two_organizations().await;
    let site = Site::new().await;
    site.page("/docs/", "Help", "Welcome to the help of the shop.", &["hub", "list"]);
    let hub = "<title>Hub</title><nav><a href=leaf>leaf</a></nav><main><p>All about parcels.</main>";
    let list = "<title>List</title><nav><a href=item>item</a></nav>";
    site.page("/docs/leaf", "Leaf", "Only the hub leads here.", &[]);
    site.page("/docs/item", "Item", "Only a page without a text of its own leads here.", &[]);
    site.page("/docs/orphan", "Orphan", "Only the sitemap knows it.", &[]);
    let map = format!("<urlset><url><loc>{}</loc></url></urlset>", site.url("/docs/orphan"));
    let answers = [
        ("/docs/hub", Answer::Page(hub.into())),
        ("/docs/list", Answer::Page(list.into())),
        ("/sitemap.xml", Answer::Bytes("text/xml", map.into_bytes())),
    ];
    for (path, answer) in answers.clone() {
        site.set(path, answer);
    }
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    let all = ["/docs/", "/docs/hub", "/docs/item", "/docs/leaf", "/docs/orphan"];
    assert_eq!(locations(&world, &site, source.id).await, all);
    for (path, answer) in answers {
        site.set(path, Answer::Status(503));
        assert_eq!(sync_again(&world, source.id).await.status, SourceStatus::Ready, "{path}");
        assert_eq!(locations(&world, &site, source.id).await, all, "{path}");
        site.set(path, answer);
    }
    // What says itself that it is gone goes all the same.
    site.set("/sitemap.xml", Answer::Status(503));
    site.remove("/docs/orphan");
    site.remove("/docs/leaf");
    sync_again(&world, source.id).await;
    assert_eq!(locations(&world, &site, source.id).await, ["/docs/", "/docs/hub", "/docs/item"]);
    // So does what nothing leads to any more.
    site.remove("/docs/list");
    site.remove("/sitemap.xml");
    sync_again(&world, source.id).await;
    assert_eq!(locations(&world, &site, source.id).await, ["/docs/", "/docs/hub"]);
}

#[tokio::test]
async fn a_first_page_that_fails_in_passing_leaves_the_whole_version_before() {
    let world = two_organizations().await;
    let site = help_site().await;
    let map = format!("<urlset><url><loc>{}</loc></url></urlset>", site.url("/docs/a.html"));
    site.set("/sitemap.xml", Answer::Bytes("text/xml", map.into_bytes()));
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    site.set("/docs/", Answer::Status(503));
    let source = sync_again(&world, source.id).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Failed, 4));
    assert!(source.failure_reason.unwrap().contains("503"));
}

#[tokio::test]
async fn pages_that_are_read_at_the_same_time_do_not_wait_for_each_others_connections() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let services = Services { db: on_one_connection(&world.services.db), ..world.services.clone() };
    let source = run_with(&services, &world, &source).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Ready, 4));
}

#[tokio::test]
async fn the_site_of_a_deleted_organization_is_read_no_further() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let mut cx = world.cx_a().await;
    let name = organizations::get(&mut cx).await.unwrap().name;
    organizations::delete(&mut cx, &name).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let source = run(&world, &source).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Processing, 0));
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
    let fault = NotReadCode::SiteFault.number(500u64);
    assert_eq!((source.failure_reason, source.failure), (Some(fault.to_string()), Some(fault.clone())));
    assert_eq!(source.sync.unwrap().failure, Some(fault));
    assert_eq!(search(&world, "when do parcels arrive").await.len(), 1);

    let nowhere = add_site(&world, "http://10.0.0.1/".into(), CrawlSettings::default()).await;
    let nowhere = run(&world, &nowhere).await;
    assert_eq!(nowhere.failure, Some(NotReadCode::PrivateAddress.of("10.0.0.1")));
    site.set("/robots.txt", Answer::Bytes("text/plain", b"User-agent: *\nDisallow: /docs".to_vec()));
    let forbidden = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let forbidden = run(&world, &forbidden).await;
    assert_eq!(forbidden.failure, Some(NotReadCode::RobotsForbid.into()));
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
