//! Live updates: in commit order, to whom they concern, and none missed.

use std::{sync::Arc, time::Duration};

use db::Actor;
use domain::{
    Services, channels, conversations, events,
    events::Publisher,
    live::{self, Bus, Missed, Subscription, Update},
    messages,
    visitors::{self, Visitor},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use types::{
    conversation::Owner,
    event::EventName,
    id::{ChannelId, ConversationId, MemberId, MessageId, OrganizationId, SessionId},
    live::{Signal, Viewer},
};

use crate::{
    desk::{Desk, desk, note, own_desk, reply},
    support::assert_not_found,
};

/// Another node over the same database.
fn node(services: &Services) -> Services {
    Services { live: Bus::new(), ..services.clone() }
}

struct Running(CancellationToken);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn run(services: &Services, with_publisher: bool) -> Running {
    let stop = CancellationToken::new();
    let mut probe = services.live.subscribe_members(OrganizationId(uuid::Uuid::new_v4()), session());
    tokio::spawn(live::run(services.clone(), stop.clone()));
    if with_publisher {
        // What was before is told before.
        events::publish(services).await.unwrap();
        tokio::spawn(Publisher::run(services.clone(), stop.clone()));
    }
    // Until the node listens: then whoever was here before may have missed something.
    assert!(matches!(next(&mut probe).await, Some(Update::Reload)));
    Running(stop)
}

async fn next(subscription: &mut Subscription) -> Option<Update> {
    tokio::time::timeout(Duration::from_secs(30), subscription.recv()).await.ok()
}

async fn nothing(subscription: &mut Subscription) -> bool {
    tokio::time::timeout(Duration::from_millis(300), subscription.recv()).await.is_err()
}

/// Events up to the first of a name.
async fn until(subscription: &mut Subscription, name: EventName) -> Arc<live::Published> {
    loop {
        match next(subscription).await {
            Some(Update::Event(event)) if event.event.name == name => return event,
            Some(_) => {}
            None => panic!("no {name} came"),
        }
    }
}

#[tokio::test]
async fn what_was_published_elsewhere_while_a_node_did_not_listen_comes_before_its_own() {
    let desk = own_desk().await;
    let (here, elsewhere) = (&desk.services, node(&desk.services));
    events::publish(here).await.unwrap();
    let mut browser = here.live.subscribe_members(desk.world.a.id, session());
    live::missed(&here.live, &mut desk.cx().await, None, 0).await.unwrap();
    for (services, subject) in [(&elsewhere, "first"), (here, "second")] {
        services.commit(emit(&desk, subject).await).await.unwrap();
        events::publish(services).await.unwrap();
    }
    let _running = run(here, false).await;
    let first = until(&mut browser, EventName::AnswerUpdated).await;
    let second = until(&mut browser, EventName::AnswerUpdated).await;
    assert!(second.position > first.position && second.event.resource_id != first.event.resource_id);
}

/// During an upgrade newer nodes write events that an older one does not know.
#[tokio::test]
async fn an_event_of_a_newer_version_is_passed_over() {
    let desk = own_desk().await;
    let services = &desk.services;
    events::publish(services).await.unwrap();
    let mut browser = services.live.subscribe_members(desk.world.a.id, session());
    live::missed(&services.live, &mut desk.cx().await, None, 0).await.unwrap();
    let before = live::cursor(&mut desk.cx().await).await.unwrap();
    for subject in ["of tomorrow", "today", "of tomorrow"] {
        let mut cx = emit(&desk, subject).await;
        sqlx::query(
            "update events set name = 'parcel.sent'
             where organization_id = $1 and position is null and payload->>'question' = 'of tomorrow'",
        )
        .bind(desk.world.a.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
        services.commit(cx).await.unwrap();
    }
    events::publish(services).await.unwrap();

    let mut cx = desk.cx().await;
    let newest = live::cursor(&mut cx).await.unwrap();
    let Missed::Events { events, cursor } = live::missed(&services.live, &mut cx, Some(before), 100).await.unwrap()
    else {
        panic!("few events come one by one")
    };
    assert_eq!(events.iter().map(|(_, event)| event.name).collect::<Vec<_>>(), [EventName::AnswerUpdated]);
    assert_eq!(cursor, newest, "what is passed over was seen");
    drop(cx);
    let _running = run(services, false).await;
    assert_eq!(until(&mut browser, EventName::AnswerUpdated).await.position, events[0].0);
}

fn session() -> SessionId {
    SessionId(uuid::Uuid::new_v4())
}

async fn emit(desk: &Desk, subject: &str) -> db::Cx {
    let mut cx = desk.cx().await;
    let id = uuid::Uuid::new_v4();
    events::emit(&mut cx, EventName::AnswerUpdated, "answer", id, None, json!({"question": subject})).await.unwrap();
    cx
}

async fn subjects(desk: &Desk) -> Vec<String> {
    let mut cx = desk.cx().await;
    sqlx::query_scalar(
        "select payload->>'question' from events
         where organization_id = $1 and position is not null and payload ? 'question' order by position",
    )
    .bind(desk.world.a.id.0)
    .fetch_all(cx.conn())
    .await
    .unwrap()
}

#[tokio::test]
async fn an_event_that_commits_later_comes_later_though_it_was_written_first() {
    let desk = own_desk().await;
    let slow = emit(&desk, "slow").await;
    let quick = emit(&desk, "quick").await;
    quick.commit().await.unwrap();
    events::publish(&desk.services).await.unwrap();
    assert_eq!(subjects(&desk).await, ["quick"]);
    slow.commit().await.unwrap();
    events::publish(&desk.services).await.unwrap();
    assert_eq!(subjects(&desk).await, ["quick", "slow"]);
    assert_eq!(events::publish(&desk.services).await.unwrap(), 0);
}

#[tokio::test]
async fn an_organization_that_writes_much_keeps_no_other_waiting() {
    let desk = own_desk().await;
    events::publish(&desk.services).await.unwrap();
    for n in 0..250 {
        emit(&desk, &format!("much {n:03}")).await.commit().await.unwrap();
    }
    let (mut cx, id) = (desk.stranger().await, uuid::Uuid::new_v4());
    let little = json!({"question": "little"});
    events::emit(&mut cx, EventName::AnswerUpdated, "answer", id, None, little).await.unwrap();
    cx.commit().await.unwrap();
    assert_eq!(events::publish(&desk.services).await.unwrap(), 251);
    let much = subjects(&desk).await;
    assert!(much.is_sorted() && much.len() == 250, "{much:?}");
    let position = "select position from events where organization_id = $1 order by position desc limit 1";
    let mut last = Vec::new();
    for (mut cx, organization) in [(desk.stranger().await, &desk.world.b), (desk.cx().await, &desk.world.a)] {
        let position: i64 = sqlx::query_scalar(position).bind(organization.id.0).fetch_one(cx.conn()).await.unwrap();
        last.push(position);
    }
    assert!(last[1] - last[0] >= 149, "after a hundred at most: {last:?}");
}

#[tokio::test]
async fn two_publishers_at_once_publish_each_event_once() {
    let desk = own_desk().await;
    events::publish(&desk.services).await.unwrap();
    for n in 0..20 {
        emit(&desk, &n.to_string()).await.commit().await.unwrap();
    }
    let other = node(&desk.services);
    let (one, two) = tokio::join!(events::publish(&desk.services), events::publish(&other));
    assert_eq!(one.unwrap() + two.unwrap(), 20);
    assert_eq!(subjects(&desk).await, (0..20).map(|n| n.to_string()).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_message_reaches_members_and_its_visitor_and_a_note_members_only() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    let (other, elsewhere) = desk.conversation().await;
    let organization = desk.world.a.id;
    let _running = run(&desk.services, true).await;
    let mut member = desk.services.live.subscribe_members(organization, session());
    let mut theirs = desk.services.live.subscribe_members(desk.world.b.id, session());
    let mut browser = desk.services.live.subscribe_visitor(&visitor, Some(id));
    let mut stranger = desk.services.live.subscribe_visitor(&other, Some(elsewhere));
    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, note("between us")).await.unwrap();
    messages::send(&mut cx, id, reply("to you")).await.unwrap();
    desk.services.commit(cx).await.unwrap();

    let noted = until(&mut member, EventName::MessageCreated).await;
    assert_eq!(noted.event.message.as_ref().unwrap().content, "between us");
    let sent = until(&mut member, EventName::MessageCreated).await;
    assert_eq!(sent.event.conversation.as_ref().unwrap().last_message_preview, "to you");
    assert!(std::str::from_utf8(&sent.frame).unwrap().starts_with(r#"{"event":"#));

    let seen = until(&mut browser, EventName::MessageCreated).await;
    let message = seen.event.message.as_ref().unwrap();
    assert_eq!((message.content.as_str(), message.author_name.as_str()), ("to you", "Olta"));
    assert_eq!(seen.event.conversation, None);
    assert_eq!(seen.position, sent.position);
    assert!(nothing(&mut browser).await && nothing(&mut stranger).await && nothing(&mut theirs).await);
}

#[tokio::test]
async fn the_visitor_hears_who_answers_now() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    let _running = run(&desk.services, true).await;
    let mut browser = desk.services.live.subscribe_visitor(&visitor, Some(id));
    let mut cx = desk.cx().await;
    conversations::take_over(&mut cx, id).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    loop {
        if let Update::Signal(passing) = next(&mut browser).await.expect("a signal") {
            let expected =
                Signal::OwnerChanged { conversation_id: id, owner: Owner::Member, name: Some("Olta".into()) };
            assert_eq!(passing.signal, expected);
            break;
        }
    }
}

#[tokio::test]
async fn a_browser_that_slept_gets_what_it_missed_or_loads_anew() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    events::publish(&desk.services).await.unwrap();
    let mut cx = desk.cx().await;
    let before = live::cursor(&mut cx).await.unwrap();
    messages::send(&mut cx, id, note("a")).await.unwrap();
    messages::send(&mut cx, id, reply("b")).await.unwrap();
    cx.commit().await.unwrap();
    events::publish(&desk.services).await.unwrap();

    let mut cx = desk.cx().await;
    let now = live::cursor(&mut cx).await.unwrap();
    let Missed::Events { events, cursor } =
        live::missed(&desk.services.live, &mut cx, Some(before), 100).await.unwrap()
    else {
        panic!("few events come one by one")
    };
    assert_eq!(cursor, now);
    let texts: Vec<_> =
        events.iter().filter_map(|(_, event)| event.message.as_ref()).map(|m| m.content.as_str()).collect();
    assert_eq!(texts, ["a", "b"]);
    assert!(events.windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(
        live::missed(&desk.services.live, &mut cx, Some(before), 1).await.unwrap(),
        Missed::Reload { cursor: now }
    );
    assert_eq!(
        live::missed(&desk.services.live, &mut cx, Some(now + 1), 100).await.unwrap(),
        Missed::Reload { cursor: now }
    );
    let fresh = live::missed(&desk.services.live, &mut cx, None, 100).await.unwrap();
    assert_eq!(fresh, Missed::Events { events: Vec::new(), cursor: now });
    assert_eq!(live::cursor(&mut desk.stranger().await).await.unwrap(), 0);

    let own = live::missed_by_visitor(&desk.services, &visitor, Some(id), Some(before), 100).await.unwrap();
    let Missed::Events { events, cursor } = own else { panic!("few events come one by one") };
    let texts: Vec<_> =
        events.iter().filter_map(|(_, event)| event.message.as_ref()).map(|m| m.content.as_str()).collect();
    assert_eq!((texts, cursor), (vec!["b"], now));
    let other = desk.visitor().await;
    assert_not_found(live::missed_by_visitor(&desk.services, &other, Some(id), Some(before), 100).await);
}

#[tokio::test]
async fn nodes_tell_each_other_of_events_signals_viewers_and_ended_sessions() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    let organization = desk.world.a.id;
    let (here, there) = (desk.services.clone(), node(&desk.services));
    let _running = (run(&here, true).await, run(&there, false).await);
    let signed_in = session();
    let mut member = there.live.subscribe_members(organization, signed_in);
    let mut browser = there.live.subscribe_visitor(&visitor, Some(id));

    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, reply("across")).await.unwrap();
    here.commit(cx).await.unwrap();
    let event = until(&mut member, EventName::MessageCreated).await;
    assert_eq!(event.event.message.as_ref().unwrap().content, "across");
    until(&mut browser, EventName::MessageCreated).await;

    let draft = |text: &str, html: &str| Signal::Draft {
        conversation_id: id,
        message_id: MessageId(uuid::Uuid::nil()),
        epoch: 1,
        text: text.into(),
        html: html.into(),
    };
    here.live.signal(organization, draft("**so", "<p>old</p>"));
    here.live.signal(organization, draft("**so far**", ""));
    let drafted = signal(&mut browser, |signal| matches!(signal, Signal::Draft { .. })).await;
    assert_eq!(drafted, draft("**so far**", "<p><strong>so far</strong></p>\n"));

    let member_id = MemberId(uuid::Uuid::nil());
    let viewer = Viewer { member_id, name: "Ana Kola".into() };
    here.live.viewing(organization, uuid::Uuid::nil(), viewer.clone(), Some(id));
    let looking = signal(&mut member, |signal| matches!(signal, Signal::Viewers { .. })).await;
    assert_eq!(looking, Signal::Viewers { conversation_id: id, members: vec![viewer] });
    assert_eq!(there.live.viewers(organization, id).len(), 1);
    assert!(there.live.viewers(OrganizationId(uuid::Uuid::nil()), id).is_empty());

    let typing = Signal::MemberTyping { conversation_id: id, member_id, name: "Ana Kola".into() };
    here.live.signal(organization, typing);
    let seen = signal(&mut browser, |signal| matches!(signal, Signal::MemberTyping { .. })).await;
    assert_eq!(seen, Signal::MemberTyping { conversation_id: id, member_id, name: "Ana".into() });

    here.live.end_session(signed_in);
    while !matches!(next(&mut member).await.expect("an end"), Update::SessionEnded) {}
}

async fn signal(subscription: &mut Subscription, wanted: fn(&Signal) -> bool) -> Signal {
    loop {
        match next(subscription).await.expect("a signal") {
            Update::Signal(passing) if wanted(&passing.signal) => return passing.signal.clone(),
            _ => {}
        }
    }
}

#[tokio::test]
async fn a_second_tab_follows_the_first_into_its_conversation_and_out_of_it() {
    let desk = own_desk().await;
    let _running = run(&desk.services, true).await;
    let visitor = desk.visitor().await;
    let mut tab = desk.services.live.subscribe_visitor(&visitor, None);
    let sent = desk.says(&visitor, "hi").await;
    assert!(matches!(next(&mut tab).await, Some(Update::Reload)));
    desk.says(&visitor, "there").await;
    loop {
        let event = until(&mut tab, EventName::MessageCreated).await;
        assert_eq!(event.event.conversation_id, Some(sent.conversation_id));
        if event.event.message.as_ref().unwrap().content == "there" {
            break;
        }
    }
    visitors::restart(&desk.services, &visitor).await.unwrap();
    while !matches!(next(&mut tab).await.expect("a reload"), Update::Reload) {}
    desk.services.live.signal(desk.world.a.id, Signal::AgentThinking { conversation_id: sent.conversation_id });
    assert!(nothing(&mut tab).await);
}

#[tokio::test]
async fn a_new_secret_for_identities_makes_open_browsers_look_at_what_is_still_theirs() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    let _running = run(&desk.services, true).await;
    let mut browser = desk.services.live.subscribe_visitor(&visitor, Some(id));
    let mut elsewhere =
        desk.services.live.subscribe_visitor(&Visitor { channel: ChannelId(id.0), ..visitor.clone() }, None);
    let mut cx = desk.world.cx_a().await;
    channels::rotate_identity_secret(&desk.services, &mut cx, visitor.channel).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert!(matches!(next(&mut browser).await, Some(Update::Reload)));
    assert!(nothing(&mut elsewhere).await);
}

