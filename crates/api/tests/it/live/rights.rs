//! Who may open a socket, and what ends it.

use std::time::Duration;

use domain::{accounts, events, members, roles, teams};
use futures::SinkExt;
use serde_json::json;
use tokio_tungstenite::tungstenite::Message;
use types::{
    event::EventName,
    member::{Availability, Role, TeamInput},
    permission::Permission,
};
use uuid::Uuid;

use super::{begin, closed, serve};
use crate::support::world;

#[tokio::test]
async fn sockets_open_for_our_own_pages_and_known_people_only() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, _) = begin(&world, &world.a).await;
    let own = server.origin();
    let session = Some(world.a.session.as_str());
    let refused = async |path: &str, cookie, origin: &str| server.open(path, cookie, origin).await.err();
    assert_eq!(refused("/live", session, "https://evil.example").await, Some(403));
    assert_eq!(refused("/live", session, "null").await, Some(403));
    assert_eq!(refused("/live", None, &own).await, Some(401));
    assert_eq!(refused("/live", Some("nonsense"), &own).await, Some(401));
    let path = format!("/widget/api/live?token={token}");
    assert_eq!(refused(&path, None, "https://evil.example").await, Some(403));
    assert_eq!(refused(&format!("{path}A"), None, &own).await, Some(401));
    assert!(refused(&path, None, &own).await.is_none());

    // Who does not introduce itself, or speaks too long, is let go.
    let mut rude = server.member(&world.a).await;
    rude.say(json!("ping")).await;
    assert!(rude.next().await.is_err());
    let mut loud = server.member(&world.a).await;
    loud.hello(None).await;
    let _ = loud.0.send(Message::text("x".repeat(100_000))).await;
    assert!(loud.next().await.is_err());
}

#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let world = world().await;
    let server = serve(&world).await;
    let mut member = server.member(&world.a).await;
    member.hello(None).await;
    accounts::log_out(&world.services, &world.a.session).await.unwrap();
    assert_eq!(closed(&mut member).await, 4401);
    assert_eq!(server.open("/live", Some(&world.a.session), &server.origin()).await.err(), Some(401));
}

