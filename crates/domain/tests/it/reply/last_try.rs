//! A job that fails for the last time, or whose worker dies then: the visitor hears of it all the same.

use std::{sync::Arc, time::Duration};

use db::SystemClock;
use domain::{
    Services,
    jobs::{Body, Job, Runner},
};
use tokio::sync::mpsc;
use types::conversation::Owner;

use super::{Answering, LONG, QUESTION, drafts, slow};
use crate::{
    jobs::{is_waiting, with_one_try},
    support::{own_world, services_over},
};

/// A database of its own: its workers would take every test's jobs.
async fn own() -> Answering {
    Answering::over(own_world().await, slow(LONG)).await
}

/// A visitor's question whose job has one try left, and no other.
async fn last_try(it: &Answering) -> (domain::visitors::Visitor, types::id::ConversationId) {
    let (visitor, sent) = it.asks(QUESTION).await;
    let job = it.job(&sent).await;
    with_one_try(&it.desk.services, job, "reply").await;
    (visitor, sent.conversation_id)
}

/// Tells of each reply that is begun, and does as `act` says.
fn telling(
    tell: mpsc::UnboundedSender<()>,
    act: fn() -> futures::future::BoxFuture<'static, anyhow::Result<()>>,
) -> Body {
    Arc::new(move |_, job| {
        let is_reply = matches!(job, Job::ReplyAsAgent { .. });
        if is_reply {
            tell.send(()).ok();
        }
        Box::pin(async move { if is_reply { act().await } else { Ok(()) } })
    })
}

async fn until_handed_off(it: &Answering, visitor: &domain::visitors::Visitor, id: types::id::ConversationId) {
    tokio::time::timeout(Duration::from_secs(45), async {
        while it.desk.get(id).await.summary.owner == Owner::Agent {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .expect("a person is called");
    assert_eq!(it.seen(visitor).await, [QUESTION, "agent_unavailable"]);
    assert!(it.desk.get(id).await.summary.waiting_since.is_some());
}

#[tokio::test]
async fn the_last_try_that_fails_calls_a_person_also_when_that_fails_at_first() {
    let it = own().await;
    let (visitor, id) = last_try(&it).await;
    // The table is away: the hand-off cannot be written either.
    let mut owner = it.desk.services.db.system().pool().acquire().await.unwrap();
    sqlx::raw_sql("set role none; alter table messages rename to messages_away").execute(&mut *owner).await.unwrap();
    let (tell, mut heard) = mpsc::unbounded_channel();
    let body = telling(tell, || Box::pin(async { Err(anyhow::anyhow!("a fault")) }));
    let runner = Runner::start_with(&it.desk.services, body).await.unwrap();
    tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.expect("the job is begun");
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(it.desk.get(id).await.summary.owner, Owner::Agent);
    sqlx::raw_sql("alter table messages_away rename to messages").execute(&mut *owner).await.unwrap();
    owner.close().await.unwrap();
    until_handed_off(&it, &visitor, id).await;
    assert!(heard.try_recv().is_err(), "the body had one try");
    runner.stop().await;
}

#[tokio::test]
async fn a_worker_that_is_killed_in_the_last_try_leaves_the_hand_off_to_another() {
    let it = own().await;
    let (visitor, id) = last_try(&it).await;
    let mut widget = it.watch(&visitor, id);
    // The worker has its own runtime, which is torn down while the agent writes, heartbeats and all.
    let url = it.desk.services.db.system().pool().connect_options().as_ref().clone();
    let models = it.desk.services.models.clone();
    let live = it.desk.services.live.clone();
    let killed = std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let pool = sqlx::PgPool::connect_lazy_with(url);
            let db = db::Db::new(pool, Arc::new(SystemClock));
            let services = Services { models, live, ..services_over(db) };
            let (tell, mut heard) = mpsc::unbounded_channel();
            let runner =
                Runner::start_with(&services, telling(tell, || Box::pin(std::future::pending()))).await.unwrap();
            tokio::time::timeout(Duration::from_secs(10), heard.recv()).await.expect("the job has begun");
            std::mem::forget(runner);
        });
        runtime.shutdown_background();
    });
    tokio::task::spawn_blocking(|| killed.join().unwrap()).await.unwrap();

    let (tell, mut heard) = mpsc::unbounded_channel();
    let body = telling(tell, || Box::pin(async { Ok(()) }));
    let runner = Runner::start_with(&it.desk.services, body).await.unwrap();
    until_handed_off(&it, &visitor, id).await;
    assert!(heard.try_recv().is_err(), "no further try");
    assert!(drafts(&mut widget).await.0.is_empty());
    runner.stop().await;
}

#[tokio::test]
async fn a_last_try_whose_end_was_not_heard_takes_nothing_from_an_agent_that_has_answered() {
    let it = own().await;
    let (visitor, id) = last_try(&it).await;
    // The answer is written, and then the try fails.
    let body: Body = Arc::new(move |services, job| {
        Box::pin(async move {
            domain::jobs::run(&services, job.clone()).await?;
            if matches!(job, Job::ReplyAsAgent { .. }) { Err(anyhow::anyhow!("cut off")) } else { Ok(()) }
        })
    });
    let runner = Runner::start_with(&it.desk.services, body).await.unwrap();
    tokio::time::timeout(Duration::from_secs(45), async {
        while is_waiting(&it.desk.services, "reply").await {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    })
    .await
    .expect("the job ends");
    runner.stop().await;
    assert_eq!(it.desk.get(id).await.summary.owner, Owner::Agent);
    assert_eq!(it.answers(id).await.len(), 1);
    assert!(!it.seen(&visitor).await.contains(&"agent_unavailable".to_owned()));
}
