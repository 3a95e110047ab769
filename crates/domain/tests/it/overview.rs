use chrono::{DateTime, TimeDelta, Utc};
use db::Cx;
use domain::{channels, contacts, overview};
use types::{
    channel::{ChannelType, CreateChannel},
    contact::ContactInput,
    id::{AgentId, ChannelId, ContactId},
};
use uuid::Uuid;

use crate::support::two_organizations;

struct Fixture {
    channel: ChannelId,
    contact: ContactId,
    agent: AgentId,
}

async fn fixture(cx: &mut Cx) -> Fixture {
    let widget = CreateChannel { name: "Shop".into(), channel_type: ChannelType::Widget, agent_id: None };
    let channel = channels::create(cx, widget).await.expect("a channel").id;
    let input = ContactInput { name: Some("Drita".into()), ..ContactInput::default() };
    let contact = contacts::create(cx, input).await.expect("a contact").summary.id;
    let agent = AgentId(cx.new_id());
    sqlx::query("insert into agents (organization_id, id, name) values ($1, $2, 'Aria')")
        .bind(cx.organization().0)
        .bind(agent.0)
        .execute(cx.conn())
        .await
        .expect("an agent");
    Fixture { channel, contact, agent }
}

/// A conversation with a question at `at`, and an answer so many seconds later.
async fn conversation(cx: &mut Cx, fixture: &Fixture, at: DateTime<Utc>, status: &str, answered: Option<i64>) -> Uuid {
    let (organization, id) = (cx.organization().0, cx.new_id());
    sqlx::query(
        "insert into conversations (organization_id, id, contact_id, channel_id, status, created_at, waiting_since)
         values ($1, $2, $3, $4, $5, $6, case when $5 = 'active' then $6 end)",
    )
    .bind(organization)
    .bind(id)
    .bind(fixture.contact.0)
    .bind(fixture.channel.0)
    .bind(status)
    .bind(at)
    .execute(cx.conn())
    .await
    .expect("a conversation");
    for (seq, direction, role, at) in [
        ("1", "inbound", "user", Some(at)),
        ("2", "outbound", "assistant", answered.map(|seconds| at + TimeDelta::seconds(seconds))),
    ] {
        let Some(at) = at else { continue };
        sqlx::query(
            "insert into messages (organization_id, id, conversation_id, seq, direction, role, author_type, content, created_at)
             values ($1, $2, $3, $4::bigint, $5, $6, 'contact', 'x', $7)",
        )
        .bind(organization)
        .bind(cx.new_id())
        .bind(id)
        .bind(seq.parse::<i64>().expect("a number"))
        .bind(direction)
        .bind(role)
        .bind(at)
        .execute(cx.conn())
        .await
        .expect("a message");
    }
    id
}

async fn trace(cx: &mut Cx, fixture: &Fixture, conversation: Option<Uuid>, decision: &str, at: DateTime<Utc>) {
    let id = cx.new_id();
    sqlx::query(
        "insert into answer_traces (organization_id, id, agent_id, conversation_id, question, decision, created_at)
         values ($1, $2, $3, $4, 'x', $5, $6)",
    )
    .bind(cx.organization().0)
    .bind(id)
    .bind(fixture.agent.0)
    .bind(conversation)
    .bind(decision)
    .bind(at)
    .execute(cx.conn())
    .await
    .expect("a trace");
}

#[tokio::test]
async fn the_figures_are_counted_from_the_organizations_rows() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    let now = cx.now();
    let fixture = fixture(&mut cx).await;
    let today = conversation(&mut cx, &fixture, now, "active", Some(10)).await;
    conversation(&mut cx, &fixture, now - TimeDelta::days(2), "closed", Some(30)).await;
    conversation(&mut cx, &fixture, now - TimeDelta::days(3), "active", None).await;
    conversation(&mut cx, &fixture, now - TimeDelta::days(9), "closed", Some(500)).await;
    conversation(&mut cx, &fixture, now - TimeDelta::days(40), "closed", Some(500)).await;
    trace(&mut cx, &fixture, Some(today), "extracted", now).await;
    trace(&mut cx, &fixture, Some(today), "hand_off", now).await;
    trace(&mut cx, &fixture, None, "extracted", now).await;
    trace(&mut cx, &fixture, Some(today), "curated", now - TimeDelta::days(10)).await;

    let figures = overview::get(&mut cx).await.expect("figures");
    assert_eq!((figures.open, figures.unassigned, figures.waiting), (2, 2, 2));
    assert_eq!((figures.conversations_week, figures.conversations_previous_week), (3, 1));
    assert_eq!((figures.answers_week, figures.handed_off_week), (1, 1), "the playground's answer does not count");
    assert_eq!(figures.median_first_response_seconds, Some(20.0));
    assert_eq!(figures.days.len(), 14);
    assert_eq!((figures.days[13].day, figures.days[13].conversations), (now.date_naive(), 1));
    assert!(figures.days.is_sorted_by_key(|day| day.day));
    let checklist = figures.checklist;
    assert!(checklist.has_agent && checklist.has_tried_agent && checklist.has_conversation);
    assert!(!checklist.has_ready_source && !checklist.has_widget && !checklist.is_complete());
    world.services.commit(cx).await.expect("committed");

    let mut cx = world.cx_b().await;
    let empty = overview::get(&mut cx).await.expect("figures");
    assert_eq!((empty.open, empty.conversations_week, empty.answers_week), (0, 0, 0));
    assert_eq!(empty.median_first_response_seconds, None);
    assert!(!empty.checklist.has_agent && !empty.checklist.has_conversation);
}

#[tokio::test]
async fn days_begin_at_midnight_of_the_organization() {
    let world = two_organizations().await;
    let mut cx = world.cx_a().await;
    sqlx::query("update organizations set settings = '{\"time_zone\": \"Pacific/Kiritimati\"}' where id = $1")
        .bind(world.a.id.0)
        .execute(cx.conn())
        .await
        .expect("a zone 14 hours ahead");
    let figures = overview::get(&mut cx).await.expect("figures");
    let there = (cx.now() + TimeDelta::hours(14)).date_naive();
    assert_eq!(figures.days[13].day, there);
}
