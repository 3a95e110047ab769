use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket};
use bytes::Bytes;
use domain::live::{Missed, Update};
use futures::{SinkExt, stream::SplitSink};
use types::live::ServerFrame;

/// A reader that takes nothing for so long is dropped; it comes back with its cursor.
const SEND_TIMEOUT: Duration = Duration::from_secs(10);

/// The side of a socket that we write to, and the position that its browser has reached.
pub(super) struct Sender {
    sink: SplitSink<WebSocket, Message>,
    reached: i64,
}

/// The socket cannot be written to any more, or is too slow.
pub(super) struct Gone;

impl Sender {
    pub(super) fn new(sink: SplitSink<WebSocket, Message>) -> Self {
        Self { sink, reached: 0 }
    }

    /// Answers `Hello{since}` with what was missed.
    pub(super) async fn welcome(&mut self, since: Option<i64>, missed: Missed) -> Result<(), Gone> {
        match missed {
            Missed::Reload { cursor } => self.reload(cursor).await,
            Missed::Events { events, cursor } => {
                // The browser's own position, not the one it will have reached: the connection may break in between.
                self.frame(&ServerFrame::Welcome { cursor: since.unwrap_or(cursor) }).await?;
                for (position, event) in events {
                    self.frame(&ServerFrame::Event { position, event }).await?;
                }
                self.reached = cursor;
                Ok(())
            }
        }
    }

    /// Passes on an event or a signal; an event that was sent already with what was missed is left out.
    pub(super) async fn pass(&mut self, update: Update) -> Result<(), Gone> {
        match update {
            Update::Event(event) if event.position > self.reached => {
                self.reached = event.position;
                self.prepared(event.frame.clone()).await
            }
            Update::Signal(signal) => self.prepared(signal.frame.clone()).await,
            _ => Ok(()),
        }
    }

    /// Tells the browser to load anew and go on from here.
    pub(super) async fn reload(&mut self, cursor: i64) -> Result<(), Gone> {
        self.reached = cursor;
        self.frame(&ServerFrame::Reload { cursor }).await
    }

    pub(super) async fn frame(&mut self, frame: &ServerFrame) -> Result<(), Gone> {
        let json = serde_json::to_string(frame).map_err(|_| Gone)?;
        self.send(Message::Text(json.into())).await
    }

    /// Sends a frame that was made once for many sockets.
    async fn prepared(&mut self, frame: Bytes) -> Result<(), Gone> {
        let text = Utf8Bytes::try_from(frame).map_err(|_| Gone)?;
        self.send(Message::Text(text)).await
    }

    pub(super) async fn ping(&mut self) -> Result<(), Gone> {
        self.send(Message::Ping(Bytes::new())).await
    }

    /// Says goodbye with a reason that the browser can act on.
    pub(super) async fn close(mut self, code: u16, reason: &'static str) {
        // Whether the other side still hears it makes no difference any more.
        let _ = self.send(Message::Close(Some(CloseFrame { code, reason: reason.into() }))).await;
    }

    async fn send(&mut self, message: Message) -> Result<(), Gone> {
        match tokio::time::timeout(SEND_TIMEOUT, self.sink.send(message)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Gone),
        }
    }
}
