//! Visitors' sockets go where their visitor is, also when a member or another node has moved it.

use domain::{Services, contacts, conversations, events, live::Bus, messages, visitors};
use serde_json::{Value, json};
use types::{
    contact::ContactFilter, conversation::CreateConversation, event::EventName, id::ConversationId,
    widget::WidgetMessage,
};
use uuid::Uuid;

use super::{begin, open, serve};
use crate::support::{Visitor, World, world};

#[tokio::test]
async fn a_member_who_opens_a_conversation_again_brings_its_visitor_back() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let mut socket = server.visitor(&token).await;
    socket.hello(None).await;
    let browser = Visitor { world: &world, token: Some(token) };
    browser.post("restart", json!({})).await.ok();
    socket.reload().await;
    assert_eq!(browser.conversation().await, Value::Null);

    world.member_writes(&world.a, id, "One more thing", false).await;
    socket.reload().await;
    assert_eq!(browser.conversation().await["id"], json!(id));
    world.member_writes(&world.a, id, "Your parcel is here", false).await;
    socket.message("Your parcel is here").await;
}

/// A member writes first, to the visitor with this address.
async fn member_begins(world: &World, email: &str) -> ConversationId {
    let mut cx = world.cx(&world.a).await;
    let filter = ContactFilter { q: Some(email.into()), ..ContactFilter::default() };
    let contact_id = contacts::list(&mut cx, &filter).await.unwrap().items[0].id;
    let input = CreateConversation {
        contact_id,
        channel_id: world.a.channel.id,
        subject: String::new(),
        priority: None,
        tags: Vec::new(),
        content: "May I help?".into(),
    };
    let id = conversations::create(&mut cx, input).await.unwrap().summary.id;
    world.services.commit(cx).await.unwrap();
    id
}

#[tokio::test]
async fn a_member_who_begins_a_conversation_reaches_the_visitor_who_looks_and_nobody_else() {
    let world = world().await;
    let server = serve(&world).await;
    let (browser, other, stranger) =
        (world.visitor(&world.a).await, world.visitor(&world.a).await, world.visitor(&world.b).await);
    for (visitor, email) in [(&browser, "drita@example.com"), (&other, "ben@example.com")] {
        visitor.post("email", json!({"email": email})).await.ok();
    }
    let mut socket = server.visitor(browser.token.as_deref().unwrap()).await;
    socket.hello(None).await;
    let mut others = Vec::new();
    for visitor in [&other, &stranger] {
        let mut socket = server.visitor(visitor.token.as_deref().unwrap()).await;
        socket.hello(None).await;
        others.push(socket);
    }

    let id = member_begins(&world, "drita@example.com").await;
    socket.reload().await;
    assert_eq!(browser.conversation().await["id"], json!(id));
    world.member_writes(&world.a, id, "Are you there?", false).await;
    socket.message("Are you there?").await;
    for other in &mut others {
        other.hears_nothing_of("reload").await;
    }
}

#[tokio::test]
async fn a_socket_that_was_told_too_little_goes_where_its_visitor_is() {
    let world = world().await;
    let server = open(&world).await;
    let browser = world.visitor(&world.a).await;
    let token = browser.token.as_deref().unwrap();
    let mut socket = server.visitor(token).await;
    socket.hello(None).await;

    // On another node more happens than is told one by one, and only then the visitor writes.
    let elsewhere = Services { live: Bus::new(), ..world.services.clone() };
    let mut cx = world.cx(&world.a).await;
    for _ in 0..1_000 {
        let id = Uuid::new_v4();
        let payload = json!({"shortcut": "hours"});
        events::emit(&mut cx, EventName::CannedResponseDeleted, "canned_response", id, None, payload).await.unwrap();
    }
    elsewhere.commit(cx).await.unwrap();
    let visitor = visitors::verify(&elsewhere, token).unwrap();
    let message = WidgetMessage {
        content: "Hello".into(),
        client_id: Uuid::new_v4().to_string(),
        attachments: Vec::new(),
        page_url: None,
    };
    let id = messages::receive(&elsewhere, &visitor, message).await.unwrap().conversation_id;
    while events::publish(&elsewhere).await.unwrap() > 0 {}

    server.carry(&world);
    socket.reload().await;
    world.member_writes(&world.a, id, "Good morning", false).await;
    socket.message("Good morning").await;
}
