//! For how long events and deliveries are kept, and who needs them longer.

use chrono::TimeDelta;
use db::{Cx, sqlx};
use domain::{
    canned_responses, contacts, events,
    live::{self, Missed},
    messages, upkeep, webhooks,
};
use types::{event::EventName, webhook::WebhookInput};
use uuid::Uuid;

use crate::{
    desk::{Desk, note, own_desk},
    support,
};

async fn publish(desk: &Desk) {
    while events::publish(&desk.services).await.unwrap() > 0 {}
}

async fn pass(desk: &Desk, days: i64) {
    desk.world.clock.advance(TimeDelta::days(days));
    upkeep::run(&desk.services).await.unwrap();
}

/// Something happens in the organization of a transaction.
async fn happen(desk: &Desk, mut cx: Cx, shortcut: &str) {
    canned_responses::create(&mut cx, shortcut, "Hello").await.unwrap();
    desk.services.commit(cx).await.unwrap();
}

/// What the events of the first organization's canned responses are about.
async fn shortcuts(desk: &Desk) -> Vec<String> {
    sqlx::query_scalar(
        "select payload->>'shortcut' from events
         where organization_id = $1 and resource_type = 'canned_response' order by 1",
    )
    .bind(desk.world.a.id.0)
    .fetch_all(desk.cx().await.conn())
    .await
    .unwrap()
}

#[tokio::test]
async fn events_of_a_month_ago_go_and_those_that_are_needed_stay() {
    let desk = own_desk().await;
    let (_, conversation) = desk.conversation().await;
    for shortcut in ["first", "last"] {
        happen(&desk, desk.stranger().await, shortcut).await;
        publish(&desk).await;
    }
    happen(&desk, desk.cx().await, "nobody-waits").await;
    publish(&desk).await;
    let mut cx = desk.cx().await;
    let wanted = vec![EventName::CannedResponseCreated];
    let url = "https://example.com/hook".into();
    let hook = WebhookInput { url, events: wanted, is_active: true, ..WebhookInput::default() };
    webhooks::create(&desk.services, &mut cx, hook).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    happen(&desk, desk.cx().await, "waits-to-be-sent").await;
    publish(&desk).await;
    happen(&desk, desk.cx().await, "waits-to-be-published").await;

    let before = support::events(&mut desk.cx().await).await;
    pass(&desk, 29).await;
    assert_eq!(support::events(&mut desk.cx().await).await, before);
    pass(&desk, 2).await;
    assert_eq!(shortcuts(&desk).await, ["waits-to-be-published", "waits-to-be-sent"]);
    let left = support::events(&mut desk.cx().await).await;
    assert_eq!(left, ["contact.created", "canned_response.created", "canned_response.created"]);
    let contact = desk.get(conversation).await.summary.contact_id;
    let history = contacts::timeline(&mut desk.cx().await, contact).await.unwrap();
    assert!(history.iter().any(|entry| entry.name == "contact.created"));
    let strangers: Vec<String> =
        sqlx::query_scalar("select payload->>'shortcut' from events where organization_id = $1")
            .bind(desk.world.b.id.0)
            .fetch_all(desk.stranger().await.conn())
            .await
            .unwrap();
    assert_eq!(strangers, ["last"], "the newest says where live updates stand");

    // What was published late is told to those who want it, and goes when it was sent for long enough.
    publish(&desk).await;
    pass(&desk, 1).await;
    assert_eq!(shortcuts(&desk).await.len(), 2);
    let mut cx = desk.cx().await;
    sqlx::query("update webhook_deliveries set status = 'delivered' where organization_id = $1")
        .bind(desk.world.a.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
    desk.services.commit(cx).await.unwrap();
    let mut cx = desk.cx().await;
    contacts::delete(&mut cx, contact).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    publish(&desk).await;
    pass(&desk, 0).await;
    assert_eq!(shortcuts(&desk).await, ["waits-to-be-published"], "its delivery is a day old");
    let left = support::events(&mut desk.cx().await).await;
    assert_eq!(left, ["canned_response.created", "contact.deleted"], "of a contact that is gone nothing is kept");
    pass(&desk, 30).await;
    assert_eq!(support::events(&mut desk.cx().await).await, ["contact.deleted"]);
}

#[tokio::test]
async fn a_browser_that_comes_back_after_days_loads_anew() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    publish(&desk).await;
    let cursor = async || live::cursor(&mut desk.cx().await).await.unwrap();
    let write = async || {
        let mut cx = desk.cx().await;
        messages::send(&mut cx, id, note("noted")).await.unwrap();
        desk.services.commit(cx).await.unwrap();
        publish(&desk).await;
    };
    let missed = async |since| live::missed(&desk.services.live, &mut desk.cx().await, Some(since), 100).await.unwrap();

    let first = cursor().await;
    desk.world.clock.advance(TimeDelta::hours(23));
    write().await;
    assert!(matches!(missed(first).await, Missed::Events { events, .. } if !events.is_empty()));
    desk.world.clock.advance(TimeDelta::hours(2));
    assert_eq!(missed(first).await, Missed::Reload { cursor: cursor().await });

    // What it has not seen is gone, and something came since.
    pass(&desk, 31).await;
    let last = cursor().await;
    assert_eq!(missed(last).await, Missed::Events { events: Vec::new(), cursor: last }, "it has seen the last one");
    write().await;
    let reload = Missed::Reload { cursor: cursor().await };
    for since in [0, first, last] {
        assert_eq!(missed(since).await, reload, "{since}");
    }
    let visitors = live::missed_by_visitor(&desk.services, &visitor, Some(id), Some(first), 100).await;
    assert_eq!(visitors.unwrap(), reload);
}

