//! Webhooks: each event reaches each endpoint that wants it, signed, until it is taken; and nobody else's.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeDelta, Utc};
use db::{
    Actor, Clock, Cx, sqlx,
    testing::{ManualClock, Organization, organization, own_database},
};
use domain::{Error, Services, audit, canned_responses, events, platform, webhooks};
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::Sha256;
use types::{
    audit::AuditFilter,
    event::EventName,
    member::Role,
    permission::Permissions,
    webhook::{Delivery, DeliveryFilter, DeliveryStatus, WebhookInput, WebhookSecret},
};

use crate::{
    platform::operator,
    support::{assert_not_found, invalid_fields, seal, services_over},
};

/// What an endpoint got: headers and body.
type Got = (HeaderMap, String);
/// What it answers: status and headers.
type Answer = (u16, Vec<(&'static str, String)>);

/// An endpoint on loopback that answers what the test says.
#[derive(Clone)]
struct Sink {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    answer: Arc<Mutex<Answer>>,
}

impl Sink {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sink = Self { address, got: Arc::default(), answer: Arc::new(Mutex::new((200, Vec::new()))) };
        let app = Router::new().fallback(take).with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        sink
    }

    fn answers(&self, status: u16, headers: &[(&'static str, &str)]) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        *self.answer.lock().unwrap() = (status, headers);
    }

    fn taken(&self) -> Vec<Got> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    fn input(&self) -> WebhookInput {
        WebhookInput { url: format!("http://{}/hook", self.address), is_active: true, ..WebhookInput::default() }
    }
}

async fn take(State(sink): State<Sink>, headers: HeaderMap, body: String) -> Response {
    sink.got.lock().unwrap().push((headers, body));
    let (status, headers) = sink.answer.lock().unwrap().clone();
    let mut response = (StatusCode::from_u16(status).unwrap(), "said the sink").into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// A database of its own: what is due is looked for across organizations.
struct World {
    services: Services,
    clock: Arc<ManualClock>,
    a: Organization,
    b: Organization,
}

impl World {
    async fn new() -> Self {
        let now = chrono::SubsecRound::trunc_subsecs(db::SystemClock.now(), 6);
        let clock = Arc::new(ManualClock::at(now));
        let services = services_over(own_database(clock.clone()).await);
        let (a, b) = (organization(&services.db).await, organization(&services.db).await);
        let world = Self { services, clock, a, b };
        world.publish().await;
        world
    }

    async fn cx(&self, organization: &Organization) -> Cx {
        self.services.db.begin(organization.id, organization.owner.clone()).await.unwrap()
    }

    async fn publish(&self) {
        while events::publish(&self.services).await.unwrap() > 0 {}
    }

    async fn subscribe(&self, organization: &Organization, input: WebhookInput) -> WebhookSecret {
        let mut cx = self.cx(organization).await;
        let made = webhooks::create(&self.services, &mut cx, input).await.unwrap();
        self.services.commit(cx).await.unwrap();
        // That there is a subscription now is told to it too.
        self.publish().await;
        webhooks::dispatch_due(&self.services).await.unwrap();
        made
    }

    /// Something happens, and everything due is sent.
    async fn happen(&self, organization: &Organization, shortcut: &str) {
        let mut cx = self.cx(organization).await;
        canned_responses::create(&mut cx, shortcut, "Hello").await.unwrap();
        self.services.commit(cx).await.unwrap();
        self.publish().await;
        webhooks::dispatch_due(&self.services).await.unwrap();
    }

    async fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
        webhooks::dispatch_due(&self.services).await.unwrap();
    }

    /// Those of what [`World::happen`] let happen.
    async fn deliveries(&self, made: &WebhookSecret) -> Vec<Delivery> {
        let mut cx = self.cx(&self.a).await;
        let page = webhooks::deliveries(&mut cx, made.subscription.id, &DeliveryFilter::default()).await.unwrap();
        page.items.into_iter().filter(|delivery| delivery.event == "canned_response.created").collect()
    }
}

/// Whether one of the signatures is the secret's over what came, as a receiver checks it.
fn is_signed_by(secret: &str, (headers, body): &Got) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let header = |name: &str| headers[name].to_str().unwrap();
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    header("webhook-signature").split(' ').any(|signature| signature == expected)
}

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
    assert_eq!((detail.request, detail.response_body.as_deref()), (body, Some("said the sink")));
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
        (log.status, log.attempts, log.error.as_deref()),
        (DeliveryStatus::Pending, 2, Some("it answered 500 Internal Server Error"))
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
        (log.status, log.attempts, log.error.clone(), log.next_attempt_at),
        (DeliveryStatus::Delivered, 4, None, None)
    );
    world.pass(TimeDelta::days(2)).await;
    assert!(sink.taken().is_empty(), "once it has arrived, it is not sent again");
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
    assert!(world.deliveries(&made).await[0].error.as_deref().unwrap().contains("redirects are not followed"));

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
    assert!(of_it.error.as_deref().unwrap().contains("private"), "{log:?}");
}

