//! What is sent: signed, to those who want it, again until it is taken, and not twice.

use std::sync::Arc;

use axum::{Router, extract::State, http::StatusCode};
use chrono::TimeDelta;
use db::sqlx;
use domain::{audit, canned_responses, contacts, webhooks};
use serde_json::{Value, json};
use types::{
    audit::AuditFilter,
    contact::ContactInput,
    event::EventName,
    reason::ReasonCode,
    webhook::{DeliveryFilter, DeliveryStatus, NotDeliveredCode as Code, WebhookInput},
};

use super::{Sink, World, is_signed_by};
use crate::support::{invalid_fields, seal};

#[tokio::test]
async fn an_event_reaches_those_who_want_it_signed_and_nobody_else() {
    let world = World::new().await;
    let (sink, other) = (Sink::new().await, Sink::new().await);
    let headers = Some(vec![("X-Shop-Token".to_owned(), "canary-token".to_owned())]);
    let wanted = vec![EventName::CannedResponseCreated];
    let made =
        world.subscribe(&world.a, WebhookInput { events: wanted, custom_headers: headers, ..sink.input() }).await;
    world.subscribe(&world.b, other.input()).await;
    assert!(sink.taken().is_empty(), "only what was asked for");
    other.taken();

    world.happen(&world.a, "hi").await;
    let got = sink.taken();
    assert_eq!(got.len(), 1);
    let (headers, body) = &got[0];
    assert!(is_signed_by(&made.secret, &got[0]));
    assert_eq!(
        (&headers["x-shop-token"], &headers["content-type"]),
        (&"canary-token".parse().unwrap(), &"application/json".parse().unwrap())
    );
    let body: Value = serde_json::from_str(body).unwrap();
    assert_eq!(
        (body["type"].as_str(), body["data"]["details"]["shortcut"].as_str()),
        (Some("canned_response.created"), Some("hi"))
    );
    assert_eq!(body["data"]["organization_id"], world.a.id.to_string());
    assert!(other.taken().is_empty(), "another organization's endpoint");

    let log = world.deliveries(&made).await;
    assert_eq!((log[0].status, log[0].response_status, log[0].attempts), (DeliveryStatus::Delivered, Some(200), 1));
    seal(&world.services).await;
    let mut cx = world.cx(&world.a).await;
    let detail = webhooks::delivery(&mut cx, log[0].id).await.unwrap();
    assert_eq!((detail.request, detail.response_body.as_deref()), (Some(body), Some("said the sink")));
    let shown = webhooks::get(&mut cx, made.subscription.id).await.unwrap();
    assert_eq!(shown.header_names, ["x-shop-token"]);
    let all = format!("{shown:?} {:?}", audit::list(&mut cx, &AuditFilter::default()).await.unwrap());
    assert!(!all.contains("canary-token") && !all.contains(&made.secret), "secrets are never given back");
}

#[tokio::test]
async fn a_failed_delivery_is_tried_again_under_the_same_id_until_it_arrives() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, sink.input()).await;
    sink.taken();
    sink.answers(500, &[]);
    world.happen(&world.a, "hi").await;
    let first = sink.taken();
    assert_eq!(first.len(), 1);
    world.pass(TimeDelta::seconds(4)).await;
    assert!(sink.taken().is_empty(), "not before its time");
    world.pass(TimeDelta::seconds(2)).await;
    let second = sink.taken();
    assert_eq!(second[0].0["webhook-id"], first[0].0["webhook-id"]);
    assert!(
        second[0].0["webhook-timestamp"] > first[0].0["webhook-timestamp"] && is_signed_by(&made.secret, &second[0])
    );
    let log = &world.deliveries(&made).await[0];
    assert_eq!(
        (log.status, log.attempts, log.error.as_deref(), log.failure.clone()),
        (DeliveryStatus::Pending, 2, Some("it answered 500"), Some(Code::OtherStatus.number(500u64)))
    );

    // An endpoint may ask for a longer pause than the five minutes that come next.
    sink.answers(503, &[("retry-after", "3600")]);
    world.pass(TimeDelta::seconds(331)).await;
    assert_eq!(sink.taken().len(), 1);
    sink.answers(204, &[]);
    world.pass(TimeDelta::minutes(59)).await;
    assert!(sink.taken().is_empty());
    world.pass(TimeDelta::minutes(2)).await;
    assert_eq!(sink.taken().len(), 1);
    let log = &world.deliveries(&made).await[0];
    assert_eq!(
        (log.status, log.attempts, log.failure.clone(), log.next_attempt_at),
        (DeliveryStatus::Delivered, 4, None, None)
    );
    world.pass(TimeDelta::days(2)).await;
    assert!(sink.taken().is_empty(), "once it has arrived, it is not sent again");
}