/// Events that tell nobody anything, all published.
async fn write_many(desk: &Desk, count: usize) {
    let mut cx = desk.cx().await;
    let ids: Vec<Uuid> = (0..count).map(|_| cx.new_id()).collect();
    sqlx::query(
        "insert into events (organization_id, id, name, resource_type, resource_id, actor_type, position, created_at)
         select $1, id, 'conversation.read', 'conversation', id, 'system', nextval('event_positions'), $3
         from unnest($2::uuid[]) id",
    )
    .bind(desk.world.a.id.0)
    .bind(&ids)
    .bind(cx.now())
    .execute(cx.conn())
    .await
    .unwrap();
    cx.commit().await.unwrap();
}

async fn count(desk: &Desk) -> i64 {
    sqlx::query_scalar("select count(*) from events where organization_id = $1")
        .bind(desk.world.a.id.0)
        .fetch_one(desk.cx().await.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn an_upkeep_that_is_cut_off_is_finished_by_the_next_also_by_two_at_once() {
    let desk = own_desk().await;
    publish(&desk).await;
    // Many times what it removes at once.
    write_many(&desk, 10_000).await;
    desk.world.clock.advance(TimeDelta::days(31));
    let before = count(&desk).await;
    let services = desk.services.clone();
    let cut_off = tokio::spawn(async move { upkeep::run(&services).await });
    while count(&desk).await == before {
        assert!(!cut_off.is_finished(), "it has removed nothing");
    }
    cut_off.abort();
    assert!(cut_off.await.is_err_and(|error| error.is_cancelled()), "it was done before it was cut off");
    assert!(count(&desk).await > 1);
    let (one, other) = tokio::join!(upkeep::run(&desk.services), upkeep::run(&desk.services));
    one.unwrap();
    other.unwrap();
    assert_eq!(count(&desk).await, 1);
}

#[tokio::test]
async fn an_event_that_somebody_holds_keeps_no_upkeep_waiting() {
    let desk = own_desk().await;
    publish(&desk).await;
    write_many(&desk, 3).await;
    desk.world.clock.advance(TimeDelta::days(31));
    let mut holder = desk.cx().await;
    let oldest = "select id from events where organization_id = $1 order by position limit 1 for update";
    sqlx::query(oldest).bind(desk.world.a.id.0).execute(holder.conn()).await.unwrap();
    upkeep::run(&desk.services).await.unwrap();
    assert_eq!(count(&desk).await, 2, "the one that is held, and the newest");
    drop(holder);
    upkeep::run(&desk.services).await.unwrap();
    assert_eq!(count(&desk).await, 1);
}