#[tokio::test]
async fn a_gone_or_long_dead_endpoint_is_switched_off_and_says_so() {
    let world = World::new().await;
    let (gone, dead) = (Sink::new().await, Sink::new().await);
    let gone_one = world.subscribe(&world.a, gone.input()).await;
    gone.answers(410, &[]);
    world.happen(&world.a, "one").await;
    let mut cx = world.cx(&world.a).await;
    let shown = webhooks::get(&mut cx, gone_one.subscription.id).await.unwrap();
    assert_eq!((shown.is_active, shown.disabled_reason.as_deref()), (false, Some("gone")));
    drop(cx);
    gone.taken();
    world.happen(&world.a, "two").await;
    assert!(gone.taken().is_empty());

    let dead_one = world.subscribe(&world.a, dead.input()).await;
    dead.answers(500, &[]);
    for day in 0..6 {
        world.happen(&world.a, &format!("day-{day}")).await;
        world.pass(TimeDelta::days(1)).await;
    }
    seal(&world.services).await;
    let mut cx = world.cx(&world.a).await;
    let shown = webhooks::get(&mut cx, dead_one.subscription.id).await.unwrap();
    assert_eq!((shown.is_active, shown.disabled_reason.as_deref()), (false, Some("failing")));
    let filter = AuditFilter { action: Some("webhook_subscription.disabled".into()), ..AuditFilter::default() };
    assert_eq!(audit::list(&mut cx, &filter).await.unwrap().total, 2);
    let told: Vec<String> =
        sqlx::query_scalar("select subject from mails where organization_id = $1 order by created_at")
            .bind(world.a.id.0)
            .fetch_all(cx.conn())
            .await
            .unwrap();
    assert_eq!(told.len(), 2, "the owner is told of both");
    assert!(told.iter().all(|subject| subject.ends_with("a webhook was switched off")), "{told:?}");
    assert!(matches!(webhooks::send_test(&mut cx, dead_one.subscription.id).await, Err(Error::Conflict(_))));

    // Switched on again, what waited arrives.
    dead.answers(200, &[]);
    dead.taken();
    webhooks::update(&world.services, &mut cx, dead_one.subscription.id, dead.input()).await.unwrap();
    world.services.commit(cx).await.unwrap();
    webhooks::dispatch_due(&world.services).await.unwrap();
    assert!(dead.taken().len() >= 6);
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

#[tokio::test]
async fn bad_subscriptions_are_refused() {
    let world = World::new().await;
    let mut cx = world.cx(&world.a).await;
    for url in ["", "ftp://example.com", "http://user:secret@example.com", "http://10.0.0.1/", "nonsense"] {
        let input = WebhookInput { url: url.into(), ..WebhookInput::default() };
        assert_eq!(invalid_fields(webhooks::create(&world.services, &mut cx, input).await), ["url"], "{url}");
    }
    for (name, value) in [("Host", "x"), ("webhook-id", "x"), ("a b", "x"), ("x-ok", "line\nbreak"), ("", "")] {
        let headers = Some(vec![(name.to_owned(), value.to_owned())]);
        let input =
            WebhookInput { url: "https://example.com".into(), custom_headers: headers, ..WebhookInput::default() };
        let fields = invalid_fields(webhooks::create(&world.services, &mut cx, input).await);
        assert_eq!(fields, ["custom_headers"], "{name}");
    }
}

/// Headers of one's own hold secrets: whoever may change the address must not be able to have them sent elsewhere.
#[tokio::test]
async fn headers_go_only_to_where_they_were_entered_for() {
    let world = World::new().await;
    let mut cx = world.cx(&world.a).await;
    let services = &world.services;
    let at = |url: &str, headers: Option<&str>| WebhookInput {
        url: url.into(),
        custom_headers: headers.map(|value| vec![("x-token".to_owned(), value.to_owned())]),
        ..WebhookInput::default()
    };
    let id = webhooks::create(services, &mut cx, at("https://shop.example/hook", Some("s3cret"))).await.unwrap();
    let id = id.subscription.id;
    for elsewhere in ["https://evil.example/hook", "http://shop.example/hook", "https://shop.example:8443/hook"] {
        let refused = webhooks::update(services, &mut cx, id, at(elsewhere, None)).await;
        assert_eq!(invalid_fields(refused), ["custom_headers"], "{elsewhere}");
    }
    webhooks::update(services, &mut cx, id, at("https://shop.example/other", None)).await.unwrap();
    let moved = at("https://new.example/hook", Some("n3w"));
    assert_eq!(webhooks::update(services, &mut cx, id, moved).await.unwrap().header_names, ["x-token"]);
    let cleared = WebhookInput { custom_headers: Some(vec![]), ..at("https://third.example/hook", None) };
    webhooks::update(services, &mut cx, id, cleared).await.unwrap();
    webhooks::update(services, &mut cx, id, at("https://fourth.example/hook", None)).await.expect("there are none");
}

#[tokio::test]
async fn another_organization_and_plain_members_have_no_part_in_it() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, sink.input()).await;
    let id = made.subscription.id;
    world.happen(&world.a, "hello").await;
    let delivery = world.deliveries(&made).await[0].id;
    let mut cx = world.cx(&world.b).await;
    assert!(webhooks::list(&mut cx).await.unwrap().is_empty());
    assert_not_found(webhooks::get(&mut cx, id).await);
    assert_not_found(webhooks::update(&world.services, &mut cx, id, sink.input()).await);
    assert_not_found(webhooks::delete(&mut cx, id).await);
    assert_not_found(webhooks::rotate_secret(&world.services, &mut cx, id).await.map(|_| ()));
    assert_not_found(webhooks::send_test(&mut cx, id).await);
    assert_not_found(webhooks::deliveries(&mut cx, id, &DeliveryFilter::default()).await);
    assert_not_found(webhooks::delivery(&mut cx, delivery).await);
    assert_not_found(webhooks::replay(&mut cx, delivery).await);
    assert_not_found(webhooks::replay_range(&mut cx, id, world.clock_time(), world.clock_time(), None).await);
    drop(cx);

    let Actor::Member { id: member, user_id, name, .. } = world.a.owner.clone() else { panic!("a member") };
    let (role, permissions) = (Role::Member, Permissions::of_role(Role::Member));
    let plain = Actor::Member { id: member, user_id, name, role, permissions, impersonator: None };
    let mut cx = world.services.db.begin(world.a.id, plain).await.unwrap();
    assert!(matches!(webhooks::list(&mut cx).await, Err(Error::Forbidden(_))));
    assert!(matches!(webhooks::create(&world.services, &mut cx, sink.input()).await, Err(Error::Forbidden(_))));
    assert!(matches!(webhooks::delete(&mut cx, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(webhooks::replay(&mut cx, delivery).await, Err(Error::Forbidden(_))));
    assert!(matches!(audit::list(&mut cx, &AuditFilter::default()).await, Err(Error::Forbidden(_))));
    drop(cx);

    let mut cx = world.cx(&world.a).await;
    webhooks::delete(&mut cx, id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    sink.taken();
    world.happen(&world.a, "hi").await;
    assert!(sink.taken().is_empty());
}

impl World {
    fn clock_time(&self) -> chrono::DateTime<Utc> {
        self.services.db.now()
    }
}

#[tokio::test]
async fn a_suspended_organization_sends_nothing_and_afterwards_what_has_waited() {
    let world = World::new().await;
    let (sink, other) = (Sink::new().await, Sink::new().await);
    let made = world.subscribe(&world.a, sink.input()).await;
    world.subscribe(&world.b, other.input()).await;
    let admin = operator(&world.services).await.operator;
    platform::suspend_organization(&world.services, &admin, world.a.id, "unpaid").await.unwrap();
    sink.taken();
    other.taken();
    world.happen(&world.a, "hi").await;
    world.happen(&world.b, "hi").await;
    world.pass(TimeDelta::hours(1)).await;
    assert_eq!((sink.taken().len(), other.taken().len()), (0, 1));
    assert_eq!(world.deliveries(&made).await[0].status, DeliveryStatus::Pending);
    platform::restore_organization(&world.services, &admin, world.a.id).await.unwrap();
    world.pass(TimeDelta::seconds(1)).await;
    let names: Vec<_> = sink.taken().iter().map(|(_, body)| body.contains("canned_response.created")).collect();
    assert!(names.contains(&true), "what waited arrives");
    assert_eq!(world.deliveries(&made).await[0].status, DeliveryStatus::Delivered);
}

#[test]
fn every_event_is_described_with_an_example() {
    let page = include_str!("../../../../docs/events.md");
    for event in EventName::ALL {
        let (_, after) =
            page.split_once(&format!("### `{event}`\n")).unwrap_or_else(|| panic!("{event} is not described"));
        let own = after.split("### ").next().unwrap();
        let example = own.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert!(serde_json::from_str::<Value>(example).unwrap().is_object(), "{event}");
    }
    assert_eq!(page.matches("\n### `").count(), EventName::ALL.len(), "nothing is described that does not exist");
}
