//! People who are quicker than the agent: it writes nothing any more, and what it showed is withdrawn.

use std::time::Duration;

use domain::{Error, agents, conversations, jobs, messages, visitors};
use llm::testing::Behaviour;
use types::{
    conversation::{ConversationStatus, Owner},
    live::Signal,
    message::AuthorType,
};

use super::{Answering, LONG, QUESTION, answering, begin, drafts, signal, slow};
use crate::desk::{lines, reply};

/// What somebody does while the agent streams.
#[derive(Debug, Clone, Copy)]
enum Act {
    TakeOver,
    Reply,
    Assign,
    Close,
    VisitorCallsPerson,
    VisitorEnds,
    DeleteAgent,
}

#[tokio::test]
async fn whoever_comes_between_silences_the_agent_and_withdraws_its_draft() {
    let acts = [
        (Act::TakeOver, Owner::Member, "taken_over"),
        (Act::Reply, Owner::Member, "taken_over"),
        (Act::Assign, Owner::Member, "assigned"),
        (Act::Close, Owner::Nobody, "closed"),
        (Act::VisitorCallsPerson, Owner::Nobody, "hand_off_requested"),
        (Act::VisitorEnds, Owner::Nobody, "closed_by_contact"),
        (Act::DeleteAgent, Owner::Nobody, "agent_unavailable"),
    ];
    let it = Answering::new(slow(&LONG.repeat(4))).await;
    let services = &it.desk.services;
    for (act, owner, line) in acts {
        let (visitor, sent) = it.asks(QUESTION).await;
        let id = sent.conversation_id;
        let (mut widget, mut inbox) = (it.watch(&visitor, id), it.watch_inbox());
        let work = begin(services, it.job(&sent).await);
        assert!(matches!(signal(&mut widget).await, Signal::Draft { epoch: 1, .. }));
        let mut cx = it.desk.cx().await;
        match act {
            Act::TakeOver => drop(conversations::take_over(&mut cx, id).await.unwrap()),
            Act::Reply => drop(messages::send(&mut cx, id, reply("I am here.")).await.unwrap()),
            Act::Assign => {
                let member = it.desk.world.member_a();
                conversations::assign(&mut cx, id, Some(member)).await.unwrap();
            }
            Act::Close => drop(conversations::close(&mut cx, id).await.unwrap()),
            Act::VisitorCallsPerson => drop(visitors::request_person(services, &visitor).await.unwrap()),
            Act::VisitorEnds => drop(visitors::end_conversation(services, &visitor).await.unwrap()),
            Act::DeleteAgent => agents::delete(&mut cx, it.desk.agent.unwrap()).await.unwrap(),
        }
        services.commit(cx).await.unwrap();
        if let Act::DeleteAgent = act {
            agents::remove(services, it.desk.world.a.id, it.desk.agent.unwrap()).await.unwrap();
        }
        // The job ends long before the provider does.
        tokio::time::timeout(Duration::from_secs(3), work).await.expect("the job ends").unwrap().unwrap();
        for subscription in [&mut widget, &mut inbox] {
            assert!(drafts(subscription).await.1, "{act:?}: the draft is withdrawn");
        }
        assert!(it.answers(id).await.is_empty(), "{act:?}");
        assert_eq!(it.traces(id).await, 0, "{act:?}");
        let summary = it.desk.get(id).await.summary;
        assert_eq!(summary.owner, owner, "{act:?}");
        assert_eq!(lines(&it.desk.thread(id).await), [line], "{act:?}");
        assert_eq!(summary.status == ConversationStatus::Closed, matches!(act, Act::Close | Act::VisitorEnds));
        // Nor does the job when it is run again.
        it.reply(&sent).await;
        assert!(it.answers(id).await.is_empty(), "{act:?}");
    }
}

#[tokio::test]
async fn of_two_who_take_over_while_the_agent_streams_one_owns_it_and_one_event_says_so() {
    let it = Answering::new(slow(LONG)).await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let id = sent.conversation_id;
    let mut widget = it.watch(&visitor, id);
    let work = begin(&it.desk.services, it.job(&sent).await);
    signal(&mut widget).await;
    let (ana, ben) = (it.desk.colleague("Ana Kola").await, it.desk.colleague("Ben Hoxha").await);
    let take = |actor: db::Actor| {
        let desk = &it.desk;
        async move {
            let mut cx = desk.cx_as(&actor).await;
            let taken = conversations::take_over(&mut cx, id).await?;
            desk.services.commit(cx).await?;
            Ok::<_, Error>(taken)
        }
    };
    let results = tokio::join!(take(ana), take(ben));
    let (won, lost) = match results {
        (Ok(won), Err(lost)) | (Err(lost), Ok(won)) => (won, lost),
        other => panic!("one must win: {other:?}"),
    };
    let name = won.summary.assignee_name.unwrap();
    assert!(matches!(&lost, Error::Conflict(text) if text.contains(&name)), "{lost:?}");
    work.await.unwrap().unwrap();
    assert!(it.answers(id).await.is_empty());
    let changes: i64 = sqlx::query_scalar(
        "select count(*) from events
         where organization_id = $1 and conversation_id = $2 and name = 'conversation.owner_changed'",
    )
    .bind(it.desk.world.a.id.0)
    .bind(id.0)
    .fetch_one(it.desk.cx().await.conn())
    .await
    .unwrap();
    assert_eq!((changes, lines(&it.desk.thread(id).await)), (1, vec!["taken_over"]));
}

