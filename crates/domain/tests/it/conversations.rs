//! Conversations: who answers, and whether they are open.

use chrono::TimeDelta;
use db::Actor;
use domain::{Error, conversations, messages, visitors};
use types::conversation::{ConversationStatus, InboxFilter, InboxList, Owner, Priority, UpdateConversation};

use crate::{
    desk::{desk, desk_with_agent, lines, own_desk, reply},
    inbox::ids,
    support::{assert_not_found, invalid_fields},
};

#[tokio::test]
async fn of_two_members_who_take_over_at_once_one_gets_it_and_the_other_hears_who() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let (ana, ben) = (desk.colleague("Ana Kola").await, desk.colleague("Ben Hoxha").await);
    let take = |actor: Actor| {
        let desk = &desk;
        async move {
            let mut cx = desk.cx_as(&actor).await;
            let result = conversations::take_over(&mut cx, id).await;
            if result.is_ok() {
                desk.services.commit(cx).await.unwrap();
            }
            result
        }
    };
    let results = tokio::join!(take(ana.clone()), take(ben.clone()));
    let (winner, loser) = match results {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("one must win: {other:?}"),
    };
    let name = winner.summary.assignee_name.clone().unwrap();
    assert!(matches!(&loser, Error::Conflict(text) if text.contains(&name)), "{loser:?}");
    assert_eq!((winner.summary.owner, winner.owner_epoch), (Owner::Member, 2));
    // The same member again changes nothing.
    let again = take(if name.starts_with("Ana") { ana } else { ben }).await.unwrap();
    assert_eq!(again.owner_epoch, 2);
    assert_eq!(lines(&desk.thread(id).await), ["taken_over"]);
}

#[tokio::test]
async fn an_agent_hands_off_once_and_not_after_a_takeover() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let actor = Actor::Agent { id: desk.agent.unwrap(), name: "Aria".into() };
    let mut cx = desk.cx_as(&actor).await;
    let handed = conversations::request_hand_off(&mut cx, id, Some(1), "no passage").await.unwrap();
    assert_eq!((handed.summary.owner, handed.owner_epoch), (Owner::Nobody, 2));
    assert!(handed.summary.waiting_since.is_some());
    let late = conversations::request_hand_off(&mut cx, id, Some(1), "no passage").await;
    assert!(matches!(late, Err(Error::Conflict(_))));
    let again = conversations::request_hand_off(&mut cx, id, None, "no passage").await.unwrap();
    assert_eq!(again.owner_epoch, 2);
    desk.services.commit(cx).await.unwrap();
    assert_eq!(desk.agent_answers(id, 1, "agent:1").await, None);
    assert_eq!(lines(&desk.thread(id).await), ["hand_off_requested"]);
}

#[tokio::test]
async fn hand_back_needs_an_agent_and_wakes_it_for_an_unanswered_message() {
    let without = desk().await;
    let (_, id) = without.conversation().await;
    let refused = conversations::hand_back(&mut without.cx().await, id).await;
    assert!(matches!(refused, Err(Error::Conflict(_))));

    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    conversations::take_over(&mut cx, id).await.unwrap();
    let back = conversations::hand_back(&mut cx, id).await.unwrap();
    assert_eq!((back.summary.owner, back.summary.assignee_id, back.owner_epoch), (Owner::Agent, None, 3));
    let jobs: i64 = sqlx::query_scalar(
        "select count(*) from awa.jobs where args->>'conversation_id' = $1 and args->>'owner_epoch' = '3'",
    )
    .bind(id.to_string())
    .fetch_one(cx.conn())
    .await
    .unwrap();
    assert_eq!(jobs, 1);
}

#[tokio::test]
async fn assigning_gives_the_answer_to_a_member_and_back_to_nobody() {
    let desk = desk_with_agent().await;
    let (visitor, id) = desk.conversation().await;
    let ana = desk.colleague("Ana Kola").await.member_id();
    let mut cx = desk.cx().await;
    let assigned = conversations::assign(&mut cx, id, ana).await.unwrap();
    assert_eq!((assigned.summary.owner, assigned.summary.assignee_id), (Owner::Member, ana));
    let freed = conversations::assign(&mut cx, id, None).await.unwrap();
    assert_eq!((freed.summary.owner, freed.owner_epoch), (Owner::Nobody, 3));
    let stranger = conversations::assign(&mut cx, id, Some(desk.world.b.owner.member_id().unwrap())).await;
    assert_eq!(invalid_fields(stranger), ["assignee"]);
    desk.services.commit(cx).await.unwrap();
    // Who is assigned is colleagues' business.
    let shown = visitors::conversation(&desk.services, &visitor).await.unwrap().unwrap();
    assert!(lines(&shown.messages).is_empty());
    assert_eq!(lines(&desk.thread(id).await), ["assigned", "unassigned"]);
}

#[tokio::test]
async fn closing_refuses_what_the_agent_is_writing_and_reopening_gives_it_to_a_person() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    let closed = conversations::close(&mut cx, id).await.unwrap();
    assert_eq!(closed.summary.status, ConversationStatus::Closed);
    assert_eq!(closed.summary.unread_count, 0);
    assert_eq!(conversations::close(&mut cx, id).await.unwrap().owner_epoch, closed.owner_epoch);
    desk.services.commit(cx).await.unwrap();
    assert_eq!(desk.agent_answers(id, 1, "agent:1").await, None);
    let mut cx = desk.cx().await;
    let open = conversations::reopen(&mut cx, id).await.unwrap();
    assert_eq!((open.summary.status, open.summary.owner), (ConversationStatus::Active, Owner::Nobody));
    assert_eq!(open.closed_at, None);
}

