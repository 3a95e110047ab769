//! Addresses that lead astray: elsewhere, in circles, into the private network, or nowhere.

use std::{sync::Arc, time::Duration};

use domain::{Services, knowledge};
use types::knowledge::{CrawlSettings, CreateUrlSource, Schedule, Source, SourceStatus};

use crate::{
    embedders::Slow,
    site::{Answer, Site},
    support::{World, assert_not_found, delete_source, two_organizations},
};

async fn read(world: &World, url: String) -> Source {
    let source = add(world, url).await;
    knowledge::sync::run(&world.services, world.a.id, source.id, source.sync.unwrap().id).await.unwrap();
    knowledge::get(&mut world.cx_a().await, source.id).await.unwrap()
}

async fn add(world: &World, url: String) -> Source {
    let mut cx = world.cx_a().await;
    let input = CreateUrlSource { name: String::new(), url, crawl: CrawlSettings::default(), schedule: Schedule::Off };
    let source = knowledge::create_url(&mut cx, input).await.unwrap();
    world.services.commit(cx).await.unwrap();
    source
}

#[tokio::test]
async fn a_first_page_that_leads_astray_fails_in_words() {
    let world = two_organizations().await;
    let site = Site::new().await;
    site.set("/to-private", Answer::Redirect("http://10.0.0.1/admin".into()));
    site.set("/to-metadata", Answer::Redirect("http://169.254.169.254/latest/meta-data/".into()));
    site.set("/to-file", Answer::Redirect("file:///etc/passwd".into()));
    site.set("/there", Answer::Redirect("/back".into()));
    site.set("/back", Answer::Redirect("/there".into()));
    site.set("/endless", Answer::Endless);
    site.set("/film", Answer::Bytes("video/mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec()));
    site.set("/archive", Answer::Bytes("text/html", b"PK\x03\x04\x14\0\0\0\x08\0 an archive".to_vec()));
    site.set("/empty", Answer::Bytes("text/html", Vec::new()));
    for (path, words) in [
        ("/to-private", "private"),
        ("/to-metadata", "private"),
        ("/to-file", ""),
        ("/there", "redirects more than"),
        ("/endless", "larger than"),
        ("/film", ""),
        ("/archive", ""),
        ("/empty", "no text"),
    ] {
        let source = read(&world, site.url(path)).await;
        assert_eq!((source.status, source.document_count), (SourceStatus::Failed, 0), "{path}");
        let reason = source.failure_reason.unwrap();
        assert!(!reason.is_empty() && reason.contains(words), "{path}: {reason}");
    }
    for url in ["http://10.1.2.3/", "http://169.254.169.254/", "http://[fd00::1]/", "http://[::ffff:10.0.0.1]/"] {
        let source = read(&world, url.into()).await;
        assert!(source.failure_reason.unwrap().contains("private"), "{url}");
    }
}

#[tokio::test]
async fn robots_and_sitemaps_that_lead_astray_are_passed_over() {
    let world = two_organizations().await;
    let site = Site::new().await;
    let robots = format!(
        "User-agent: *\nSitemap: http://169.254.169.254/map.xml\nSitemap: {}\nSitemap: {}\n",
        site.url("/endless.xml"),
        site.url("/map.xml")
    );
    site.set("/robots.txt", Answer::Bytes("text/plain", robots.into_bytes()));
    site.set("/endless.xml", Answer::Endless);
    let places = ["http://10.0.0.1/x".to_owned(), "file:///etc/passwd".into(), site.url("/d/fine")];
    let map: String = places.iter().map(|place| format!("<url><loc>{place}</loc></url>")).collect();
    site.set("/map.xml", Answer::Bytes("text/xml", format!("<urlset>{map}</urlset>").into_bytes()));
    site.page("/d/", "Start", "The first page.", &["http://10.0.0.1/", "//169.254.169.254/", "data:text/html,x"]);
    site.page("/d/fine", "Fine", "A page of the map.", &[]);
    let source = read(&world, site.url("/d/")).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Ready, 2), "{source:?}");
    assert_eq!(source.sync.unwrap().pages_found, 2);

    // Rules that cannot be had forbid everything, and nothing private is asked for them.
    site.set("/robots.txt", Answer::Redirect("http://169.254.169.254/robots.txt".into()));
    let reason = read(&world, site.url("/d/fine")).await.failure_reason.unwrap();
    assert!(reason.contains("the site's robots.txt cannot be read") && reason.contains("private"), "{reason}");
}

#[tokio::test]
async fn rules_that_nobody_could_try_forbid_and_keep_nobody_busy() {
    let world = two_organizations().await;
    let site = Site::new().await;
    let links: Vec<String> = (0..100).map(|n| format!("/d/{n}?{}", "a=b&".repeat(100))).collect();
    let links: Vec<&str> = links.iter().map(String::as_str).chain(["/d/fine"]).collect();
    site.page("/d/", "Start", "The first page.", &links);
    site.page("/d/fine", "Fine", "Another page.", &[]);
    // Some thousand are within reason for an address of ordinary length, and not for a long one.
    let rules = |count: usize| (0..count).map(|n| format!("Disallow: /*!{n}\n")).collect::<String>();
    let file = |count| Answer::Bytes("text/plain", format!("User-agent: *\n{}", rules(count)).into_bytes());
    site.set("/robots.txt", file(3_000));
    let source = read(&world, site.url("/d/")).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Ready, 2), "{source:?}");
    assert_eq!(source.sync.unwrap().pages_found, 2, "the long ones are forbidden");
    site.set("/robots.txt", file(25_000));
    let reason = read(&world, site.url("/d/fine")).await.failure_reason.unwrap();
    assert!(reason.contains("the site's robots.txt forbids"), "{reason}");
}

#[tokio::test]
async fn a_source_that_is_deleted_while_its_passages_are_embedded_leaves_nothing() {
    let world = two_organizations().await;
    let site = Site::new().await;
    site.page("/d/", "Start", "The first page.", &["b"]);
    site.page("/d/b", "Second", "The second page.", &[]);
    let source = add(&world, site.url("/d/")).await;
    let services = Services { embedder: Arc::new(Slow(Duration::from_millis(600))), ..world.services.clone() };
    let job = knowledge::sync::run(&services, world.a.id, source.id, source.sync.as_ref().unwrap().id);
    let deleted = async {
        tokio::time::sleep(Duration::from_millis(400)).await;
        delete_source(&world.services, world.cx_a().await, source.id).await.unwrap();
    };
    let (ended, ()) = tokio::join!(job, deleted);
    ended.unwrap();
    let mut cx = world.cx_a().await;
    assert_not_found(knowledge::get(&mut cx, source.id).await);
    for table in ["knowledge_sources", "knowledge_syncs", "knowledge_sync_pages", "documents", "document_chunks"] {
        let sql = format!("select count(*) from {table} where organization_id = $1");
        let left: i64 = sqlx::query_scalar(&sql).bind(world.a.id.0).fetch_one(cx.conn()).await.unwrap();
        assert_eq!(left, 0, "{table}");
    }
}
