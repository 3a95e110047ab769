//! The queue: a job exists with its transaction, and outlives the worker that had it in hand.

use std::{sync::Arc, time::Duration};

use awa::InsertOpts;
use db::{Actor, SystemClock, queue, testing};
use domain::{
    Services,
    jobs::{self, Body, Job, Runner, TurnOver},
};
use tokio::sync::{Notify, mpsc};
use types::id::OrganizationId;

use crate::support::services_over;

async fn own_services() -> Services {
    services_over(testing::own_database(Arc::new(SystemClock)).await)
}

fn sync_job(services: &Services, organization: OrganizationId) -> Job {
    Job::SyncSource {
        organization_id: organization,
        source_id: services.db.new_id().into(),
        sync_id: services.db.new_id().into(),
        later: false,
    }
}

fn reply_job(services: &Services, organization: OrganizationId) -> Job {
    Job::ReplyAsAgent {
        organization_id: organization,
        conversation_id: services.db.new_id().into(),
        agent_id: services.db.new_id().into(),
        message_id: services.db.new_id().into(),
        owner_epoch: 1,
    }
}

/// The queue's jobs, for putting one there that has a single try.
#[derive(serde::Serialize)]
#[serde(transparent)]
struct LastTry(Job);

impl awa::JobArgs for LastTry {
    fn kind() -> &'static str {
        "job"
    }
}

/// Puts a job with one try into its queue in place of all that wait.
pub async fn with_one_try(services: &Services, job: Job, queue: &str) {
    let system = services.db.system();
    let pool = system.pool();
    let ids: Vec<i64> = sqlx::query_scalar("select id from awa.jobs where kind = 'job' and state::text = 'available'")
        .fetch_all(pool)
        .await
        .unwrap();
    for id in ids {
        awa::admin::cancel(pool, id).await.unwrap();
    }
    let options = InsertOpts { queue: queue.into(), max_attempts: 1, ..InsertOpts::default() };
    let mut connection = pool.acquire().await.unwrap();
    awa::insert_with(&mut *connection, &LastTry(job), options).await.unwrap();
}

/// Whether a job of the queue waits, runs, or is to be tried again.
pub async fn is_waiting(services: &Services, name: &str) -> bool {
    count(services, queue::NOT_DONE, name).await > 0
}

/// How many of these jobs are in the queue.
async fn count(services: &Services, jobs: &str, name: &str) -> i64 {
    let sql = format!("select count(*) from ({jobs}) jobs where queue = $1");
    sqlx::query_scalar(&sql).bind(name).fetch_one(services.db.system().pool()).await.unwrap()
}

/// How many replies are in hand, and how many are not done.
async fn replies(services: &Services) -> (i64, i64) {
    (count(services, queue::IN_HAND, "reply").await, count(services, queue::NOT_DONE, "reply").await)
}

async fn enqueue(services: &Services, organization: OrganizationId, job: &Job) {
    let mut cx = services.db.begin(organization, Actor::System).await.unwrap();
    jobs::enqueue(&mut cx, job.clone()).await.unwrap();
    cx.commit().await.unwrap();
}

/// Tells of each job but the ticks, and does as `act` says.
fn telling(tell: mpsc::UnboundedSender<Job>, act: fn() -> anyhow::Result<()>) -> Body {
    Arc::new(move |_, job| {
        if job != Job::Tick {
            tell.send(job).ok();
        }
        Box::pin(async move { act() })
    })
}

async fn next(heard: &mut mpsc::UnboundedReceiver<Job>, patience: u64) -> Option<Job> {
    tokio::time::timeout(Duration::from_secs(patience), heard.recv()).await.ok().flatten()
}

#[tokio::test]
async fn a_job_is_run_once() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let early = reply_job(&services, organization);
    // Before any worker was ever started.
    enqueue(&services, organization, &early).await;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Ok(()))).await.unwrap();
    assert_eq!(next(&mut heard, 5).await, Some(early));

    let job = reply_job(&services, organization);
    enqueue(&services, organization, &job).await;
    assert_eq!(next(&mut heard, 5).await, Some(job));
    assert_eq!(next(&mut heard, 2).await, None);
    runner.stop().await;
}