#[tokio::test]
async fn what_waits_of_an_erased_contact_arrives_without_what_it_told() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, sink.input()).await;
    sink.taken();
    sink.answers(500, &[]);
    let mut cx = world.cx(&world.a).await;
    let input = ContactInput { name: Some("Marzipan".into()), ..ContactInput::default() };
    let contact = contacts::create(&mut cx, input).await.unwrap().summary.id;
    world.services.commit(cx).await.unwrap();
    world.publish().await;
    webhooks::dispatch_due(&world.services).await.unwrap();
    let told: Value = serde_json::from_str(&sink.taken()[0].1).unwrap();
    assert_eq!(told["data"]["details"]["name"], "Marzipan");

    let mut cx = world.cx(&world.a).await;
    contacts::delete(&mut cx, contact).await.unwrap();
    world.services.commit(cx).await.unwrap();
    world.publish().await;
    let mut cx = world.cx(&world.a).await;
    let log = webhooks::deliveries(&mut cx, made.subscription.id, &DeliveryFilter::default()).await.unwrap().items;
    let waiting = log.iter().find(|delivery| delivery.event == "contact.created").unwrap();
    let waiting = webhooks::delivery(&mut cx, waiting.id).await.unwrap();
    assert_eq!((waiting.response_body, &waiting.request.unwrap()["data"]["details"]), (None, &json!({})));
    drop(cx);
    sink.answers(200, &[]);
    world.pass(TimeDelta::seconds(6)).await;
    let got: Vec<Value> = sink.taken().iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect();
    let mut got: Vec<_> = got.iter().map(|body| (body["type"].as_str().unwrap(), &body["data"]["details"])).collect();
    got.sort_by_key(|(name, _)| *name);
    assert_eq!(got, [("contact.created", &json!({})), ("contact.deleted", &json!({}))]);
}

/// What an endpoint asks for is its word, which may be no time at all.
#[tokio::test]
async fn a_pause_that_is_no_time_is_as_none() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, sink.input()).await;
    sink.taken();
    let pauses = [
        "9223372036854775807",
        "-9223372036854775808",
        "1e9",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Thu, 01 Jan 0000 00:00:00 GMT",
    ];
    for (number, pause) in (1..).zip(pauses) {
        sink.answers(503, &[("retry-after", pause)]);
        world.happen(&world.a, &format!("pause{number}")).await;
        world.pass(TimeDelta::seconds(1)).await;
        assert_eq!(sink.taken().len(), 1, "{pause}");
        let log = &world.deliveries(&made).await;
        assert_eq!(log.len(), number);
        assert_eq!((log[0].status, log[0].attempts), (DeliveryStatus::Pending, 1), "{pause}: {:?}", log[0]);
        let next = log[0].next_attempt_at.expect("it is tried again");
        assert!(next > world.clock_time() && next <= world.clock_time() + TimeDelta::hours(25), "{pause}: {next}");
        // Out of the way of the next.
        let mut cx = world.cx(&world.a).await;
        sqlx::query(
            "update webhook_deliveries set status = 'failed', next_attempt_at = null where organization_id = $1",
        )
        .bind(world.a.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
        world.services.commit(cx).await.unwrap();
    }
}

/// An endpoint that, once told to, keeps its next caller waiting and then refuses; everybody else is answered at once.
#[derive(Clone, Default)]
struct Slow {
    holds: Arc<std::sync::atomic::AtomicBool>,
    came: Arc<tokio::sync::Notify>,
    goes_on: Arc<tokio::sync::Notify>,
}

async fn slow(State(slow): State<Slow>) -> StatusCode {
    if !slow.holds.swap(false, std::sync::atomic::Ordering::SeqCst) {
        return StatusCode::OK;
    }
    slow.came.notify_one();
    slow.goes_on.notified().await;
    StatusCode::INTERNAL_SERVER_ERROR
}

#[tokio::test]
async fn a_worker_that_stood_still_does_not_undo_what_another_did() {
    let (world, endpoint) = (World::new().await, Slow::default());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let app = Router::new().fallback(slow).with_state(endpoint.clone());
    tokio::spawn(async move { axum::serve(listener, app).await });
    let made = world.subscribe(&world.a, WebhookInput { url, is_active: true, ..WebhookInput::default() }).await;
    let mut cx = world.cx(&world.a).await;
    canned_responses::create(&mut cx, "hello", "Hello").await.unwrap();
    world.services.commit(cx).await.unwrap();
    world.publish().await;

    endpoint.holds.store(true, std::sync::atomic::Ordering::SeqCst);
    let services = world.services.clone();
    let first = tokio::spawn(async move { webhooks::dispatch_due(&services).await });
    endpoint.came.notified().await;
    assert_eq!(webhooks::dispatch_due(&world.services).await.unwrap(), 0, "the lane is the first worker's");
    world.pass(TimeDelta::seconds(21)).await;
    endpoint.goes_on.notify_one();
    first.await.unwrap().unwrap();
    let deliveries = world.deliveries(&made).await;
    let ends: Vec<_> = deliveries.iter().map(|delivery| (delivery.status, delivery.attempts)).collect();
    assert_eq!(ends, [(DeliveryStatus::Delivered, 1)]);
}