#[tokio::test]
async fn what_waits_is_kept_when_a_visitor_moves_to_where_it_is_already() {
    let desk = own_desk().await;
    let there = node(&desk.services);
    let _there = run(&there, false).await;
    // The node where the conversation began has not told the other one yet.
    let (visitor, id) = desk.conversation().await;
    let mut told = there.live.subscribe_visitor(&visitor, None);
    let mut browser = there.live.subscribe_visitor(&visitor, Some(id));
    let thinking = Signal::AgentThinking { conversation_id: id };
    there.live.signal(desk.world.a.id, thinking.clone());
    let _here = run(&desk.services, true).await;
    assert!(matches!(next(&mut told).await, Some(Update::Reload)));
    assert_eq!(signal(&mut browser, |_| true).await, thinking);
}

#[tokio::test]
async fn who_reads_too_slowly_loads_anew() {
    let desk = desk().await;
    let organization = desk.world.a.id;
    let conversation_id = ConversationId(uuid::Uuid::nil());
    let mut slow = desk.services.live.subscribe_members(organization, session());
    for _ in 0..2_000 {
        desk.services.live.signal(organization, Signal::AgentThinking { conversation_id });
    }
    assert!(matches!(next(&mut slow).await, Some(Update::Reload)));
    assert!(nothing(&mut slow).await);
}

