//! Syncs that are cut off, run twice, cancelled, overtaken by a deletion, or begun by the clock.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use domain::{
    Error, Services,
    jobs::{self, Body, Job, Runner, TurnOver},
    knowledge, platform,
};
use types::knowledge::{CrawlSettings, NotReadCode, Schedule, SourceStatus, SyncStatus};

use super::{add_site, help_site, locations, run, search, start_again};
use crate::{
    jobs::{is_waiting, with_one_try},
    platform::operator,
    site::Answer,
    support::{assert_not_found, delete_source, own_world, two_organizations},
};

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
async fn a_robots_txt_that_fails_after_a_restart_is_asked_for_again() {
    let world = two_organizations().await;
    let site = help_site().await;
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    let running = start_again(&world, source.id).await;
    site.set("/docs/deep/c.html", Answer::Slow(Duration::from_secs(20), "<p>late".into()));
    let job = || knowledge::sync::run(&world.services, world.a.id, source.id, running.sync.as_ref().unwrap().id);
    assert!(tokio::time::timeout(Duration::from_secs(3), job()).await.is_err());
    site.set("/robots.txt", Answer::Status(503));
    assert!(job().await.is_err(), "the job is to be tried again");
    assert_eq!(locations(&world, &site, source.id).await.len(), 4);
    site.remove("/robots.txt");
    site.page("/docs/deep/c.html", "Warranty", "The warranty covers two years.", &[]);
    let source = run(&world, &running).await;
    assert_eq!((source.status, source.document_count), (SourceStatus::Ready, 4));
}

#[tokio::test]
async fn a_sync_that_fails_again_and_again_ends_and_says_so() {
    let world = own_world().await;
    let site = help_site().await;
    let source = run(&world, &add_site(&world, site.url("/docs/"), CrawlSettings::default()).await).await;
    let sync_id = start_again(&world, source.id).await.sync.unwrap().id;
    let failing: Body = Arc::new(|_, job| {
        Box::pin(async move { if job == Job::Tick { Ok(()) } else { Err(anyhow::anyhow!("a fault")) } })
    });
    // Another organization's job ends nothing.
    for (organization_id, status) in [(world.b.id, SyncStatus::Running), (world.a.id, SyncStatus::Failed)] {
        let job = Job::SyncSource { organization_id, source_id: source.id, sync_id, later: false };
        with_one_try(&world.services, job, "sync").await;
        let runner = Runner::start_with(&world.services, failing.clone()).await.unwrap();
        while is_waiting(&world.services, "sync").await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        runner.stop().await;
        let source = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
        assert_eq!(source.sync.unwrap().status, status);
    }
    let source = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    assert_eq!((source.status, source.document_count), (SourceStatus::Failed, 4), "the old version answers");
    assert_eq!(source.failure, Some(NotReadCode::GivenUp.into()));
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(knowledge::schedule::run_due(&world.services).await.unwrap(), 0, "it is not taken up again");
    assert!(knowledge::sync(&mut world.cx_a().await, source.id).await.is_ok());
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
        delete_source(&world.services, world.cx_a().await, source.id).await.unwrap();
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
async fn sources_are_read_again_by_the_clock() {
    // The schedule is everybody's: with others' clocks nothing would be due when this one says so.
    let world = own_world().await;
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

/// Lets a worker do as `body` says until the jobs of syncs are in these states.
async fn work_until(services: &Services, body: Body, states: &[&str]) {
    let runner = Runner::start_with(services, body).await.unwrap();
    while sync_jobs(services).await != states {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    runner.stop().await;
}

/// In which states the queue has jobs of syncs, those that are done left out.
async fn sync_jobs(services: &Services) -> Vec<String> {
    let open = "select state::text from awa.jobs where args->>'job' = 'sync_source' and state::text <> 'completed'";
    sqlx::query_scalar(open).fetch_all(services.db.system().pool()).await.unwrap()
}

#[tokio::test]
async fn a_sync_that_waits_for_long_has_one_job_and_one_whose_job_is_gone_gets_another() {
    let world = own_world().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let look = async || {
        world.clock.advance(TimeDelta::minutes(16));
        knowledge::schedule::run_due(&world.services).await.unwrap()
    };
    for _ in 0..2 {
        assert_eq!(look().await, 0, "it waits in the queue");
        assert_eq!(sync_jobs(&world.services).await, ["available"]);
    }
    let failing: Body = Arc::new(|_, job| {
        Box::pin(async move { if job == Job::Tick { Ok(()) } else { Err(anyhow::anyhow!("a fault")) } })
    });
    work_until(&world.services, failing, &["retryable"]).await;
    assert_eq!(look().await, 0, "it is to be tried again");

    // A job that ends without its sync, as it does when the organization is suspended.
    let quiet: Body = Arc::new(|_, _| Box::pin(async { Ok(()) }));
    work_until(&world.services, quiet, &[]).await;
    assert_eq!(look().await, 1);
    assert_eq!(sync_jobs(&world.services).await, ["available"]);
    assert_eq!(run(&world, &source).await.status, SourceStatus::Ready);
    assert_eq!(look().await, 0, "it is over");
}

#[tokio::test]
async fn a_site_that_takes_long_is_read_in_turns() {
    let world = own_world().await;
    let site = help_site().await;
    let source = add_site(&world, site.url("/docs/"), CrawlSettings::default()).await;
    let (organization_id, source_id, sync_id) = (world.a.id, source.id, source.sync.as_ref().unwrap().id);
    let job = |later| Job::SyncSource { organization_id, source_id, sync_id, later };
    let slow = |text: &str| Answer::Slow(Duration::from_millis(1_500), text.into());
    // The time of a turn passes while a page is waited for.
    let turn = async |later| {
        let (ended, ()) = tokio::join!(jobs::run(&world.services, job(later)), async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            world.clock.advance(TimeDelta::minutes(10));
        });
        ended
    };
    site.set("/docs/a.html", slow("<main><p>Parcels arrive within three days. <a href=deep/c.html>more</a></main>"));
    turn(false).await.unwrap();
    let half = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    assert_eq!((half.status, half.sync.unwrap().pages_done), (SourceStatus::Processing, 3), "what was begun is read");

    // The first job is done, the second one waits.
    let pool = world.services.db.system();
    let pool = pool.pool();
    let first: i64 = sqlx::query_scalar("select id from awa.jobs where queue = 'sync'").fetch_one(pool).await.unwrap();
    awa::admin::cancel(pool, first).await.unwrap();
    assert!(is_waiting(&world.services, "sync-surplus").await);
    world.clock.advance(TimeDelta::minutes(16));
    assert_eq!(knowledge::schedule::run_due(&world.services).await.unwrap(), 0, "it is not enqueued twice");
    assert!(!is_waiting(&world.services, "sync").await);

    site.take_hits();
    site.set("/docs/deep/c.html", slow("<main><p>The warranty covers two years.</main>"));
    assert!(turn(true).await.unwrap_err().is::<TurnOver>());
    assert_eq!(site.take_hits(), [("/docs/deep/c.html".to_owned(), 200)], "only what was missing");
    jobs::run(&world.services, job(true)).await.unwrap();
    let whole = knowledge::get(&mut world.cx_a().await, source.id).await.unwrap();
    assert_eq!((whole.status, whole.document_count), (SourceStatus::Ready, 4));
}
