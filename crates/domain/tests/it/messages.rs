//! Messages: sent once, in order, by whom they may be.

use chrono::TimeDelta;
use domain::{Error, conversations, messages, visitors};
use types::{
    contact::ContactInput,
    conversation::{ConversationStatus, Owner},
    id::{AttachmentId, ConversationId},
    message::{DeliveryState, MAX_MESSAGE_CHARS, MessageRole, SendMessage},
    widget::WidgetMessage,
};

use crate::{
    desk::{desk, desk_with_agent, lines, note, reply, widget_message},
    support::{assert_not_found, invalid_fields},
};

#[tokio::test]
async fn a_first_message_makes_a_contact_and_a_conversation_that_waits_for_a_person() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let conversation = desk.get(id).await;
    assert_eq!(conversation.summary.owner, Owner::Nobody);
    assert_eq!(conversation.summary.unread_count, 1);
    assert!(conversation.summary.waiting_since.is_some());
    assert_eq!(conversation.summary.last_message_preview, "Where is my order?");
    let thread = desk.thread(id).await;
    assert_eq!((thread[0].seq, thread[0].role), (1, MessageRole::User));
    assert_eq!(thread[0].html.trim(), "<p>Where is my order?</p>");
}

#[tokio::test]
async fn with_an_agent_the_conversation_is_the_agents_and_nobody_waits() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let conversation = desk.get(id).await;
    assert_eq!((conversation.summary.owner, conversation.owner_epoch), (Owner::Agent, 1));
    assert_eq!(conversation.summary.waiting_since, None);
    assert_eq!(conversation.summary.unread_count, 1);
    let mut cx = desk.cx().await;
    let jobs: i64 =
        sqlx::query_scalar("select count(*) from awa.jobs where args->>'conversation_id' = $1 and kind = 'job'")
            .bind(id.to_string())
            .fetch_one(cx.conn())
            .await
            .unwrap();
    assert_eq!(jobs, 1);
}

#[tokio::test]
async fn the_same_client_id_twice_is_one_message_also_at_once() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let send = || messages::receive(&desk.services, &visitor, widget_message("hi", "c1"));
    let (first, second, third) = tokio::join!(send(), send(), send());
    let (first, second, third) = (first.unwrap(), second.unwrap(), third.unwrap());
    assert_eq!(first, second);
    assert_eq!(first, third);
    assert_eq!(desk.thread(first.conversation_id).await.len(), 1);
    // Another browser may use the same id: it is another message.
    let other = desk.visitor().await;
    let sent = messages::receive(&desk.services, &other, widget_message("hi", "c1")).await.unwrap();
    assert_ne!(sent.conversation_id, first.conversation_id);
}

#[tokio::test]
async fn a_member_who_sends_twice_at_once_sends_once() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let input = reply("It left today.");
    let send = || async {
        let mut cx = desk.cx().await;
        let message = messages::send(&mut cx, id, input.clone()).await.unwrap();
        desk.services.commit(cx).await.unwrap();
        message
    };
    let (first, second) = tokio::join!(send(), send());
    assert_eq!(first, second);
    assert_eq!(desk.thread(id).await.len(), 2);
}

#[tokio::test]
async fn messages_that_say_nothing_or_too_much_are_refused_in_words() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let receive = |content: String, client_id: &str| {
        let message = widget_message(&content, client_id);
        messages::receive(&desk.services, &visitor, message)
    };
    assert_eq!(invalid_fields(receive(" \n ".into(), "c1").await), ["content"]);
    assert_eq!(invalid_fields(receive("ë".repeat(MAX_MESSAGE_CHARS + 1), "c1").await), ["content"]);
    assert_eq!(invalid_fields(receive("hi".into(), "").await), ["client_id"]);
    assert!(receive("ë".repeat(MAX_MESSAGE_CHARS), "c2").await.is_ok());
    let mut cx = desk.cx().await;
    assert_eq!(invalid_fields(messages::send(&mut cx, id, reply("")).await), ["content"]);
    let missing = SendMessage { attachments: vec![AttachmentId(uuid::Uuid::new_v4())], ..reply("see") };
    assert_eq!(invalid_fields(messages::send(&mut cx, id, missing).await), ["attachments"]);
}

#[tokio::test]
async fn script_in_a_message_is_shown_and_never_run() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let sent = desk.says(&visitor, "<script>alert(1)</script><img src=x onerror=alert(1)>").await;
    assert!(!sent.message.html.contains("<script") && !sent.message.html.contains("<img"), "{}", sent.message.html);
    let mut cx = desk.cx().await;
    let text = reply("[x](javascript:alert(1)) <b onclick=x>hi</b>");
    let message = messages::send(&mut cx, sent.conversation_id, text).await.unwrap();
    assert!(!message.html.contains("href") && !message.html.contains("<b "), "{}", message.html);
}

