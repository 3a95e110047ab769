//! What one organization gets of the workers while others wait.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode};
use chrono::TimeDelta;
use db::{sqlx, testing::ManualClock};
use domain::{
    canned_responses,
    webhooks::{self, Dispatcher},
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use types::{event::EventName, webhook::WebhookInput};
use uuid::Uuid;

use super::{Sink, World};

/// What tells of canned answers and of nothing else.
fn input(url: String) -> WebhookInput {
    WebhookInput { url, events: vec![EventName::CannedResponseCreated], is_active: true, ..WebhookInput::default() }
}

/// An endpoint that takes a second for each delivery, and counts them.
#[derive(Clone)]
struct Late {
    clock: Arc<ManualClock>,
    came: Arc<AtomicI64>,
}

impl Late {
    async fn open(clock: Arc<ManualClock>) -> (Self, String) {
        let late = Self { clock, came: Arc::default() };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().fallback(take).with_state(late.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        (late, url)
    }

    fn came(&self) -> i64 {
        self.came.load(Ordering::SeqCst)
    }
}

async fn take(State(late): State<Late>) -> StatusCode {
    late.clock.advance(TimeDelta::seconds(1));
    late.came.fetch_add(1, Ordering::SeqCst);
    StatusCode::OK
}

/// An address where connections are taken and nothing is ever answered.
async fn silent() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
        }
    });
    url
}

#[tokio::test]
async fn an_endpoint_that_never_has_enough_is_left_for_those_that_wait() {
    let world = World::new().await;
    let (late, url) = Late::open(world.clock.clone()).await;
    let sink = Sink::new().await;
    world.subscribe(&world.a, input(url)).await;
    let other = world.subscribe(&world.b, input(sink.input().url)).await;
    let mut cx = world.cx(&world.a).await;
    for number in 0..100 {
        canned_responses::create(&mut cx, &format!("hi{number}"), "Hello").await.unwrap();
    }
    world.services.commit(cx).await.unwrap();
    world.publish().await;

    assert_eq!(webhooks::dispatch_due(&world.services).await.unwrap(), 1);
    let turn = late.came();
    assert!((30..100).contains(&turn), "{turn} seconds");
    // What was due long before is due now.
    let mut cx = world.cx(&world.b).await;
    let now = cx.now();
    sqlx::query("update webhook_lanes set due_at = $3 where organization_id = $1 and subscription_id = $2")
        .bind(world.b.id.0)
        .bind(other.subscription.id.0)
        .bind(now - TimeDelta::seconds(1))
        .execute(cx.conn())
        .await
        .unwrap();
    world.services.commit(cx).await.unwrap();
    let first: Uuid =
        sqlx::query_scalar("select subscription_id from webhook_lanes where due_at <= $1 order by due_at")
            .bind(now)
            .fetch_one(world.services.db.system().pool())
            .await
            .unwrap();
    assert_eq!(first, other.subscription.id.0, "it stands behind those that waited");
    while webhooks::dispatch_due(&world.services).await.unwrap() > 0 {}
    assert_eq!(late.came(), 100, "each once");
}

#[tokio::test]
async fn an_organization_whose_endpoints_are_slow_leaves_places_to_the_others() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, input(silent().await)).await;
    world.subscribe(&world.b, input(sink.input().url)).await;
    // As many subscriptions as several organizations may have together, and more than a worker has places.
    let mut cx = world.cx(&world.a).await;
    sqlx::query(
        "with copied as (
           insert into webhook_subscriptions (organization_id, id, url, events, secret_encrypted)
           select organization_id, gen_random_uuid(), url, events, secret_encrypted
           from webhook_subscriptions cross join generate_series(1, 449) where organization_id = $1 and id = $2
           returning organization_id, id
         )
         insert into webhook_lanes (subscription_id, organization_id) select id, organization_id from copied",
    )
    .bind(world.a.id.0)
    .bind(made.subscription.id.0)
    .execute(cx.conn())
    .await
    .unwrap();
    canned_responses::create(&mut cx, "slow", "Hello").await.unwrap();
    world.services.commit(cx).await.unwrap();
    world.publish().await;

    let shutdown = CancellationToken::new();
    let worker = tokio::spawn(Dispatcher::run(world.services.clone(), shutdown.clone()));
    let taken = async || {
        sqlx::query_scalar::<_, i64>("select count(*) from webhook_lanes where claimed_until is not null")
            .fetch_one(world.services.db.system().pool())
            .await
            .unwrap()
    };
    while taken().await == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    // The worker looks again meanwhile.
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(taken().await, 320);

    let mut cx = world.cx(&world.b).await;
    canned_responses::create(&mut cx, "quick", "Hello").await.unwrap();
    world.services.commit(cx).await.unwrap();
    world.publish().await;
    let heard = async {
        while sink.taken().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    // The slow ones are waited for longer than this.
    tokio::time::timeout(Duration::from_secs(10), heard).await.expect("the other organization's event arrives");
    shutdown.cancel();
    worker.await.unwrap();
}