#[tokio::test]
async fn a_browser_that_was_speaking_hears_why_its_socket_ended() {
    let world = world().await;
    let server = serve(&world).await;
    let mut member = server.member(&world.a).await;
    member.hello(None).await;
    accounts::log_out(&world.services, &world.a.session).await.unwrap();
    // What it says when the server has said goodbye is not read, but must not cost it the reason.
    for _ in 0..20 {
        let _ = member.0.send(Message::text(json!("ping").to_string())).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(closed(&mut member).await, 4401);
}

#[tokio::test]
async fn a_socket_ends_with_the_role_or_the_membership_it_was_opened_with() {
    let world = world().await;
    let server = serve(&world).await;
    let member_id = world.a.owner.member_id().unwrap();
    let second = db::testing::Organization { id: world.a.id, owner: world.a.owner.clone() };
    let other = db::testing::member(&world.services.db, &second, "Second", Role::Owner).await;
    let change = async |choice: &str| {
        let mut cx = world.services.db.begin(world.a.id, other.clone()).await.unwrap();
        members::change_role(&mut cx, member_id, choice.parse().unwrap()).await.unwrap();
        world.services.commit(cx).await.unwrap();
    };
    let mut bystander = server.member(&world.b).await;
    bystander.hello(None).await;
    let mut socket = server.member(&world.a).await;
    socket.hello(None).await;
    change("admin").await;
    assert_eq!(closed(&mut socket).await, 4401);

    // What concerns somebody else, or does not change what one may do, ends nothing.
    let mut socket = server.member(&world.a).await;
    socket.hello(None).await;
    let mut cx = world.services.db.begin(world.a.id, other.clone()).await.unwrap();
    members::set_availability(&mut cx, Availability::Away).await.unwrap();
    let team = teams::create(&mut cx, TeamInput { name: "Desk".into(), ..TeamInput::default() }).await.unwrap();
    members::set_team(&mut cx, member_id, Some(team)).await.unwrap();
    world.services.commit(cx).await.unwrap();
    socket.hears_nothing_of("no such text").await;

    let mut cx = world.services.db.begin(world.a.id, other.clone()).await.unwrap();
    let role = roles::create(&mut cx, "Reader", &[Permission::ConversationsRead]).await.unwrap();
    world.services.commit(cx).await.unwrap();
    change(&role.to_string()).await;
    assert_eq!(closed(&mut socket).await, 4401);
    let mut socket = server.member(&world.a).await;
    socket.hello(None).await;
    let mut cx = world.services.db.begin(world.a.id, other.clone()).await.unwrap();
    roles::update(&mut cx, role, "Nothing", &[]).await.unwrap();
    world.services.commit(cx).await.unwrap();
    assert_eq!(closed(&mut socket).await, 4401);
    let mut socket = server.member(&world.a).await;
    socket.hello(None).await;

    change("member").await;
    assert_eq!(closed(&mut socket).await, 4401);
    let mut socket = server.member(&world.a).await;
    socket.hello(None).await;
    let mut cx = world.services.db.begin(world.a.id, other).await.unwrap();
    members::remove(&mut cx, member_id).await.unwrap();
    world.services.commit(cx).await.unwrap();
    assert_eq!(closed(&mut socket).await, 4401);
    let refused = server.open("/live", Some(&world.a.session), &server.origin()).await.err();
    assert_eq!(refused, Some(401));
    bystander.hears_nothing_of("Reader").await;
}

#[tokio::test]
async fn members_hear_what_they_may_read() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let owner = db::testing::Organization { id: world.a.id, owner: world.a.owner.clone() };
    let other = db::testing::member(&world.services.db, &owner, "Second", Role::Owner).await;
    let mut colleague = server.member(&world.a).await;
    let before = colleague.hello(None).await;
    let mut cx = world.services.db.begin(world.a.id, other.clone()).await.unwrap();
    let role = roles::create(&mut cx, "Librarian", &[Permission::KnowledgeRead]).await.unwrap();
    members::change_role(&mut cx, world.a.owner.member_id().unwrap(), role.to_string().parse().unwrap()).await.unwrap();
    world.services.commit(cx).await.unwrap();
    assert_eq!(closed(&mut colleague).await, 4401);

    let mut librarian = server.member(&world.a).await;
    assert_eq!(librarian.hello(Some(before)).await, before);
    librarian.say(json!({"viewing": {"conversation_id": id}})).await;
    let visitor = crate::support::Visitor { world: &world, token: Some(token.clone()) };
    visitor.writes("between us").await;
    let mut socket = server.visitor(&token).await;
    socket.hello(None).await;
    socket.say(json!({"typing": {"conversation_id": null}})).await;
    let mut cx = world.services.db.begin(world.a.id, other).await.unwrap();
    let (name, payload) = (EventName::SourceDeleted, json!({"name": "Manual"}));
    events::emit(&mut cx, name, "knowledge_source", Uuid::new_v4(), None, payload).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let heard = librarian.next().await.expect("a frame");
    assert_eq!(heard["event"]["event"]["name"], "knowledge_source.deleted", "nothing of the rest came before: {heard}");
    librarian.hears_nothing_of(&id.to_string()).await;

    // Nor when it comes back with its cursor.
    let mut again = server.member(&world.a).await;
    assert_eq!(again.hello(Some(before)).await, before);
    let heard = again.next().await.expect("a frame");
    assert_eq!(heard["event"]["event"]["name"], "knowledge_source.deleted", "{heard}");
}

#[tokio::test]
async fn a_node_that_stops_sends_every_socket_elsewhere() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let mut sockets = vec![server.member(&world.a).await, server.member(&world.b).await, server.visitor(&token).await];
    let mut cursor = 0;
    for socket in &mut sockets {
        cursor = socket.hello(None).await;
    }
    let bus = world.services.live.clone();
    let left = tokio::spawn(async move { bus.leave().await });
    for socket in &mut sockets {
        assert_eq!(closed(socket).await, 1012);
    }
    left.await.unwrap();
    // One that was just opening hears what it has missed, and goes too.
    world.member_writes(&world.a, id, "meanwhile", false).await;
    let mut late = server.visitor(&token).await;
    late.hello(Some(cursor)).await;
    assert_eq!(closed(&mut late).await, 1012);
}
