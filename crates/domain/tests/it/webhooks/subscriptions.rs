//! Who may subscribe, with what, and when a subscription rests or ends.

use chrono::TimeDelta;
use db::{Actor, sqlx};
use domain::{Error, audit, platform, webhooks};
use serde_json::Value;
use types::{
    audit::AuditFilter,
    event::EventName,
    id::ApiKeyId,
    member::Role,
    permission::{Permission, Permissions},
    webhook::{DeliveryFilter, DeliveryStatus, DisabledReason, WebhookInput},
};

use super::{Sink, World};
use crate::{
    platform::operator,
    support::{assert_not_found, invalid_fields, seal},
};

#[tokio::test]
async fn a_gone_or_long_dead_endpoint_is_switched_off_and_says_so() {
    let world = World::new().await;
    let (gone, dead) = (Sink::new().await, Sink::new().await);
    let gone_one = world.subscribe(&world.a, gone.input()).await;
    gone.answers(410, &[]);
    world.happen(&world.a, "one").await;
    let mut cx = world.cx(&world.a).await;
    let shown = webhooks::get(&mut cx, gone_one.subscription.id).await.unwrap();
    assert_eq!((shown.is_active, shown.disabled_reason), (false, Some(DisabledReason::Gone)));
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
    assert_eq!((shown.is_active, shown.disabled_reason), (false, Some(DisabledReason::Failing)));
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
async fn days_in_which_nothing_was_sent_do_not_count_against_an_endpoint() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, sink.input()).await;
    let shown = async || webhooks::get(&mut world.cx(&world.a).await, made.subscription.id).await.unwrap();
    sink.answers(500, &[]);
    let first = world.clock_time();
    world.happen(&world.a, "first").await;
    for _ in 0..90 {
        world.pass(TimeDelta::hours(1)).await;
    }
    assert_eq!(world.deliveries(&made).await[0].status, DeliveryStatus::Failed, "it was given up");
    assert_eq!(shown().await.failing_since, Some(first), "three days are not enough");
    // Nobody has anything to tell for weeks.
    world.clock.advance(TimeDelta::days(20));
    world.happen(&world.a, "second").await;
    let now = shown().await;
    assert_eq!((now.is_active, now.failing_since), (true, Some(world.clock_time())));
    // The program itself stands still.
    world.pass(TimeDelta::days(20)).await;
    let now = shown().await;
    assert_eq!((now.is_active, now.failing_since), (true, Some(world.clock_time())));
    assert_eq!(world.deliveries(&made).await[0].attempts, 2);
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

/// Webhooks are no way around the permissions of what they tell of.
#[tokio::test]
async fn nobody_hears_by_webhooks_what_they_may_not_read() {
    let world = World::new().await;
    let services = &world.services;
    let sink = Sink::new().await;
    let own = [Permission::WebhooksRead, Permission::WebhooksWrite];
    let begin = async |scopes: &[Permission]| {
        let program = Actor::ApiKey { id: ApiKeyId(uuid::Uuid::nil()), scopes: scopes.to_vec() };
        services.db.begin(world.a.id, program).await.unwrap()
    };
    let of = |events: &[EventName]| WebhookInput { events: events.to_vec(), ..sink.input() };
    let without = |missing: Permission| {
        Permission::ALL.iter().copied().filter(|permission| *permission != missing).collect::<Vec<_>>()
    };
    for event in EventName::ALL {
        let needed = event.read_permission();
        let mut cx = begin(&[own[0], own[1], needed]).await;
        let made = webhooks::create(services, &mut cx, of(&[*event])).await.unwrap().subscription;
        assert_eq!(made.events, [*event]);
        let mut cx = begin(&without(needed)).await;
        for events in [&[*event][..], &[]] {
            let refused = webhooks::create(services, &mut cx, of(events)).await;
            assert!(matches!(refused, Err(Error::Forbidden(missing)) if missing == needed), "{event}: {refused:?}");
        }
    }
    let (told, untold) = (EventName::ContactCreated, EventName::MessageCreated);
    let narrow = world.subscribe(&world.a, of(&[told])).await.subscription.id;
    let wide = world.subscribe(&world.a, of(&[told, untold])).await.subscription.id;
    let mut cx = begin(&[own[0], own[1], Permission::ContactsRead]).await;
    webhooks::update(services, &mut cx, narrow, of(&[told])).await.expect("who may read what is told");
    // More events, all of them, and those that somebody else has chosen at another address.
    let moved = WebhookInput { url: "http://127.0.0.1:9/moved".into(), ..of(&[told, untold]) };
    for (id, input) in [(narrow, of(&[told, untold])), (narrow, of(&[])), (wide, moved)] {
        let refused = webhooks::update(services, &mut cx, id, input).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
    drop(cx);
    // Who may read none of it may still take from it what is told, and switch it off; but not tell more, nor with other headers.
    let mut cx = begin(&own).await;
    let off = WebhookInput { is_active: false, ..of(&[told, untold]) };
    let headers = WebhookInput { custom_headers: Some(vec![("x-key".into(), "1".into())]), ..off.clone() };
    let refused = webhooks::update(services, &mut cx, wide, headers).await;
    assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    assert!(!webhooks::update(services, &mut cx, wide, off).await.expect("switched off").is_active);
    let less = WebhookInput { is_active: false, ..of(&[untold]) };
    assert_eq!(webhooks::update(services, &mut cx, wide, less).await.expect("less").events, [untold]);
    // Nor on again.
    for events in [&[untold][..], &[told, untold]] {
        let refused = webhooks::update(services, &mut cx, wide, of(events)).await;
        assert!(matches!(refused, Err(Error::Forbidden(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn the_log_of_deliveries_shows_bodies_to_those_who_may_read_them() {
    let world = World::new().await;
    let sink = Sink::new().await;
    let made = world.subscribe(&world.a, sink.input()).await;
    world.happen(&world.a, "untold").await;
    let id = world.deliveries(&made).await[0].id;
    let seen = async |permission: Permission| {
        let scopes = vec![Permission::WebhooksRead, permission];
        let program = Actor::ApiKey { id: ApiKeyId(uuid::Uuid::nil()), scopes };
        let mut cx = world.services.db.begin(world.a.id, program).await.unwrap();
        let log = webhooks::deliveries(&mut cx, made.subscription.id, &DeliveryFilter::default()).await.unwrap();
        assert!(log.items.iter().any(|delivery| delivery.id == id), "it is listed");
        webhooks::delivery(&mut cx, id).await.unwrap()
    };
    let whole = seen(Permission::ConversationsRead).await;
    assert_eq!(whole.request.unwrap()["data"]["details"]["shortcut"], "untold");
    assert_eq!(whole.response_body.as_deref(), Some("said the sink"));
    for other in Permission::ALL.iter().filter(|permission| **permission != Permission::ConversationsRead) {
        let outcome = seen(*other).await;
        assert_eq!((outcome.request, outcome.response_body), (None, None), "{other}");
        assert_eq!((outcome.delivery.status, outcome.delivery.response_status), (DeliveryStatus::Delivered, Some(200)));
    }
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
    let page = include_str!("../../../../../docs/events.md");
    for event in EventName::ALL {
        let (_, after) =
            page.split_once(&format!("### `{event}`\n")).unwrap_or_else(|| panic!("{event} is not described"));
        let own = after.split("### ").next().unwrap();
        let example = own.split("```json\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert!(serde_json::from_str::<Value>(example).unwrap().is_object(), "{event}");
    }
    assert_eq!(page.matches("\n### `").count(), EventName::ALL.len(), "nothing is described that does not exist");
}