#[tokio::test]
async fn a_hundred_messages_a_second_arrive_in_order() {
    let desk = own_desk().await;
    let (visitor, id) = desk.conversation().await;
    events::publish(&desk.services).await.unwrap();
    let _running = run(&desk.services, true).await;
    let mut browser = desk.services.live.subscribe_visitor(&visitor, Some(id));
    let actor = Actor::System;
    let services = desk.services.clone();
    let organization = desk.world.a.id;
    let sending = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_millis(10));
        let mut sent = Vec::new();
        for _ in 0..200 {
            tick.tick().await;
            let mut cx = services.db.begin(organization, actor.clone()).await.unwrap();
            sent.push(messages::send(&mut cx, id, reply("quick")).await.unwrap().id);
            services.commit(cx).await.unwrap();
        }
        sent
    });
    let (mut arrived, mut last) = (Vec::new(), 0);
    while arrived.len() < 200 {
        let messages = match next(&mut browser).await.expect("what comes next") {
            Update::Event(event) => event.event.message.iter().cloned().collect(),
            // The browser fell behind, and asks for what it missed; some of that comes after it once more.
            Update::Reload => messages::after(&mut desk.cx().await, id, last).await.unwrap(),
            _ => Vec::new(),
        };
        for message in messages {
            if message.seq > last && message.content == "quick" {
                arrived.push(message.id);
                last = message.seq;
            }
        }
    }
    assert_eq!(arrived, sending.await.unwrap());
}