#[tokio::test]
async fn a_job_that_is_run_again_or_twice_at_once_answers_once() {
    let it = answering("They can, within thirty days [1].").await;
    for round in 0..4 {
        let (visitor, sent) = it.asks(QUESTION).await;
        let job = it.job(&sent).await;
        // In half of the rounds the provider refuses whoever comes second.
        if round % 2 == 1 {
            it.provider.then(slow(LONG)).then(Behaviour::Status(401));
        }
        let (one, two) =
            tokio::join!(jobs::run(&it.desk.services, job.clone()), jobs::run(&it.desk.services, job.clone()));
        one.unwrap();
        two.unwrap();
        jobs::run(&it.desk.services, job).await.unwrap();
        let answers = it.answers(sent.conversation_id).await;
        assert_eq!(answers.len(), 1, "{answers:?}");
        assert_eq!(it.traces(sent.conversation_id).await, 1);
        let hands_off = answers[0].content.contains("passing you on");
        let owner = it.desk.get(sent.conversation_id).await.summary.owner;
        assert_eq!(owner, if hands_off { Owner::Nobody } else { Owner::Agent }, "one outcome, not half of each");
        assert_eq!(it.seen(&visitor).await.len(), if hands_off { 3 } else { 2 });
    }
}

#[tokio::test]
async fn messages_in_quick_succession_get_one_answer_to_all() {
    let it = answering("They can, within thirty days [1].").await;
    let (visitor, first) = it.asks("Hello there,").await;
    let second = it.desk.says(&visitor, "I bought a lamp.").await;
    let third = it.desk.says(&visitor, QUESTION).await;
    let id = first.conversation_id;
    let jobs = it.desk.jobs(id).await;
    assert_eq!(jobs.len(), 3);
    futures::future::join_all(jobs.into_iter().map(|job| jobs::run(&it.desk.services, job))).await;
    let answers = it.answers(id).await;
    assert_eq!(answers.len(), 1);
    assert_eq!(answers[0].client_id.as_deref(), Some(format!("agent:{}", third.message.id).as_str()));
    let asked = it.provider.requests()[0].body["messages"].as_array().unwrap().last().unwrap()["content"].to_string();
    assert!(["Hello there,", "I bought a lamp.", QUESTION].iter().all(|text| asked.contains(text)), "{asked}");
    it.reply(&second).await;
    assert_eq!(it.answers(id).await.len(), 1);
}

#[tokio::test]
async fn a_message_that_comes_while_the_agent_streams_is_answered_with_the_one_before() {
    let it = answering("They can, within thirty days [1].").await;
    it.provider.then(slow(&LONG.repeat(4)));
    let (visitor, first) = it.asks(QUESTION).await;
    let mut widget = it.watch(&visitor, first.conversation_id);
    let work = begin(&it.desk.services, it.job(&first).await);
    signal(&mut widget).await;
    let second = it.desk.says(&visitor, "And can shoes be returned?").await;
    work.await.unwrap().unwrap();
    assert!(drafts(&mut widget).await.1);
    assert!(it.answers(first.conversation_id).await.is_empty());
    it.reply(&second).await;
    assert_eq!(it.answers(first.conversation_id).await.len(), 1);
    let asked = it.provider.requests()[1].body["messages"].to_string();
    assert!(asked.contains(QUESTION) && asked.contains("And can shoes"), "{asked}");
}

/// The moment between the look whether the answer is still wanted and its writing.
#[tokio::test]
async fn a_message_that_comes_as_the_answer_is_written_gets_the_answer_to_both() {
    let it = answering("They can, within thirty days [1].").await;
    let (visitor, first) = it.asks(QUESTION).await;
    let id = first.conversation_id;
    // Both wait for the row: first the message, then the answer.
    let mut cx = it.desk.cx().await;
    sqlx::query("select from conversations where organization_id = $1 and id = $2 for update")
        .bind(it.desk.world.a.id.0)
        .bind(id.0)
        .execute(cx.conn())
        .await
        .unwrap();
    let (services, from) = (it.desk.services.clone(), visitor.clone());
    let message = crate::desk::widget_message("And can shoes be returned?", "c2");
    let says = tokio::spawn(async move { messages::receive(&services, &from, message).await });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let work = begin(&it.desk.services, it.job(&first).await);
    tokio::time::sleep(Duration::from_millis(700)).await;
    cx.commit().await.unwrap();
    let second = says.await.unwrap().unwrap();
    work.await.unwrap().unwrap();
    assert!(it.answers(id).await.is_empty(), "the newer message's own job answers both");
    it.reply(&second).await;
    let thread = it.desk.thread(id).await;
    let authors: Vec<_> = thread.iter().map(|message| message.author_type).collect();
    assert_eq!(authors, [AuthorType::Contact, AuthorType::Contact, AuthorType::Agent]);
}
