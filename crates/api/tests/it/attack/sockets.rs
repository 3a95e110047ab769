//! Sockets: frames that are none, too many of them, and people who may not listen any more.

use db::sqlx;
use domain::{channels, visitors};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::Message;
use types::{
    channel::{ChannelType, CreateChannel, UpdateChannel},
    widget::StartSession,
};

use crate::{
    live::{Server, Socket, closed, serve},
    support::world,
};

/// A socket whose frames the test writes itself: the handshake is done.
async fn by_hand(server: &Server, token: &str) -> TcpStream {
    let origin = server.origin();
    let mut stream = TcpStream::connect(origin.trim_start_matches("http://")).await.unwrap();
    let request = format!(
        "GET /widget/api/live?token={token} HTTP/1.1\r\nhost: {}\r\norigin: {origin}\r\nconnection: upgrade\r\n\
         upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        origin.trim_start_matches("http://")
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 101"), "{}", head.escape_ascii());
    stream
}

/// A frame of a browser: masked, with the mask of four zeros.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let length = u8::try_from(payload.len()).unwrap();
    assert!(length < 126);
    [&[first, 0x80 | length, 0, 0, 0, 0], payload].concat()
}

#[tokio::test]
async fn malformed_frames_end_their_own_socket_only() {
    let world = world().await;
    let server = serve(&world).await;
    let token = world.visitor(&world.a).await.token.unwrap();
    let hello = br#"{"hello":{"cursor":null}}"#;
    let mut neighbour = server.visitor(&token).await;
    neighbour.hello(None).await;
    let hostile: [(&str, Vec<u8>); 9] = [
        ("not masked", [&[0x81, 4][..], b"ping"].concat()),
        ("reserved bits", frame(0xf1, b"ping")),
        ("an unknown kind", frame(0x83, b"ping")),
        ("a control frame in parts", frame(0x09, b"x")),
        ("a part of nothing", frame(0x80, b"x")),
        ("no UTF-8", frame(0x81, b"\xff\xfe\xfd")),
        ("a length beyond everything", vec![0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]),
        ("more than is taken", vec![0x81, 0xff, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0]),
        ("half a close", frame(0x88, b"\x03")),
    ];
    for (what, bytes) in hostile {
        let mut stream = by_hand(&server, &token).await;
        stream.write_all(&frame(0x81, hello)).await.unwrap();
        stream.write_all(&bytes).await.unwrap();
        // It ends: without that the test would wait here for ever.
        let mut rest = Vec::new();
        let ended = tokio::time::timeout(std::time::Duration::from_secs(20), stream.read_to_end(&mut rest)).await;
        assert!(ended.is_ok(), "{what}: still open");
    }
    neighbour.hears_nothing_of("ping").await;
}

#[tokio::test]
async fn visitors_of_a_channel_that_is_switched_off_are_sent_away() {
    let world = world().await;
    let server = serve(&world).await;
    let owner = async || world.cx(&world.a).await;
    let mut cx = owner().await;
    let shop = CreateChannel { name: "Shop".into(), channel_type: ChannelType::Widget, agent_id: None };
    let shop = channels::create(&mut cx, shop).await.unwrap();
    world.services.commit(cx).await.unwrap();
    let start = StartSession { channel_key: shop.public_key.clone(), ..StartSession::default() };
    let token = visitors::start(&world.services, start).await.unwrap().token;
    let other = world.visitor(&world.a).await.token.unwrap();
    let (mut socket, mut neighbour) = (server.visitor(&token).await, server.visitor(&other).await);
    let mut member = server.member(&world.a).await;
    for socket in [&mut socket, &mut neighbour, &mut member] {
        socket.hello(None).await;
    }
    let set = async |is_active| {
        let mut cx = owner().await;
        let input = UpdateChannel { name: "Shop".into(), is_active, agent_id: None, settings: shop.settings.clone() };
        channels::update(&mut cx, shop.id, input).await.unwrap();
        world.services.commit(cx).await.unwrap();
    };
    set(true).await;
    socket.hears_nothing_of("no such text").await;
    set(false).await;
    assert_eq!(closed(&mut socket).await, 4401);
    let mut again = server.visitor(&token).await;
    again.say(json!({"hello": {"cursor": 0}})).await;
    assert_eq!(closed(&mut again).await, 4401, "who comes back is sent away, too");
    neighbour.hears_nothing_of("no such text").await;
    member.hears_nothing_of("no such text").await;

    set(true).await;
    server.visitor(&token).await.hello(None).await;
}

#[tokio::test]
async fn words_that_are_no_frames_are_passed_over() {
    let world = world().await;
    let server = serve(&world).await;
    let token = world.visitor(&world.a).await.token.unwrap();
    let mut socket = server.visitor(&token).await;
    socket.hello(None).await;
    let deep = "[".repeat(60_000);
    for text in
        ["", "null", "{}", "[]", "7", "\"hello\"", "{\"viewing\":{\"conversation_id\":7}}", "{\"hello\":[]}", &deep]
    {
        socket.0.send(Message::text(text)).await.unwrap();
    }
    socket.0.send(Message::binary(vec![0, 159, 146, 150])).await.unwrap();
    socket.hears_nothing_of("error").await;
}

#[tokio::test]
async fn who_sends_more_than_a_person_can_is_cut_off() {
    let world = world().await;
    let server = serve(&world).await;
    let mut socket = server.visitor(&world.visitor(&world.a).await.token.unwrap()).await;
    socket.hello(None).await;
    // Two hundred are taken; the next is the last that is read.
    for _ in 0..201 {
        socket.say(json!("ping")).await;
    }
    assert_eq!(closed(&mut socket).await, 1008);
}

#[tokio::test]
async fn a_member_has_so_many_sockets_and_no_more() {
    let world = world().await;
    let server = serve(&world).await;
    let open = async || server.open("/live", Some(&world.a.session), &server.origin()).await;
    let mut sockets = Vec::new();
    let refused = loop {
        match open().await {
            Ok(mut socket) => {
                socket.hello(None).await;
                sockets.push(socket);
            }
            Err(status) => break status,
        }
    };
    assert_eq!((sockets.len(), refused), (100, 429));
    server.member(&world.b).await.hello(None).await;

    sockets.pop();
    // Its end is heard a moment later.
    let again = async {
        loop {
            match open().await {
                Ok(socket) => return socket,
                Err(429) => tokio::time::sleep(std::time::Duration::from_millis(20)).await,
                Err(status) => panic!("{status}"),
            }
        }
    };
    let mut again = tokio::time::timeout(std::time::Duration::from_secs(20), again).await.expect("a place");
    again.hello(None).await;
}

/// How a socket ends: with a reason or without.
async fn end(socket: &mut Socket) -> Option<u16> {
    let wait = async {
        loop {
            match socket.0.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(150), wait).await.expect("an end")
}

/// Waits for the server's own limits, beside the other tests: a minute.
#[tokio::test]
async fn who_never_says_hello_and_whose_session_ended_unheard_are_let_go() {
    let world = world().await;
    let server = serve(&world).await;
    let mut silent = server.visitor(&world.visitor(&world.a).await.token.unwrap()).await;
    let mut member = server.open("/live", Some(&world.a.session), &server.origin()).await.unwrap();
    member.hello(None).await;
    // As when a node dies before it has told the others.
    let ended = sqlx::query("delete from sessions where organization_id = $1").bind(world.a.id.0);
    ended.execute(world.services.db.system().pool()).await.unwrap();
    assert_eq!(tokio::join!(end(&mut silent), end(&mut member)), (None, Some(4401)));
}
