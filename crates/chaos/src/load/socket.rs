//! Live sockets that come back by themselves with the last position that they saw.

use std::time::{Duration, Instant};

use anyhow::Context;
use futures::{SinkExt, StreamExt};
use rand::{SeedableRng, rngs::StdRng};
use serde_json::Value;
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use types::live::{ClientFrame, LiveEvent, ServerFrame};

use super::id;
use crate::client::{Client, Request};

type Socket = WebSocketStream<MaybeTlsStream<tokio::net::TcpStream>>;

/// Between the end of a socket and the next, unless the node has sent us on.
const REST: Duration = Duration::from_millis(200);
/// Close code of a node that restarts: widget and dashboard come back at once.
const RESTARTS: u16 = 1012;
/// A socket that is quiet for longer is dead: the product sends a sign of life every 25 seconds.
const SILENCE: Duration = Duration::from_secs(40);

/// A visitor's open widget.
pub(super) struct Widget {
    pub client: Client,
    pub token: String,
    pub name: String,
}

/// The time between two sockets of a browser.
#[derive(Default)]
struct Away {
    since: Option<Instant>,
    /// The node that went has said so.
    is_sent_on: bool,
}

impl Away {
    /// The socket has ended.
    fn begin(&mut self, is_sent_on: bool) {
        self.since.get_or_insert_with(Instant::now);
        self.is_sent_on = is_sent_on;
    }

    /// Waits as a browser does before it tries again: not at all, once, when it was sent on.
    async fn rest(&mut self) {
        if !std::mem::take(&mut self.is_sent_on) {
            tokio::time::sleep(REST).await;
        }
    }

    /// The next socket is welcome.
    fn end(&mut self, client: &Client) {
        if let Some(since) = self.since.take() {
            client.ledger().open().resumed.push(since.elapsed());
        }
    }
}

/// Keeps a widget in step, for ever.
pub(super) async fn visitor(widget: Widget) {
    let path = format!("/widget/api/live?token={}", widget.token);
    let (mut cursor, mut away) = (None, Away::default());
    loop {
        if let Ok(mut socket) = connect(&widget.client, &path, cursor).await {
            while let Some(frame) = next(&mut socket, &mut away).await {
                match frame {
                    ServerFrame::Welcome { cursor: position } => {
                        away.end(&widget.client);
                        if cursor.replace(position).is_none() {
                            widget.load().await;
                        }
                    }
                    ServerFrame::Reload { cursor: position } => {
                        away.end(&widget.client);
                        cursor = Some(position);
                        widget.load().await;
                    }
                    ServerFrame::Event { position, event } => {
                        cursor = Some(position);
                        widget.show(event.message.map(|message| message.id.0));
                    }
                    ServerFrame::Signal(_) | ServerFrame::Pong => {}
                }
            }
        }
        away.rest().await;
    }
}

impl Widget {
    fn show(&self, messages: impl IntoIterator<Item = uuid::Uuid>) {
        let mut ledger = self.client.ledger().open();
        ledger.seen_by_visitors.entry(self.name.clone()).or_default().extend(messages);
    }

    /// Loads the conversation as it is now, to its beginning.
    async fn load(&self) {
        let mut rng = StdRng::seed_from_u64(0);
        let mut request = Request::get("/widget/api/conversation");
        let mut conversation = None;
        while let Ok(mut part) = self.client.ask(&mut rng, &request).await {
            if conversation.is_none() {
                part = part["conversation"].take();
                conversation = part["id"].as_str().map(str::to_owned);
            }
            let messages = part["messages"].as_array().cloned().unwrap_or_default();
            self.show(messages.iter().map(|message| id(&message["id"])));
            let earliest = messages.first().and_then(|message| message["seq"].as_i64());
            let (Some(conversation), Some(earliest), Some(true)) =
                (&conversation, earliest, part["has_more"].as_bool())
            else {
                return;
            };
            request = Request::get(format!("/widget/api/messages?conversation={conversation}&before={earliest}"));
        }
    }
}

/// Keeps a member's inbox in step, for ever.
pub(super) async fn member(client: Client) {
    let (mut cursor, mut away) = (None, Away::default());
    loop {
        if let Ok(mut socket) = connect(&client, "/live", cursor).await {
            while let Some(frame) = next(&mut socket, &mut away).await {
                match frame {
                    ServerFrame::Welcome { cursor: position } => {
                        away.end(&client);
                        if cursor.replace(position).is_none() {
                            client.ledger().open().loaded_by_members = position;
                        }
                    }
                    ServerFrame::Reload { cursor: position } => {
                        away.end(&client);
                        cursor = Some(position);
                        client.ledger().open().loaded_by_members = position;
                    }
                    ServerFrame::Event { position, event } => {
                        cursor = Some(position);
                        client.ledger().open().seen_by_members.extend(event.message.map(|message| message.id.0));
                    }
                    ServerFrame::Signal(_) | ServerFrame::Pong => {}
                }
            }
        }
        away.rest().await;
    }
}

async fn connect(client: &Client, path: &str, cursor: Option<i64>) -> anyhow::Result<Socket> {
    let url = format!("{}{path}", client.base().replacen("http", "ws", 1));
    let mut request = url.into_client_request()?;
    for (name, value) in client.headers() {
        request.headers_mut().insert(*name, value.parse()?);
    }
    let (mut socket, _) =
        tokio::time::timeout(Duration::from_secs(10), connect_async(request)).await.context("no answer")??;
    socket.send(Message::text(serde_json::to_string(&ClientFrame::Hello { cursor })?)).await?;
    Ok(socket)
}

/// The next frame that is understood; `None` when the socket has ended.
async fn next(socket: &mut Socket, away: &mut Away) -> Option<ServerFrame<LiveEvent, Value>> {
    loop {
        let is_sent_on = match tokio::time::timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => match serde_json::from_str(&text) {
                Ok(frame) => return Some(frame),
                Err(_) => continue,
            },
            Ok(Some(Ok(Message::Close(reason)))) => reason.is_some_and(|reason| u16::from(reason.code) == RESTARTS),
            Ok(Some(Ok(_))) => continue,
            Ok(Some(Err(_)) | None) | Err(_) => false,
        };
        away.begin(is_sent_on);
        return None;
    }
}