#[tokio::test]
async fn a_job_is_not_done_until_its_worker_has_ended_it() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let go_on = Arc::new(Notify::new());
    let waits = go_on.clone();
    let body: Body = Arc::new(move |_, job| {
        let (waits, is_reply) = (waits.clone(), job.name() == "reply_as_agent");
        if is_reply {
            tell.send(job).ok();
        }
        Box::pin(async move {
            if is_reply {
                waits.notified().await;
            }
            Ok(())
        })
    });
    let (first, second) = (reply_job(&services, organization), reply_job(&services, organization));
    enqueue(&services, organization, &first).await;
    assert_eq!(replies(&services).await, (0, 1));
    let runner = Runner::start_with(&services, body).await.unwrap();
    assert_eq!(next(&mut heard, 10).await, Some(first));
    // With and without what the queue notes at each heartbeat.
    for _ in 0..2 {
        assert_eq!(replies(&services).await, (1, 1));
        tokio::time::sleep(Duration::from_secs(4)).await;
    }
    go_on.notify_one();
    for _ in 0..200 {
        if replies(&services).await == (0, 0) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(replies(&services).await, (0, 0));
    enqueue(&services, organization, &second).await;
    assert_eq!(next(&mut heard, 10).await, Some(second), "the next one is taken, and done is done");
    assert_eq!(replies(&services).await, (1, 1));
    go_on.notify_one();
    runner.stop().await;
    assert_eq!(replies(&services).await, (0, 0));
}

#[tokio::test]
async fn a_transaction_that_is_rolled_back_leaves_no_job() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Ok(()))).await.unwrap();
    let mut cx = services.db.begin(organization, Actor::System).await.unwrap();
    jobs::enqueue(&mut cx, reply_job(&services, organization)).await.unwrap();
    drop(cx);
    assert_eq!(next(&mut heard, 2).await, None);
    runner.stop().await;
}

#[tokio::test]
async fn a_worker_that_is_killed_right_after_it_took_a_job_keeps_no_other_waiting() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let first = reply_job(&services, organization);
    enqueue(&services, organization, &first).await;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Ok(()))).await.unwrap();
    assert_eq!(next(&mut heard, 10).await, Some(first));
    runner.stop().await;

    // A gap in the queue's numbers.
    let mut cx = services.db.begin(organization, Actor::System).await.unwrap();
    jobs::enqueue(&mut cx, reply_job(&services, organization)).await.unwrap();
    drop(cx);
    let (taken, other) = (reply_job(&services, organization), reply_job(&services, organization));
    enqueue(&services, organization, &taken).await;
    // As a worker takes it, up to its commit.
    let claimed = sqlx::query("select from awa.claim_ready_runtime('reply', 1, 300, 0)");
    let claimed = claimed.execute(services.db.system().pool()).await.unwrap();
    assert_eq!(claimed.rows_affected(), 1);
    enqueue(&services, organization, &other).await;

    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Ok(()))).await.unwrap();
    assert_eq!(next(&mut heard, 20).await, Some(other), "it does not wait for the one that was taken");
    assert_eq!(next(&mut heard, 60).await, Some(taken), "nor is that one lost");
    runner.stop().await;
}

#[tokio::test]
async fn a_job_that_fails_or_panics_is_tried_again() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    for act in
        [|| Err(anyhow::anyhow!("the provider is down")), || panic!("a fault")] as [fn() -> anyhow::Result<()>; 2]
    {
        let (tell, mut heard) = mpsc::unbounded_channel();
        let runner = Runner::start_with(&services, telling(tell, act)).await.unwrap();
        let job = reply_job(&services, organization);
        enqueue(&services, organization, &job).await;
        // A third try of the first job may come between.
        for _ in 0..2 {
            while next(&mut heard, 10).await.expect("a try") != job {}
        }
        runner.stop().await;
        assert!(is_waiting(&services, "reply").await, "it is to be tried again");
    }
}

#[tokio::test]
async fn the_jobs_of_a_killed_worker_are_taken_up_by_another() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let job = sync_job(&services, organization);
    enqueue(&services, organization, &job).await;
    // The worker has its own runtime, which is torn down in the middle of the job, heartbeats and all.
    let url = services.db.system().pool().connect_options().as_ref().clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let pool = sqlx::PgPool::connect_lazy_with(url);
            let services = services_over(db::Db::new(pool, Arc::new(SystemClock)));
            let (tell, mut heard) = mpsc::unbounded_channel();
            let body: Body = Arc::new(move |_, job| {
                if job != Job::Tick {
                    tell.send(job).ok();
                }
                Box::pin(std::future::pending())
            });
            let runner = Runner::start_with(&services, body).await.unwrap();
            next(&mut heard, 10).await.expect("the job has begun");
            // Long enough for heartbeats.
            tokio::time::sleep(Duration::from_secs(5)).await;
            std::mem::forget(runner);
        });
        runtime.shutdown_background();
    })
    .join()
    .unwrap();

    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Ok(()))).await.unwrap();
    assert_eq!(next(&mut heard, 30).await, Some(job));
    runner.stop().await;
}

