use std::{net::SocketAddr, time::Duration};

use domain::{accounts, events::Publisher, live as bus, members, roles, teams};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use types::{
    id::{ConversationId, MessageId},
    member::{Availability, Role, TeamInput},
    permission::Permission,
};
use uuid::Uuid;

use crate::support::{Tenant, World, world};

/// A running server of a world, with what carries events to its sockets.
pub struct Server {
    address: SocketAddr,
    _stop: DropGuard,
}

pub async fn serve(world: &World) -> Server {
    let stop = CancellationToken::new();
    tokio::spawn(Publisher::run(world.services.clone(), stop.clone()));
    tokio::spawn(bus::run(world.services.clone(), stop.clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = world.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    let until = stop.clone();
    tokio::spawn(async move { axum::serve(listener, service).with_graceful_shutdown(until.cancelled_owned()).await });
    Server { address, _stop: stop.drop_guard() }
}

/// A browser's socket.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Server {
    pub async fn open(&self, path: &str, cookie: Option<&str>, origin: &str) -> Result<Socket, u16> {
        let mut request = format!("ws://{}{path}", self.address).into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        if let Some(session) = cookie {
            request.headers_mut().insert("cookie", format!("biseda_session={session}").parse().unwrap());
        }
        match tokio_tungstenite::connect_async(request).await {
            Ok((socket, _)) => Ok(Socket(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(other) => panic!("{other}"),
        }
    }

    async fn member(&self, tenant: &Tenant) -> Socket {
        self.open("/live", Some(&tenant.session), &self.origin()).await.expect("a socket")
    }

    pub async fn visitor(&self, token: &str) -> Socket {
        self.open(&format!("/widget/api/live?token={token}"), None, &self.origin()).await.expect("a socket")
    }

    pub fn origin(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Socket {
    pub async fn say(&mut self, frame: Value) {
        self.0.send(Message::text(frame.to_string())).await.unwrap();
    }

    /// The next frame, or how the socket was closed.
    async fn next(&mut self) -> Result<Value, Option<CloseFrame>> {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("a frame in time");
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame),
                Some(Ok(_)) => {}
                _ => return Err(None),
            }
        }
    }

    /// Introduces itself, and gives the cursor of the welcome.
    pub async fn hello(&mut self, cursor: Option<i64>) -> i64 {
        self.say(json!({"hello": {"cursor": cursor}})).await;
        let welcome = self.next().await.expect("a welcome");
        welcome["welcome"]["cursor"].as_i64().unwrap()
    }

    /// Waits for the event of a message with this text, and gives its position.
    pub async fn message(&mut self, content: &str) -> i64 {
        loop {
            let frame = self.next().await.expect("a frame");
            if frame["event"]["event"]["message"]["content"] == content {
                return frame["event"]["position"].as_i64().unwrap();
            }
        }
    }

    /// Waits for a signal of this kind.
    async fn signal(&mut self, kind: &str) -> Value {
        loop {
            let mut frame = self.next().await.expect("a frame");
            if let Some(signal) = frame["signal"].get_mut(kind) {
                return signal.take();
            }
        }
    }

    /// Asserts that nothing comes that mentions a text: a ping is answered after everything before it.
    pub async fn hears_nothing_of(&mut self, text: &str) {
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.say(json!("ping")).await;
        loop {
            let frame = self.next().await.expect("a frame");
            assert!(!frame.to_string().contains(text), "{frame}");
            if frame == "pong" {
                return;
            }
        }
    }
}

async fn begin(world: &World, tenant: &Tenant) -> (String, ConversationId) {
    let visitor = world.visitor(tenant).await;
    let first = visitor.writes("Hello").await;
    (visitor.token.unwrap(), serde_json::from_value(first["conversation_id"].clone()).unwrap())
}

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

#[tokio::test]
async fn a_socket_ends_with_its_session() {
    let world = world().await;
    let server = serve(&world).await;
    let mut member = server.member(&world.a).await;
    member.hello(None).await;
    accounts::log_out(&world.services, &world.a.session).await.unwrap();
    loop {
        match member.next().await {
            Ok(_) => {}
            Err(close) => {
                assert_eq!(u16::from(close.expect("a reason").code), 4401);
                break;
            }
        }
    }
    assert_eq!(server.open("/live", Some(&world.a.session), &server.origin()).await.err(), Some(401));
}

/// Waits until the server closes the socket, and gives the reason.
pub async fn closed(socket: &mut Socket) -> u16 {
    loop {
        if let Err(close) = socket.next().await {
            return close.expect("a reason").code.into();
        }
    }
}

#[tokio::test]
async fn a_node_that_stops_sends_every_socket_elsewhere() {
    let world = world().await;
    let server = serve(&world).await;
    let (token, id) = begin(&world, &world.a).await;
    let mut sockets = vec![server.member(&world.a).await, server.member(&world.b).await, server.visitor(&token).await];
    for socket in &mut sockets {
        socket.hello(None).await;
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
    late.hello(Some(0)).await;
    assert_eq!(closed(&mut late).await, 1012);
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
    let refused = server.open("/live", Some(&world.a.session), &server.origin()).await.err();
    assert_eq!(refused, Some(403), "the role does not let them hear conversations");

    change("member").await;
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
