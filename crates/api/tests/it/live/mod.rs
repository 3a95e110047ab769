//! Sockets of members and visitors, on a server of the test's own.

mod hearing;
mod moves;
mod rights;

use std::{net::SocketAddr, time::Duration};

use domain::{events::Publisher, live as bus};
use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Error, Message, client::IntoClientRequest, protocol::CloseFrame},
};
use tokio_util::sync::{CancellationToken, DropGuard};
use types::id::ConversationId;

use crate::support::{Tenant, World};

/// A running server of a world, with what carries events to its sockets.
pub struct Server {
    address: SocketAddr,
    stop: CancellationToken,
    _stops: DropGuard,
}

pub async fn serve(world: &World) -> Server {
    let server = open(world).await;
    server.carry(world);
    server
}

/// The same before anything carries events to its sockets.
async fn open(world: &World) -> Server {
    let stop = CancellationToken::new();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let service = world.router.clone().into_make_service_with_connect_info::<SocketAddr>();
    let until = stop.clone();
    tokio::spawn(async move { axum::serve(listener, service).with_graceful_shutdown(until.cancelled_owned()).await });
    Server { address, _stops: stop.clone().drop_guard(), stop }
}

/// A browser's socket.
pub struct Socket(pub WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Server {
    fn carry(&self, world: &World) {
        tokio::spawn(Publisher::run(world.services.clone(), self.stop.clone()));
        tokio::spawn(bus::run(world.services.clone(), self.stop.clone()));
    }

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

    pub async fn member(&self, tenant: &Tenant) -> Socket {
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

    /// Waits until it is told to load anew.
    async fn reload(&mut self) {
        while !self.next().await.expect("a frame")["reload"].is_object() {}
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

/// Waits until the server closes the socket, and gives the reason.
pub async fn closed(socket: &mut Socket) -> u16 {
    loop {
        if let Err(close) = socket.next().await {
            return close.expect("a reason").code.into();
        }
    }
}
