//! What the sockets of members and visitors have in common.

use std::time::Duration;

use axum::{
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    http::HeaderMap,
};
use bytes::Bytes;
use domain::Error;
use futures::{SinkExt, StreamExt, stream::SplitSink};
use types::live::{ClientFrame, ServerFrame};

use crate::{csrf::origin_is_host, error::ApiResult};

/// The defaults reserve 128 KiB a socket; ten thousand sockets are to cost 10 KiB each.
const BUFFER: usize = 4 * 1024;
const MAX_MESSAGE: usize = 64 * 1024;
/// Proxies and phones drop connections that are quiet for longer than half a minute or so.
pub(crate) const PING_EVERY: Duration = Duration::from_secs(25);
/// A reader that takes nothing for so long is dropped; it comes back with its cursor.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);
/// Who says nothing after connecting is no browser of ours.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);
/// Two pings without any sign of life.
pub(crate) const SILENCE: Duration = Duration::from_secs(60);

/// Prepares an upgrade: only from our own pages, with small buffers.
///
/// # Errors
/// Refused when the page is another site's: browsers send cookies with sockets whoever asks for them.
pub(crate) fn prepare(socket: WebSocketUpgrade, headers: &HeaderMap) -> ApiResult<WebSocketUpgrade> {
    if !origin_is_host(headers) {
        return Err(Error::Refused("a socket is opened by our own pages only").into());
    }
    Ok(socket
        .read_buffer_size(BUFFER)
        .write_buffer_size(BUFFER)
        .max_write_buffer_size(16 * MAX_MESSAGE)
        .max_message_size(MAX_MESSAGE)
        .max_frame_size(MAX_MESSAGE))
}

/// The side of a socket that we write to.
pub(crate) struct Sender(SplitSink<WebSocket, Message>);

/// The socket cannot be written to any more, or is too slow.
pub(crate) struct Gone;

impl Sender {
    pub(crate) fn new(sink: SplitSink<WebSocket, Message>) -> Self {
        Self(sink)
    }

    /// Sends one frame.
    pub(crate) async fn frame(&mut self, frame: &ServerFrame) -> Result<(), Gone> {
        let json = serde_json::to_string(frame).map_err(|_| Gone)?;
        self.send(Message::Text(json.into())).await
    }

    /// Sends a frame that was made once for many sockets.
    pub(crate) async fn prepared(&mut self, frame: Bytes) -> Result<(), Gone> {
        let text = Utf8Bytes::try_from(frame).map_err(|_| Gone)?;
        self.send(Message::Text(text)).await
    }

    pub(crate) async fn ping(&mut self) -> Result<(), Gone> {
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Says goodbye. 4401: the session has ended, do not come back with it.
    pub(crate) async fn close(&mut self, code: u16, reason: &'static str) {
        let _ = self.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(SEND_TIMEOUT, self.0.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }
}

/// What came from the browser.
pub(crate) enum Heard {
    Frame(ClientFrame),
    /// A sign of life, or something that we do not know (a newer page's frame).
    Something,
    Closed,
}

/// Understands one message.
pub(crate) fn understand(message: Option<Result<Message, axum::Error>>) -> Heard {
    match message {
        Some(Ok(Message::Text(text))) => serde_json::from_str(&text).map_or(Heard::Something, Heard::Frame),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Heard::Closed,
        Some(Ok(_)) => Heard::Something,
    }
}

/// Waits for the first frame and gives its cursor; `None` when something else or nothing came.
pub(crate) async fn hello(
    incoming: &mut (impl StreamExt<Item = Result<Message, axum::Error>> + Unpin),
) -> Option<Option<i64>> {
    match tokio::time::timeout(HELLO_TIMEOUT, incoming.next()).await.map(understand) {
        Ok(Heard::Frame(ClientFrame::Hello { cursor })) => Some(cursor),
        _ => None,
    }
}
