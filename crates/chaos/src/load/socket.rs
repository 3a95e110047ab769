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

/// As many conversations or messages are asked for at once.
const PART: usize = 100;

/// A visitor's open widget.
pub(super) struct Widget {
    pub client: Client,
    pub token: String,
    pub name: String,
}

/// What a browser shows.
trait Page {
    fn client(&self) -> &Client;
    /// Loads everything that there is.
    async fn load(&self);
    /// Shows messages.
    fn show(&self, messages: impl IntoIterator<Item = uuid::Uuid>);
}

/// Keeps a page in step, for ever.
async fn keep(page: impl Page, name: String, path: &str) {
    let client = page.client();
    let mut cursor = None;
    loop {
        let mut ended = Ended::Gone;
        if let Ok(mut socket) = connect(client, path, cursor).await {
            // Taken by the first frame that answers it.
            let mut asked = Some(cursor);
            ended = loop {
                let position = match next(&mut socket).await {
                    Ok(ServerFrame::Welcome { cursor: position }) => {
                        is_back(client, &name);
                        match asked.take().flatten() {
                            Some(_) => client.ledger().open().by_cursor += 1,
                            None => page.load().await,
                        }
                        position
                    }
                    Ok(ServerFrame::Reload { cursor: position }) => {
                        is_back(client, &name);
                        match asked.take().flatten() {
                            Some(before) => client.ledger().open().told_to_load.push((before, position)),
                            None => client.ledger().open().loaded_anew += 1,
                        }
                        page.load().await;
                        position
                    }
                    Ok(ServerFrame::Event { position, event }) => {
                        page.show(event.message.map(|message| message.id.0));
                        position
                    }
                    Ok(ServerFrame::Signal(_) | ServerFrame::Pong) => continue,
                    Err(ended) => break ended,
                };
                cursor = Some(position);
            };
            client.ledger().open().away.entry(name.clone()).or_insert_with(Instant::now);
        }
        // As a browser waits before it tries again: not at all, once, when it was sent on.
        if ended != Ended::SentOn {
            tokio::time::sleep(REST).await;
        }
    }
}

/// The socket is welcome.
fn is_back(client: &Client, name: &str) {
    let mut ledger = client.ledger().open();
    if let Some(since) = ledger.away.remove(name) {
        ledger.resumed.push(since.elapsed());
    }
}

/// Keeps a widget in step, for ever.
pub(super) async fn visitor(widget: Widget) {
    let path = format!("/widget/api/live?token={}", widget.token);
    let name = widget.name.clone();
    keep(widget, name, &path).await;
}

impl Page for Widget {
    fn client(&self) -> &Client {
        &self.client
    }

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

/// A member's open inbox.
struct Inbox(Client);

/// Keeps a member's inbox in step, for ever.
pub(super) async fn member(client: Client) {
    keep(Inbox(client), "the member".into(), "/live").await;
}

impl Page for Inbox {
    fn client(&self) -> &Client {
        &self.0
    }

    fn show(&self, messages: impl IntoIterator<Item = uuid::Uuid>) {
        self.0.ledger().open().seen_by_members.extend(messages);
    }

    /// Loads every conversation, to its beginning.
    async fn load(&self) {
        let mut rng = StdRng::seed_from_u64(0);
        let mut after = Some(String::new());
        while let Some(cursor) = after.take() {
            let request = Request::get(format!("/api/v1/conversations?limit={PART}&cursor={cursor}"));
            let Ok(part) = self.0.ask(&mut rng, &request).await else { return };
            let conversations = part.as_array().cloned().unwrap_or_default();
            for conversation in &conversations {
                self.load_conversation(&mut rng, id(&conversation["id"])).await;
            }
            after = conversations.get(PART - 1).map(|last| id(&last["id"]).to_string());
        }
    }
}

impl Inbox {
    async fn load_conversation(&self, rng: &mut StdRng, conversation: uuid::Uuid) {
        let path = format!("/api/v1/conversations/{conversation}/messages?limit={PART}");
        let mut request = Request::get(&path);
        while let Ok(part) = self.0.ask(rng, &request).await {
            let messages = part.as_array().cloned().unwrap_or_default();
            self.show(messages.iter().map(|message| id(&message["id"])));
            let earliest = messages.first().and_then(|message| message["seq"].as_i64());
            let Some(earliest) = earliest.filter(|seq| *seq > 1) else { return };
            request = Request::get(format!("{path}&cursor={earliest}"));
        }
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

/// How a socket has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Gone,
    /// The node that went has said so.
    SentOn,
}

/// The next frame that is understood.
async fn next(socket: &mut Socket) -> Result<ServerFrame<LiveEvent, Value>, Ended> {
    loop {
        match tokio::time::timeout(SILENCE, socket.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => {
                if let Ok(frame) = serde_json::from_str(&text) {
                    return Ok(frame);
                }
            }
            Ok(Some(Ok(Message::Close(Some(reason))))) if u16::from(reason.code) == RESTARTS => {
                return Err(Ended::SentOn);
            }
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => return Err(Ended::Gone),
            Ok(Some(Ok(_))) => {}
        }
    }
}