#[tokio::test]
async fn a_job_that_outlasts_the_silence_is_not_run_twice() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let body: Body = Arc::new(move |_, job| {
        let is_tick = job == Job::Tick;
        if !is_tick {
            tell.send(job).ok();
        }
        Box::pin(async move {
            if !is_tick {
                tokio::time::sleep(Duration::from_secs(25)).await;
            }
            Ok(())
        })
    });
    let runner = Runner::start_with(&services, body).await.unwrap();
    let job = sync_job(&services, organization);
    enqueue(&services, organization, &job).await;
    assert_eq!(next(&mut heard, 5).await, Some(job));
    assert_eq!(next(&mut heard, 28).await, None);
    runner.stop().await;
}

#[tokio::test]
async fn a_stop_hands_a_long_sync_to_the_next_worker() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let body: Body = Arc::new(move |_, job| {
        tell.send(job).ok();
        Box::pin(std::future::pending())
    });
    let runner = Runner::start_with(&services, body).await.unwrap();
    let job = sync_job(&services, organization);
    enqueue(&services, organization, &job).await;
    while next(&mut heard, 5).await != Some(job.clone()) {}
    runner.stop().await;

    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Ok(()))).await.unwrap();
    assert_eq!(next(&mut heard, 5).await, Some(job));
    runner.stop().await;
}

#[tokio::test]
async fn what_is_due_begins_also_after_a_leader_whose_clock_was_ahead() {
    let services = own_services().await;
    let pool = services.db.system().pool().clone();
    let runner = Runner::start(&services).await.unwrap();
    let ahead = "update awa.cron_jobs set last_enqueued_at = clock_timestamp() + interval '1 hour'";
    assert_eq!(sqlx::query(ahead).execute(&pool).await.unwrap().rows_affected(), 1);
    tokio::time::timeout(Duration::from_secs(30), async {
        let left = "select count(*) from awa.cron_jobs where last_enqueued_at > clock_timestamp()";
        while sqlx::query_scalar::<_, i64>(left).fetch_one(&pool).await.unwrap() > 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .expect("it is put back");
    runner.stop().await;
}

#[tokio::test]
async fn the_upkeep_waits_for_no_sync() {
    let services = own_services().await;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let body: Body = Arc::new(move |_, job| {
        let is_sync = job.name() == "sync_source";
        if job != Job::Tick {
            tell.send(job).ok();
        }
        Box::pin(async move {
            if is_sync {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    });
    // As a program puts it there that has no other queue for it.
    with_one_try(&services, Job::Upkeep, "sync").await;
    let runner = Runner::start_with(&services, body).await.unwrap();
    assert_eq!(next(&mut heard, 10).await, Some(Job::Upkeep));
    // More than there are workers for, each within its organization's share.
    let mut organization = testing::organization(&services.db).await.id;
    for place in 0..3 {
        let job = sync_job(&services, organization);
        enqueue(&services, organization, &job).await;
        assert_eq!(next(&mut heard, 5).await, (place < 2).then_some(job));
        organization = testing::organization(&services.db).await.id;
    }
    enqueue(&services, organization, &Job::Upkeep).await;
    assert_eq!(next(&mut heard, 5).await, Some(Job::Upkeep));
    runner.stop().await;
}

#[tokio::test]
async fn slow_answers_of_some_organizations_keep_no_other_waiting() {
    let services = own_services().await;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let body: Body = Arc::new(move |_, job| {
        let is_reply = job.name() == "reply_as_agent";
        if is_reply {
            tell.send(job).ok();
        }
        Box::pin(async move {
            if is_reply {
                std::future::pending::<()>().await;
            }
            Ok(())
        })
    });
    let runner = Runner::start_with(&services, body).await.unwrap();
    // More than there are workers for, each within its organization's share.
    for _ in 0..3 {
        let organization = testing::organization(&services.db).await.id;
        for _ in 0..16 {
            enqueue(&services, organization, &reply_job(&services, organization)).await;
        }
    }
    for begun in 0..48 {
        assert!(next(&mut heard, 10).await.is_some(), "{begun}");
    }
    let organization = testing::organization(&services.db).await.id;
    let job = reply_job(&services, organization);
    enqueue(&services, organization, &job).await;
    assert_eq!(next(&mut heard, 10).await, Some(job));
    assert!(replies(&services).await.0 < 32);
    drop(runner);
}

#[tokio::test]
async fn a_job_whose_turn_is_over_goes_on_and_has_not_failed() {
    let services = own_services().await;
    let organization = testing::organization(&services.db).await.id;
    let job = sync_job(&services, organization);
    with_one_try(&services, job.clone(), "sync-surplus").await;
    let (tell, mut heard) = mpsc::unbounded_channel();
    let runner = Runner::start_with(&services, telling(tell, || Err(TurnOver.into()))).await.unwrap();
    for _ in 0..3 {
        assert_eq!(next(&mut heard, 10).await, Some(job.clone()));
    }
    runner.stop().await;
    assert!(is_waiting(&services, "sync-surplus").await);
}
