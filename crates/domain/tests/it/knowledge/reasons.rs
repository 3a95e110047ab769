//! Why something was not read: by a code, and in a sentence for programs that know none.

use domain::knowledge;
use types::{
    knowledge::{CrawlSettings, NotRead, NotReadCode, PageStatus, Source, SourceStatus},
    reason::ReasonCode,
};

use super::{add_site, help_site, run};
use crate::{
    site::{Answer, Site},
    support::{World, two_organizations},
};

async fn get(world: &World, source: &Source) -> Source {
    knowledge::get(&mut world.cx_a().await, source.id).await.unwrap()
}

/// A source of three pages, none of which is there.
async fn of_missing_pages(world: &World) -> Source {
    let site = Site::new().await;
    let map: String = ["/x/a", "/x/b"].iter().map(|page| format!("<url><loc>{}</loc></url>", site.url(page))).collect();
    site.set("/sitemap.xml", Answer::Bytes("text/xml", format!("<urlset>{map}</urlset>").into_bytes()));
    run(world, &add_site(world, site.url("/x/"), CrawlSettings::default()).await).await
}

#[tokio::test]
async fn a_source_a_sync_and_its_pages_tell_why_by_a_code() {
    let world = two_organizations().await;
    let source = of_missing_pages(&world).await;
    let missing = NotReadCode::NotThere.number(404u64);
    let whole = NotRead { number: Some(3), ..NotReadCode::NoPage.because(missing.clone()) };
    assert_eq!((source.status, source.failure.as_ref()), (SourceStatus::Failed, Some(&whole)));
    let sentence = "none of 3 pages could be read; the first: the page does not exist (it answers 404)";
    assert_eq!(source.failure_reason.as_deref(), Some(sentence));
    let sync = source.sync.as_ref().unwrap();
    assert_eq!((sync.reason.as_deref(), sync.failure.as_ref()), (Some(sentence), Some(&whole)));
    let mut cx = world.cx_a().await;
    let pages = knowledge::pages(&mut cx, source.id, Some(PageStatus::Failed), 1).await.unwrap().items;
    assert_eq!(pages.into_iter().map(|page| page.reason).collect::<Vec<_>>(), vec![Some(missing); 3]);
}

#[tokio::test]
async fn what_a_program_of_another_version_wrote_is_told_in_its_words() {
    let world = two_organizations().await;
    let source = of_missing_pages(&world).await;
    let set = async |table: &str, change: &str| {
        let mut cx = world.cx_a().await;
        let sql = format!("update {table} set {change} where organization_id = $1");
        sqlx::query(&sql).bind(world.a.id.0).execute(cx.conn()).await.unwrap();
        world.services.commit(cx).await.unwrap();
    };
    // A later one has a code that is not known here.
    set("knowledge_syncs", r#"reason_code = '{"code": "of_a_later_version"}'"#).await;
    let words = NotReadCode::Other.said(source.failure_reason.clone().unwrap());
    let later = get(&world, &source).await;
    assert_eq!((later.failure, later.sync.unwrap().failure), (Some(words.clone()), Some(words)));
    // The one before writes none. When it has read the source, the code of another sentence is not told with its own.
    set("knowledge_syncs", r#"reason_code = '{"code": "encrypted"}'"#).await;
    set("knowledge_sources", "failure_reason = 'gone'").await;
    assert_eq!(get(&world, &source).await.failure, Some(NotReadCode::Other.said("gone")));
    set("knowledge_syncs", "reason = 'gone', reason_code = null").await;
    let before = get(&world, &source).await;
    assert_eq!((before.failure, before.sync.unwrap().failure), {
        let gone = Some(NotReadCode::Other.said("gone"));
        (gone.clone(), gone)
    });
}

#[tokio::test]
async fn reading_that_was_cancelled_at_once_says_so() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let cancelled = knowledge::cancel(&mut world.cx_a().await, source.id).await.unwrap();
    let why = NotRead::from(NotReadCode::Cancelled);
    assert_eq!((cancelled.failure_reason, cancelled.failure), (Some(why.to_string()), Some(why)));
}