#[tokio::test]
async fn a_message_after_the_close_begins_anew_and_a_retry_does_not() {
    let desk = desk().await;
    let visitor = desk.visitor().await;
    let first = messages::receive(&desk.services, &visitor, widget_message("one", "c1")).await.unwrap();
    let mut cx = desk.cx().await;
    conversations::close(&mut cx, first.conversation_id).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let retried = messages::receive(&desk.services, &visitor, widget_message("one", "c1")).await.unwrap();
    assert_eq!(retried.conversation_id, first.conversation_id);
    let second = messages::receive(&desk.services, &visitor, widget_message("two", "c2")).await.unwrap();
    assert_ne!(second.conversation_id, first.conversation_id);
    assert_eq!(desk.get(first.conversation_id).await.summary.status, ConversationStatus::Closed);
    let (a, b) = (desk.get(first.conversation_id).await, desk.get(second.conversation_id).await);
    assert_eq!(a.summary.contact_id, b.summary.contact_id);
}

#[tokio::test]
async fn a_members_reply_opens_a_closed_conversation_again() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    conversations::close(&mut cx, id).await.unwrap();
    messages::send(&mut cx, id, reply("One more thing.")).await.unwrap();
    let conversation = conversations::get(&mut cx, id).await.unwrap();
    assert_eq!(conversation.summary.status, ConversationStatus::Active);
    assert_eq!(conversation.summary.owner, Owner::Member);
    assert_eq!(conversation.summary.waiting_since, None);
    assert_eq!(lines(&messages::list(&mut cx, id, None, 100).await.unwrap()), ["closed", "reopened"]);
}

#[tokio::test]
async fn a_blocked_contact_is_told_so() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let contact = desk.get(id).await.summary.contact_id;
    let mut cx = desk.cx().await;
    let block = ContactInput { is_blocked: Some(true), ..ContactInput::default() };
    domain::contacts::update(&mut cx, contact, block).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let refused = messages::receive(&desk.services, &visitor, widget_message("hello?", "c9")).await.unwrap_err();
    assert!(refused.to_string().contains("blocked"), "{refused}");
    assert!(visitors::request_person(&desk.services, &visitor).await.is_err());
    assert_eq!(desk.thread(id).await.len(), 1);
}

#[tokio::test]
async fn an_agent_never_speaks_after_a_member_has_replied() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let began_with = desk.get(id).await.owner_epoch;
    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, reply("I am here.")).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert_eq!(desk.agent_answers(id, began_with, "agent:1").await, None);
    let conversation = desk.get(id).await;
    assert_eq!(conversation.summary.owner, Owner::Member);
    assert_eq!(conversation.summary.assignee_id, Some(desk.world.member_a()));
    assert_eq!(conversation.summary.unread_count, 0);
    assert_eq!(lines(&desk.thread(id).await), ["taken_over"]);
    // Handed back, the agent's old work is still refused, and its new work is not.
    let mut cx = desk.cx().await;
    let back = conversations::hand_back(&mut cx, id).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    assert_eq!(desk.agent_answers(id, began_with, "agent:1").await, None);
    assert!(desk.agent_answers(id, back.owner_epoch, "agent:2").await.is_some());
}

#[tokio::test]
async fn a_reply_and_an_agents_answer_at_once_leave_an_order_in_which_the_agent_is_first_or_silent() {
    for round in 0..5 {
        let desk = desk_with_agent().await;
        let (_, id) = desk.conversation().await;
        let member = async {
            let mut cx = desk.cx().await;
            let message = messages::send(&mut cx, id, reply("I am here.")).await.unwrap();
            desk.services.commit(cx).await.unwrap();
            message
        };
        let (member, agent) = tokio::join!(member, desk.agent_answers(id, 1, "agent:1"));
        if let Some(agent) = agent {
            assert!(agent.seq < member.seq, "round {round}");
        }
        let seqs: Vec<i64> = desk.thread(id).await.iter().map(|message| message.seq).collect();
        assert_eq!(seqs, (1..=seqs.len() as i64).collect::<Vec<_>>());
    }
}

#[tokio::test]
async fn an_agents_answer_is_written_once_and_only_by_an_agent() {
    let desk = desk_with_agent().await;
    let (_, id) = desk.conversation().await;
    let first = desk.agent_answers(id, 1, "agent:1").await.unwrap();
    assert_eq!(desk.agent_answers(id, 1, "agent:1").await.unwrap().id, first.id);
    assert_eq!(first.author_name, "Aria");
    assert!(first.html.contains("<strong>on its way</strong>"));
    assert_eq!(desk.thread(id).await.len(), 2);
    let reply = messages::AgentReply {
        conversation_id: id,
        owner_epoch: 1,
        client_id: "agent:2".into(),
        content: "x".into(),
        citations: Vec::new(),
        metadata: serde_json::json!({}),
    };
    let refused = messages::write_agent_reply(&mut desk.cx().await, reply).await;
    assert!(matches!(refused, Err(Error::Refused(_))));
}

