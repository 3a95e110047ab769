//! A conversation that a member hands back: the agent answers what still waits, whatever the visitor has done since.

use domain::{conversations, visitors};
use types::widget::WidgetSent;

use super::{Answering, QUESTION, answering};
use crate::desk::lines;

/// Hands the conversation back, and asserts that its question is answered then.
async fn assert_answered_when_handed_back(it: &Answering, sent: &WidgetSent) {
    let mut cx = it.desk.cx().await;
    conversations::hand_back(&mut cx, sent.conversation_id).await.unwrap();
    it.desk.services.commit(cx).await.unwrap();
    it.reply(sent).await;
    assert_eq!(it.answers(sent.conversation_id).await.len(), 1);
}

#[tokio::test]
async fn a_visitor_who_called_a_person_is_answered() {
    let it = answering("They can, within thirty days [1].").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    visitors::request_person(&it.desk.services, &visitor).await.unwrap();
    assert_answered_when_handed_back(&it, &sent).await;
    assert_eq!(lines(&it.desk.thread(sent.conversation_id).await), ["hand_off_requested", "handed_back"]);
}

#[tokio::test]
async fn a_visitor_who_left_an_address_is_answered() {
    let it = answering("They can, within thirty days [1].").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    let mut cx = it.desk.cx().await;
    conversations::take_over(&mut cx, sent.conversation_id).await.unwrap();
    it.desk.services.commit(cx).await.unwrap();
    visitors::set_email(&it.desk.services, &visitor, "ana@example.com").await.unwrap();
    assert_answered_when_handed_back(&it, &sent).await;
    let lines_of_it = ["taken_over", "email_captured", "handed_back"];
    assert_eq!(lines(&it.desk.thread(sent.conversation_id).await), lines_of_it);
}

#[tokio::test]
async fn a_visitor_who_leaves_an_address_while_the_agent_writes_is_answered() {
    let it = answering("They can, within thirty days [1].").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    visitors::set_email(&it.desk.services, &visitor, "ana@example.com").await.unwrap();
    it.reply(&sent).await;
    assert_eq!(it.answers(sent.conversation_id).await.len(), 1);
}

#[tokio::test]
async fn a_visitor_who_ended_the_conversation_is_answered() {
    let it = answering("They can, within thirty days [1].").await;
    let (visitor, sent) = it.asks(QUESTION).await;
    visitors::end_conversation(&it.desk.services, &visitor).await.unwrap();
    assert_answered_when_handed_back(&it, &sent).await;
    assert_eq!(lines(&it.desk.thread(sent.conversation_id).await), ["closed_by_contact", "reopened", "handed_back"]);
}