#[tokio::test]
async fn redirects_and_private_addresses_are_failures() {
    let world = World::new().await;
    let (sink, elsewhere) = (Sink::new().await, Sink::new().await);
    let made = world.subscribe(&world.a, sink.input()).await;
    sink.answers(302, &[("location", &format!("http://{}/", elsewhere.address))]);
    world.happen(&world.a, "hi").await;
    assert!(elsewhere.taken().is_empty());
    assert_eq!(world.deliveries(&made).await[0].failure, Some(Code::Redirect.number(302u64)));

    let mut careful = world.services.clone();
    careful.outbound = outbound::Client::new(outbound::Policy::default()).unwrap();
    let mut cx = world.cx(&world.a).await;
    assert_eq!(invalid_fields(webhooks::create(&careful, &mut cx, sink.input()).await), ["url"]);
    drop(cx);
    // A name that turns out to be private when the connection is made.
    sink.taken();
    let by_name = WebhookInput { url: format!("http://localhost:{}/", sink.address.port()), ..sink.input() };
    let made = world.subscribe(&world.b, by_name).await;
    sink.taken();
    let mut cx = world.cx(&world.b).await;
    canned_responses::create(&mut cx, "hi", "Hello").await.unwrap();
    world.services.commit(cx).await.unwrap();
    world.publish().await;
    webhooks::dispatch_due(&careful).await.unwrap();
    assert!(sink.taken().is_empty());
    let mut cx = world.cx(&world.b).await;
    let log = webhooks::deliveries(&mut cx, made.subscription.id, &DeliveryFilter::default()).await.unwrap().items;
    let of_it = log.iter().find(|delivery| delivery.event == "canned_response.created").unwrap();
    assert_eq!(of_it.failure.as_ref().unwrap().code, Code::PrivateAddress, "{log:?}");
}

#[tokio::test]
async fn for_a_day_both_secrets_sign() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let old = world.subscribe(&world.a, sink.input()).await;
    let mut cx = world.cx(&world.a).await;
    let new = webhooks::rotate_secret(&world.services, &mut cx, old.subscription.id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    sink.taken();
    world.happen(&world.a, "one").await;
    for got in sink.taken() {
        assert!(is_signed_by(&old.secret, &got) && is_signed_by(&new.secret, &got));
    }
    world.clock.advance(TimeDelta::hours(25));
    world.happen(&world.a, "two").await;
    let got = sink.taken();
    assert!(!got.is_empty());
    assert!(got.iter().all(|got| !is_signed_by(&old.secret, got) && is_signed_by(&new.secret, got)));
}

#[tokio::test]
async fn a_test_goes_to_one_and_replays_send_again() {
    let world = World::new().await;
    let (sink, second) = (Sink::new().await, Sink::new().await);
    let made = world.subscribe(&world.a, sink.input()).await;
    world.subscribe(&world.a, second.input()).await;
    world.happen(&world.a, "hi").await;
    let sent = sink.taken();
    second.taken();
    let mut cx = world.cx(&world.a).await;
    webhooks::send_test(&mut cx, made.subscription.id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    world.publish().await;
    webhooks::dispatch_due(&world.services).await.unwrap();
    let test: Value = serde_json::from_str(&sink.taken()[0].1).unwrap();
    assert_eq!((test["type"].as_str(), second.taken().len()), (Some("webhook_subscription.test"), 0));

    let (from, until) = (world.clock_time() - TimeDelta::hours(1), world.clock_time() + TimeDelta::hours(1));
    let mut cx = world.cx(&world.a).await;
    let all = webhooks::replay_range(&mut cx, made.subscription.id, from, until, None).await.unwrap();
    assert_eq!(webhooks::replay_range(&mut cx, made.subscription.id, from, from, None).await.unwrap(), 0);
    world.services.commit(cx).await.unwrap();
    webhooks::dispatch_due(&world.services).await.unwrap();
    let again = sink.taken();
    assert_eq!(again.len() as u64, all);
    assert!(
        sent.iter().all(|(headers, _)| again.iter().any(|(other, _)| other["webhook-id"] == headers["webhook-id"]))
    );
    let one = world.deliveries(&made).await[0].id;
    let mut cx = world.cx(&world.a).await;
    webhooks::replay(&mut cx, one).await.unwrap();
    world.services.commit(cx).await.unwrap();
    webhooks::dispatch_due(&world.services).await.unwrap();
    assert_eq!(sink.taken().len(), 1);
}
