//! Reads an answer that comes as server-sent events.

use std::collections::VecDeque;

use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::{StreamExt, stream::BoxStream};
use outbound::reqwest::{Response, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use crate::{
    ChatEvent, Error, Result,
    http::{Timeouts, body_stream, read, too_slow},
};

/// What one protocol's events mean.
pub(crate) trait Decode: Send + 'static {
    /// One event of the stream.
    fn event(&mut self, name: &str, data: &str, out: &mut VecDeque<ChatEvent>) -> Result<()>;

    /// A whole answer, of a server that does not stream.
    fn whole(&mut self, body: &Value, out: &mut VecDeque<ChatEvent>) -> Result<()>;

    /// Why the answer ended, once the stream has said so.
    fn finish_reason(&self) -> Option<&str>;
}

struct Reader<D> {
    events: BoxStream<'static, std::result::Result<Event, EventStreamError<Error>>>,
    decoder: D,
    ready: VecDeque<ChatEvent>,
    timeouts: Timeouts,
    /// When the next piece of text must be there, and when all of it.
    next_due: Instant,
    all_due: Instant,
    over: bool,
}

/// The answer's pieces. Ends with `Done` or with one error, which does not repeat the key.
pub(crate) async fn answer(
    response: Response,
    decoder: impl Decode,
    timeouts: Timeouts,
    begun: Instant,
    key: &SecretString,
) -> Result<BoxStream<'static, Result<ChatEvent>>> {
    let key = key.clone();
    let told = move |error: Error| error.told_without(key.expose_secret());
    let pieces = pieces(response, decoder, timeouts, begun).await.map_err(&told)?;
    Ok(pieces.map(move |piece| piece.map_err(&told)).boxed())
}

async fn pieces<D: Decode>(
    response: Response,
    mut decoder: D,
    timeouts: Timeouts,
    begun: Instant,
) -> Result<BoxStream<'static, Result<ChatEvent>>> {
    let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if media_type.starts_with("application/json") {
        let body = tokio::time::timeout_at(begun + timeouts.total, read(response)).await;
        let body = body.map_err(|_| too_slow(timeouts.total))??;
        let body = serde_json::from_slice(&body).map_err(|error| Error::Rubbish(error.to_string()))?;
        let mut ready = VecDeque::new();
        decoder.whole(&body, &mut ready)?;
        let finish_reason = decoder.finish_reason().unwrap_or("stop").to_owned();
        ready.push_back(ChatEvent::Done { finish_reason });
        return Ok(futures::stream::iter(ready.into_iter().map(Ok)).boxed());
    }
    if !media_type.is_empty() && !media_type.starts_with("text/event-stream") {
        return Err(Error::Rubbish(format!("it is of type {media_type}, not a stream of events")));
    }
    let reader = Reader {
        events: body_stream(response).eventsource().boxed(),
        decoder,
        ready: VecDeque::new(),
        timeouts,
        next_due: begun + timeouts.first_token,
        all_due: begun + timeouts.total,
        over: false,
    };
    Ok(futures::stream::unfold(reader, |mut reader| async {
        let piece = reader.next().await?;
        Some((piece, reader))
    })
    .boxed())
}

impl<D: Decode> Reader<D> {
    async fn next(&mut self) -> Option<Result<ChatEvent>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                if matches!(event, ChatEvent::Delta(_)) {
                    self.next_due = Instant::now() + self.timeouts.between_tokens;
                }
                return Some(Ok(event));
            }
            if self.over {
                return None;
            }
            if let Err(error) = self.read().await {
                self.over = true;
                return Some(Err(error));
            }
        }
    }

    /// Waits for one event and decodes it.
    async fn read(&mut self) -> Result<()> {
        let due = self.next_due.min(self.all_due);
        let event = match timeout_at(due, self.events.next()).await {
            Err(_) if self.decoder.finish_reason().is_none() => {
                let waited = if due == self.all_due { self.timeouts.total } else { self.timeouts.between_tokens };
                return Err(too_slow(waited));
            }
            Ok(Some(Ok(event))) => event,
            Ok(Some(Err(EventStreamError::Transport(error)))) if self.decoder.finish_reason().is_none() => {
                return Err(error);
            }
            Ok(Some(Err(EventStreamError::Utf8(_) | EventStreamError::Parser(_)))) => {
                return Err(Error::Rubbish("it is no stream of events".into()));
            }
            // The stream is over, or breaks when everything has been said.
            Err(_) | Ok(None | Some(Err(_))) => return self.finish(),
        };
        if event.data.trim() == "[DONE]" {
            return self.finish();
        }
        if event.data.is_empty() {
            return Ok(());
        }
        self.decoder.event(&event.event, &event.data, &mut self.ready)
    }

    fn finish(&mut self) -> Result<()> {
        self.over = true;
        let finish_reason = self.decoder.finish_reason().ok_or(Error::Cut)?.to_owned();
        self.ready.push_back(ChatEvent::Done { finish_reason });
        Ok(())
    }
}
