//! In which order an endpoint gets what happened.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Router, extract::State, http::StatusCode};
use chrono::TimeDelta;
use domain::{conversations, events, messages, webhooks};
use serde_json::Value;
use types::{
    event::EventName,
    id::{ContactId, ConversationId},
    webhook::WebhookInput,
};

use crate::desk::{Desk, own_desk, reply};

/// An endpoint that answers late, and notes when an event came and when it was answered.
#[derive(Clone, Default)]
struct Late(Arc<Mutex<Notes>>);

#[derive(Default)]
struct Notes {
    /// Each event twice.
    log: Vec<Value>,
    refuses_next: bool,
}

async fn take(State(Late(notes)): State<Late>, body: String) -> StatusCode {
    let event: Value = serde_json::from_str(&body).unwrap();
    notes.lock().unwrap().log.push(event.clone());
    tokio::time::sleep(Duration::from_millis(20)).await;
    let mut notes = notes.lock().unwrap();
    notes.log.push(event);
    match std::mem::take(&mut notes.refuses_next) {
        true => StatusCode::INTERNAL_SERVER_ERROR,
        false => StatusCode::OK,
    }
}

impl Late {
    /// One that a desk's organization tells of its customers.
    async fn subscribed(desk: &Desk) -> Self {
        let late = Self::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let app = Router::new().fallback(take).with_state(late.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        let events = vec![
            EventName::ContactCreated,
            EventName::ConversationCreated,
            EventName::ConversationOwnerChanged,
            EventName::MessageCreated,
        ];
        let input = WebhookInput { url, events, is_active: true, ..WebhookInput::default() };
        let mut cx = desk.cx().await;
        webhooks::create(&desk.services, &mut cx, input).await.unwrap();
        desk.services.commit(cx).await.unwrap();
        late
    }

    /// The positions of what came about a customer, each as it came and as it was answered.
    fn positions(&self, conversation: ConversationId, contact: ContactId) -> Vec<i64> {
        let is_about = |event: &&Value| {
            let data = &event["data"];
            data["conversation_id"] == conversation.to_string() || data["resource_id"] == contact.to_string()
        };
        let notes = self.0.lock().unwrap();
        notes.log.iter().filter(is_about).map(|event| event["position"].as_i64().unwrap()).collect()
    }
}

/// A customer writes twice, and is answered.
async fn talk(desk: &Desk) -> (ConversationId, ContactId) {
    let (visitor, id) = desk.conversation().await;
    desk.says(&visitor, "It was to come on Monday.").await;
    let mut cx = desk.cx().await;
    messages::send(&mut cx, id, reply("I will ask the carrier.")).await.unwrap();
    let contact = conversations::summary(&mut cx, id).await.unwrap().contact_id;
    desk.services.commit(cx).await.unwrap();
    (id, contact)
}

async fn dispatch(desk: &Desk) {
    while events::publish(&desk.services).await.unwrap() > 0 {}
    webhooks::dispatch_due(&desk.services).await.unwrap();
}

#[tokio::test]
async fn what_is_about_one_customer_is_sent_one_after_the_other() {
    let desk = own_desk().await;
    let late = Late::subscribed(&desk).await;
    let talks = [talk(&desk).await, talk(&desk).await];
    dispatch(&desk).await;
    for (conversation, contact) in talks {
        let positions = late.positions(conversation, contact);
        assert_eq!(positions.len(), 2 * 6, "contact, conversation, three messages, who answers");
        assert!(positions.chunks(2).all(|pair| pair[0] == pair[1]), "each is answered before the next: {positions:?}");
        assert!(positions.is_sorted(), "{positions:?}");
    }
}

#[tokio::test]
async fn a_customer_of_whom_much_is_told_keeps_the_others_waiting_for_little_of_it() {
    let desk = own_desk().await;
    let late = Late::subscribed(&desk).await;
    let (_, busy) = desk.conversation().await;
    let mut cx = desk.cx().await;
    // More than is sent before anything of it is written down.
    for number in 0..70 {
        messages::send(&mut cx, busy, reply(&number.to_string())).await.unwrap();
    }
    desk.services.commit(cx).await.unwrap();
    let (_, quiet) = desk.conversation().await;
    dispatch(&desk).await;
    let log: Vec<Value> = late.0.lock().unwrap().log.clone();
    let is_about = |event: &Value, id: ConversationId| event["data"]["conversation_id"] == id.to_string();
    let first = log.iter().position(|event| is_about(event, quiet)).unwrap();
    let before = log[..first].iter().filter(|event| is_about(event, busy)).count();
    assert!(before <= 10, "each twice: {before}");
    let positions: Vec<_> =
        log.iter().filter(|event| is_about(event, busy)).map(|event| event["position"].as_i64()).collect();
    assert!(positions.len() > 140 && positions.is_sorted(), "{positions:?}");
}

#[tokio::test]
async fn a_customer_of_whom_more_is_told_than_a_round_is_chosen_from_keeps_the_others_waiting_for_little_of_it() {
    let desk = own_desk().await;
    let late = Late::subscribed(&desk).await;
    let (_, busy) = desk.conversation().await;
    let mut cx = desk.cx().await;
    for number in 0..620 {
        messages::send(&mut cx, busy, reply(&number.to_string())).await.unwrap();
    }
    desk.services.commit(cx).await.unwrap();
    let (_, quiet) = desk.conversation().await;
    while events::publish(&desk.services).await.unwrap() > 0 {}
    let is_quiet = |event: &Value| event["data"]["conversation_id"] == quiet.to_string();
    let heard = async {
        while !late.0.lock().unwrap().log.iter().any(is_quiet) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::select! {
        () = heard => {}
        done = webhooks::dispatch_due(&desk.services) => drop(done.unwrap()),
    }
    let log = late.0.lock().unwrap().log.clone();
    let before = log.iter().position(is_quiet).unwrap();
    assert!(before <= 20, "each twice: {before}");
}

#[tokio::test]
async fn what_failed_holds_up_nothing_and_tells_its_place_when_it_arrives() {
    let desk = own_desk().await;
    let late = Late::subscribed(&desk).await;
    let (conversation, contact) = talk(&desk).await;
    late.0.lock().unwrap().refuses_next = true;
    dispatch(&desk).await;
    let first = late.positions(conversation, contact);
    assert_eq!(first.len(), 2 * 6);
    assert!(first.is_sorted(), "{first:?}");
    desk.world.clock.advance(TimeDelta::seconds(6));
    dispatch(&desk).await;
    assert_eq!(late.positions(conversation, contact)[first.len()..], first[..2], "the first comes last");
}