#[tokio::test]
async fn a_snoozed_conversation_comes_back_at_its_time_or_with_a_message() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let now = desk.services.db.now();
    let mut cx = desk.cx().await;
    conversations::mark_read(&mut cx, id, 1).await.unwrap();
    assert_eq!(invalid_fields(conversations::snooze(&mut cx, id, Some(now)).await), ["until"]);
    conversations::snooze(&mut cx, id, Some(now + TimeDelta::hours(1))).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert!(ids(&desk, InboxFilter::default()).await.is_empty());
    let snoozed = InboxFilter { list: Some(InboxList::Snoozed), ..InboxFilter::default() };
    assert_eq!(ids(&desk, snoozed).await, [id]);
    conversations::wake_snoozed(&desk.services).await.unwrap();
    assert!(desk.get(id).await.summary.snoozed_until.is_some());
    desk.world.clock.advance(TimeDelta::hours(2));
    while conversations::wake_snoozed(&desk.services).await.unwrap() > 0 {}
    let woken = desk.get(id).await.summary;
    assert_eq!((woken.snoozed_until, woken.unread_count), (None, 1));

    let mut cx = desk.cx().await;
    let until = desk.services.db.now() + TimeDelta::hours(1);
    conversations::snooze(&mut cx, id, Some(until)).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    desk.says(&visitor, "Hello?").await;
    assert_eq!(desk.get(id).await.summary.snoozed_until, None);
}

#[tokio::test]
async fn one_that_somebody_works_on_keeps_no_other_asleep() {
    let desk = own_desk().await;
    let (_, held) = desk.conversation().await;
    let (_, other) = desk.conversation().await;
    let mut cx = desk.cx().await;
    let until = desk.services.db.now() + TimeDelta::hours(1);
    for id in [held, other] {
        conversations::snooze(&mut cx, id, Some(until)).await.unwrap();
    }
    desk.services.commit(cx).await.unwrap();
    desk.world.clock.advance(TimeDelta::hours(2));
    let mut cx = desk.cx().await;
    sqlx::query("select id from conversations where id = $1 for update").bind(held.0).execute(cx.conn()).await.unwrap();
    assert_eq!(conversations::wake_snoozed(&desk.services).await.unwrap(), 2);
    assert!(desk.get(held).await.summary.snoozed_until.is_some());
    assert_eq!(desk.get(other).await.summary.snoozed_until, None);
    drop(cx);
    assert_eq!(conversations::wake_snoozed(&desk.services).await.unwrap(), 1);
    assert_eq!(desk.get(held).await.summary.snoozed_until, None);
}

#[tokio::test]
async fn reading_goes_forward_only_and_counts_what_is_left() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    desk.says(&visitor, "Hello?").await;
    let mut cx = desk.cx().await;
    let read = conversations::mark_read(&mut cx, id, 1).await.unwrap();
    assert_eq!((read.member_read_seq, read.summary.unread_count), (1, 1));
    let read = conversations::mark_read(&mut cx, id, 99).await.unwrap();
    assert_eq!((read.member_read_seq, read.summary.unread_count), (2, 0));
    let read = conversations::mark_read(&mut cx, id, 1).await.unwrap();
    assert_eq!(read.member_read_seq, 2);
}

#[tokio::test]
async fn fields_are_checked_and_kept() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    let input = UpdateConversation {
        subject: Some(" Late order ".into()),
        priority: Some(Priority::Urgent),
        tags: Some(vec!["order".into(), "order".into(), "late".into()]),
    };
    let summary = conversations::update(&mut cx, id, input).await.unwrap().summary;
    assert_eq!((summary.subject.as_str(), summary.priority), ("Late order", Priority::Urgent));
    assert_eq!(summary.tags, ["order", "late"]);
    assert_eq!(conversations::tags(&mut cx).await.unwrap(), ["late", "order"]);
    let long = UpdateConversation { subject: Some("x".repeat(201)), ..UpdateConversation::default() };
    assert_eq!(invalid_fields(conversations::update(&mut cx, id, long).await), ["subject"]);
}

#[tokio::test]
async fn another_organizations_conversation_is_not_there_for_any_verb() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.stranger().await;
    let cx = &mut cx;
    assert_not_found(conversations::get(cx, id).await);
    assert_not_found(conversations::summary(cx, id).await);
    assert_not_found(conversations::update(cx, id, UpdateConversation::default()).await);
    assert_not_found(conversations::assign(cx, id, None).await);
    assert_not_found(conversations::take_over(cx, id).await);
    assert_not_found(conversations::hand_back(cx, id).await);
    assert_not_found(conversations::close(cx, id).await);
    assert_not_found(conversations::reopen(cx, id).await);
    assert_not_found(conversations::snooze(cx, id, None).await);
    assert_not_found(conversations::mark_read(cx, id, 1).await);
    assert_not_found(conversations::request_hand_off(cx, id, None, "x").await);
    assert_eq!(conversations::list(cx, &InboxFilter::default()).await.unwrap().total, 0);
    assert_eq!(conversations::counts(cx).await.unwrap().all, 0);
    assert!(conversations::tags(cx).await.unwrap().is_empty());
}

#[tokio::test]
async fn visitors_and_agents_have_no_members_rights() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let mut cx = desk.cx_as(&visitor.actor()).await;
    assert!(matches!(conversations::get(&mut cx, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(conversations::close(&mut cx, id).await, Err(Error::Forbidden(_))));
    assert!(matches!(messages::send(&mut cx, id, reply("hi")).await, Err(Error::Forbidden(_))));
    assert!(matches!(conversations::request_hand_off(&mut cx, id, None, "x").await, Err(Error::Forbidden(_))));
}
