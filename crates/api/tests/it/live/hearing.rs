//! What a socket hears: all that concerns it, once, and nothing else.

use serde_json::json;
use types::id::MessageId;
use uuid::Uuid;

use super::{begin, serve};
use crate::support::world;

#[tokio::test]
async fn what_one_side_writes_appears_on_the_other() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let (mut member, mut visitor) = (server.member(&world.a).await, server.visitor(&token).await);
    member.hello(None).await;
    visitor.hello(None).await;

    world.member_writes(&world.a, id, "How can I help?", false).await;
    visitor.message("How can I help?").await;
    member.message("How can I help?").await;
    world.member_writes(&world.a, id, "A difficult one", true).await;
    member.message("A difficult one").await;
    visitor.hears_nothing_of("A difficult one").await;

    let again = crate::support::Visitor { world: &world, token: Some(token) };
    again.writes("My order is late").await;
    member.message("My order is late").await;
}

#[tokio::test]
async fn the_first_message_of_a_conversation_brings_its_socket_along() {
    let world = world().await;
    let server = serve(&world).await;
    let browser = world.visitor(&world.a).await;
    let mut socket = server.visitor(browser.token.as_deref().unwrap()).await;
    socket.hello(None).await;
    let id = serde_json::from_value(browser.writes("Hello").await["conversation_id"].clone()).unwrap();
    assert!(socket.next().await.unwrap()["reload"].is_object(), "there is a conversation to load now");
    world.member_writes(&world.a, id, "Good morning", false).await;
    socket.message("Good morning").await;
}

#[tokio::test]
async fn a_socket_goes_on_from_its_cursor_and_misses_nothing() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let (mut member, mut visitor) = (server.member(&world.a).await, server.visitor(&token).await);
    member.hello(None).await;
    visitor.hello(None).await;
    world.member_writes(&world.a, id, "one", false).await;
    let (member_cursor, visitor_cursor) = (member.message("one").await, visitor.message("one").await);
    drop((member, visitor));

    world.member_writes(&world.a, id, "two", false).await;
    world.member_writes(&world.a, id, "secret", true).await;
    world.member_writes(&world.a, id, "three", false).await;
    let mut member = server.member(&world.a).await;
    assert_eq!(member.hello(Some(member_cursor)).await, member_cursor);
    for content in ["two", "secret", "three"] {
        member.message(content).await;
    }
    let mut visitor = server.visitor(&token).await;
    assert_eq!(visitor.hello(Some(visitor_cursor)).await, visitor_cursor);
    let two = visitor.message("two").await;
    assert!(visitor.message("three").await > two);
    visitor.hears_nothing_of("secret").await;

    // A cursor of another time cannot be gone on from.
    let mut lost = server.member(&world.a).await;
    lost.say(json!({"hello": {"cursor": i64::MAX}})).await;
    assert!(lost.next().await.unwrap()["reload"].is_object());
}

#[tokio::test]
async fn another_organization_and_another_visitor_hear_nothing() {
    let world = world().await;
    let server = serve(&world).await;
    let (_, id) = begin(&world, &world.a).await;
    let (neighbour, _) = begin(&world, &world.a).await;
    let (stranger, _) = begin(&world, &world.b).await;
    let mut others = [server.member(&world.b).await, server.visitor(&neighbour).await, server.visitor(&stranger).await];
    for other in &mut others {
        other.hello(None).await;
    }
    let mut own = server.member(&world.a).await;
    own.hello(None).await;
    // They pretend to look at the conversation and to type in it.
    for other in &mut others {
        other.say(json!({"viewing": {"conversation_id": id}})).await;
        other.say(json!({"typing": {"conversation_id": id}})).await;
    }
    world.member_writes(&world.a, id, "for one pair of eyes", false).await;
    own.message("for one pair of eyes").await;
    own.hears_nothing_of(&id.to_string()).await;
    for other in &mut others {
        other.hears_nothing_of("for one pair of eyes").await;
    }
}

#[tokio::test]
async fn typing_and_drafts_reach_the_visitor_at_once() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let (mut member, mut visitor) = (server.member(&world.a).await, server.visitor(&token).await);
    member.hello(None).await;
    visitor.hello(None).await;
    member.say(json!({"typing": {"conversation_id": id}})).await;
    assert_eq!(visitor.signal("member_typing").await["name"], "Olta");
    visitor.say(json!({"typing": {"conversation_id": null}})).await;
    assert_eq!(member.signal("contact_typing").await["conversation_id"], json!(id));
    let draft = types::live::Signal::Draft {
        conversation_id: id,
        message_id: MessageId(Uuid::new_v4()),
        epoch: 1,
        text: "Within".into(),
        html: "<p>Within</p>".into(),
    };
    world.services.live.signal(world.a.id, draft);
    assert_eq!(visitor.signal("draft").await["html"], "<p>Within</p>");
}