#[tokio::test]
async fn a_reply_waits_when_something_new_has_come() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    desk.says(&visitor, "Sorry, wrong number.").await;
    let mut cx = desk.cx().await;
    let stale = SendMessage { last_seen_seq: Some(1), ..reply("It left today.") };
    let conflict = messages::send(&mut cx, id, stale.clone()).await.unwrap_err();
    assert!(matches!(conflict, Error::Conflict(_)), "{conflict:?}");
    // A note disturbs nobody, and one's own lines are no news.
    messages::send(&mut cx, id, SendMessage { is_note: true, ..stale.clone() }).await.unwrap();
    messages::send(&mut cx, id, SendMessage { last_seen_seq: Some(2), ..reply("It left today.") }).await.unwrap();
    messages::send(&mut cx, id, SendMessage { last_seen_seq: Some(2), ..reply("At noon.") }).await.unwrap();
}

#[tokio::test]
async fn visitors_never_see_notes_and_read_first_names_only() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, note("A difficult one.")).await.unwrap();
    messages::send(&mut cx, id, reply("It left today.")).await.unwrap();
    conversations::mark_read(&mut cx, id, 10).await.unwrap();
    desk.services.commit(cx).await.unwrap();
    let shown = visitors::conversation(&desk.services, &visitor).await.unwrap().unwrap();
    let texts: Vec<_> = shown.messages.iter().map(|message| message.content.as_str()).collect();
    assert_eq!(texts, ["Where is my order?", "It left today."]);
    assert_eq!(shown.messages[1].author_name, "Olta");
    assert_eq!(shown.messages[1].author_id, None);
    assert_eq!(shown.messages[0].delivery_state, DeliveryState::Read);
    assert_eq!(shown.owner_name.as_deref(), Some("Olta"));
    assert_eq!(visitors::history(&desk.services, &visitor, id, None).await.unwrap().len(), 2);
    // Nor does a note move the row of the inbox.
    assert_eq!(desk.get(id).await.summary.last_message_preview, "It left today.");
}

#[tokio::test]
async fn older_and_newer_messages_are_had_in_pages() {
    let desk = desk().await;
    let (visitor, id) = desk.conversation().await;
    for n in 2..=6 {
        desk.world.clock.advance(TimeDelta::seconds(1));
        desk.says(&visitor, &format!("message {n}")).await;
    }
    let mut cx = desk.cx().await;
    let seqs = |messages: Vec<types::message::Message>| messages.iter().map(|m| m.seq).collect::<Vec<_>>();
    assert_eq!(seqs(messages::list(&mut cx, id, None, 2).await.unwrap()), [5, 6]);
    assert_eq!(seqs(messages::list(&mut cx, id, Some(5), 2).await.unwrap()), [3, 4]);
    assert_eq!(seqs(messages::after(&mut cx, id, 4).await.unwrap()), [5, 6]);
}

#[tokio::test]
async fn another_organizations_conversation_is_not_there() {
    let desk = desk().await;
    let (_, id) = desk.conversation().await;
    let mut cx = desk.stranger().await;
    assert_not_found(messages::list(&mut cx, id, None, 10).await);
    assert_not_found(messages::after(&mut cx, id, 0).await);
    assert_not_found(messages::send(&mut cx, id, reply("hi")).await);
    assert_not_found(messages::send(&mut cx, ConversationId(uuid::Uuid::new_v4()), reply("hi")).await);
    assert_eq!(desk.thread(id).await.len(), 1);
}

#[tokio::test]
async fn an_agent_that_was_switched_off_leaves_the_conversation_to_a_person() {
    let desk = desk_with_agent().await;
    let (visitor, id) = desk.conversation().await;
    let mut cx = desk.cx().await;
    sqlx::query("update agents set is_active = false where organization_id = $1")
        .bind(desk.world.a.id.0)
        .execute(cx.conn())
        .await
        .unwrap();
    cx.commit().await.unwrap();
    let message = WidgetMessage { page_url: Some("https://example.com/cart".into()), ..widget_message("hello?", "c7") };
    messages::receive(&desk.services, &visitor, message).await.unwrap();
    let conversation = desk.get(id).await;
    assert_eq!(conversation.summary.owner, Owner::Nobody);
    assert!(conversation.summary.waiting_since.is_some());
    assert_eq!(lines(&desk.thread(id).await), ["agent_unavailable"]);
}
