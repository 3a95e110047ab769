//! Reads an answer that comes as server-sent events.

mod events;

use std::collections::VecDeque;

use futures::{StreamExt, stream::BoxStream};
use outbound::reqwest::{Response, header::CONTENT_TYPE};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};

use self::events::Events;
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
    pieces: BoxStream<'static, Result<Vec<u8>>>,
    events: Events,
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
    let told = move |error: Error| error.redacted(key.expose_secret());
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
        let body = serde_json::from_slice(&body).map_err(|error| Error::InvalidResponse(error.to_string()))?;
        let mut ready = VecDeque::new();
        decoder.whole(&body, &mut ready)?;
        let finish_reason = decoder.finish_reason().unwrap_or("stop").to_owned();
        ready.push_back(ChatEvent::Done { finish_reason });
        return Ok(futures::stream::iter(ready.into_iter().map(Ok)).boxed());
    }
    if !media_type.is_empty() && !media_type.starts_with("text/event-stream") {
        return Err(Error::InvalidResponse(format!("it is of type {media_type}, not a stream of events")));
    }
    let reader = Reader {
        pieces: body_stream(response),
        events: Events::default(),
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
        let event = loop {
            if let Some(event) = self.events.next()? {
                break event;
            }
            match timeout_at(due, self.pieces.next()).await {
                Ok(Some(Ok(piece))) => self.events.push(&piece),
                // The stream is over, or breaks when everything has been said.
                Ok(None) => return self.finish(),
                _ if self.decoder.finish_reason().is_some() => return self.finish(),
                Ok(Some(Err(error))) => return Err(error),
                Err(_) => {
                    let waited = if due == self.all_due { self.timeouts.total } else { self.timeouts.between_tokens };
                    return Err(too_slow(waited));
                }
            }
        };
        if event.data.trim() == "[DONE]" {
            return self.finish();
        }
        self.decoder.event(&event.name, &event.data, &mut self.ready)
    }

    fn finish(&mut self) -> Result<()> {
        self.over = true;
        let finish_reason = self.decoder.finish_reason().ok_or(Error::Truncated)?.to_owned();
        self.ready.push_back(ChatEvent::Done { finish_reason });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::{io, time::Duration};

    use axum::http;
    use outbound::reqwest::Body;

    use super::*;
    use crate::{anthropic::Message, openai::Completion};

    const KEY: &str = "sk-secret";
    const STREAM: &str = "text/event-stream";
    const JSON: &str = "application/json";
    const WORDS: &[&str] = &[
        "data: ",
        "data:",
        "event: ",
        "\n\n",
        "\r\n\r\n",
        "\r",
        ": ping\n",
        "\u{feff}",
        "data: [DONE]\n\n",
        "null",
        "{}",
        "[[",
        "\"\"",
        "-1",
        "1e999",
        "4294967295",
        "18446744073709551615",
        "\\ud800",
        "\\u0000",
        KEY,
        "\"error\":",
        "\"content\":",
        "\"text\":",
        "\"finish_reason\":",
        "\"stop_reason\":",
        "\"type\":\"message_stop\"",
    ];

    /// What came: the text, the counts of tokens, and how it ended.
    #[derive(Debug, PartialEq, Default)]
    struct Heard {
        text: String,
        usage: Vec<(u32, u32)>,
        end: Option<std::result::Result<String, String>>,
    }

    async fn hear(decoder: impl Decode, media_type: &str, pieces: impl Iterator<Item = &[u8]>) -> Heard {
        let pieces: Vec<_> = pieces.map(|piece| Ok::<_, io::Error>(piece.to_vec())).collect();
        let body = Body::wrap_stream(futures::stream::iter(pieces));
        let response = http::Response::builder().header("content-type", media_type).body(body).expect("a response");
        let hour = Duration::from_secs(3600);
        let timeouts = Timeouts { first_token: hour, between_tokens: hour, total: hour };
        let mut heard = Heard::default();
        let mut stream = match answer(response.into(), decoder, timeouts, Instant::now(), &KEY.into()).await {
            Ok(stream) => stream,
            Err(error) => return Heard { end: Some(Err(error.to_string())), ..heard },
        };
        while let Some(event) = stream.next().await {
            assert_eq!(heard.end, None, "{event:?} after the end");
            match event {
                Ok(ChatEvent::Delta(text)) => heard.text.push_str(&text),
                Ok(ChatEvent::Usage { input, output }) => heard.usage.push((input, output)),
                Ok(ChatEvent::Done { finish_reason }) => heard.end = Some(Ok(finish_reason)),
                Err(error) => heard.end = Some(Err(error.to_string())),
            }
        }
        heard
    }

    /// However an answer is cut into pieces, the same is heard; it has one end, which tells no key and forges no line of a
    /// log; and nothing becomes more than it was.
    fn take<D: Decode + Default>(media_type: &str, examples: &[&str], ends: &[&str]) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        fuzz::bytes(&examples.iter().map(|example| example.as_bytes()).collect::<Vec<_>>(), WORDS, |bytes| {
            let hear = |size| runtime.block_on(hear(D::default(), media_type, bytes.chunks(size)));
            let whole = hear(bytes.len().max(1));
            assert_eq!(hear(7), whole);
            // Byte by byte takes long for what is long.
            assert_eq!(hear(1 + bytes.len() / 4096), whole);
            assert!(whole.text.len() <= bytes.len() && whole.usage.len() <= bytes.len());
            match whole.end.expect("an end") {
                Ok(reason) => {
                    let is_complete =
                        ends.iter().any(|end| bytes.windows(end.len()).any(|part| part == end.as_bytes()));
                    assert!(
                        !reason.is_empty() && (is_complete || media_type == JSON),
                        "half an answer is taken for a whole"
                    );
                }
                Err(words) => {
                    assert!(
                        !words.contains(KEY) && !words.contains(char::is_control) && words.chars().count() < 400,
                        "{words:?}"
                    );
                }
            }
        });
    }

    #[test]
    fn streams_of_openai_take_hostile_bytes() {
        const EXAMPLES: &[&str] = &[
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n\
             : a comment\n\n\
             data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Ç'kemi \\ud83d\\ude00\"},\"finish_reason\":null}],\"usage\":null}\n\n\
             data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n\
             data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7}}\n\ndata: [DONE]\n\n",
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"c\",\"function\":{\"name\":\"f\",\"arguments\":\"{\\\"a\\\":\"}}]}}]}\r\n\r\n\
             data: {\"choices\":[{\"delta\":{\"refusal\":\"No.\"},\"finish_reason\":\"tool_calls\"}]}\r\n\r\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"Half\"}}]}\n\n\
             data: {\"error\":{\"message\":\"the key sk-secret\\r\\nis bad\",\"type\":\"server_error\",\"code\":503}}\n\n",
            "\u{feff}data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"of two lines\"},\"finish_reason\":\"length\"}]}\n\n",
            "data: {\"choices\":[{\"delta\":{\"content\":\"Cut\"},\"finish_reason\":\"\"}]}\n\n",
        ];
        take::<Completion>(STREAM, EXAMPLES, &["finish_reason"]);
    }

    #[test]
    fn streams_of_anthropic_take_hostile_bytes() {
        const EXAMPLES: &[&str] = &[
            "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"usage\":{\"input_tokens\":4294967295,\
             \"cache_read_input_tokens\":4294967295,\"cache_creation_input_tokens\":4294967295,\"output_tokens\":1}}}\n\n\
             event: ping\ndata: {\"type\":\"ping\"}\n\n\
             event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n\
             event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"type\":\"text_delta\",\"text\":\"Përshëndetje\"}}\n\n\
             event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n\
             event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"},\"usage\":{\"output_tokens\":7}}\n\n\
             event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
            "event: content_block_start\r\ndata: {\"type\":\"content_block_start\",\"content_block\":{\"type\":\"tool_use\",\"id\":\"t\",\"input\":{}}}\r\n\r\n\
             event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"a\"}}\r\n\r\n",
            "data: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"Half\"}}\n\n\
             event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"sk-secret\\nOverloaded\"}}\n\n",
            "\u{feff}event: message_delta\ndata: {\"delta\":{\"stop_reason\":\"\"}}\n\n",
        ];
        take::<Message>(STREAM, EXAMPLES, &["stop_reason", "message_stop"]);
    }

    #[test]
    fn whole_answers_take_hostile_bytes() {
        const OPENAI: &[&str] = &[
            "{\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Hi\"},\"finish_reason\":\"stop\"}],\
             \"usage\":{\"prompt_tokens\":11,\"completion_tokens\":7}}",
            "{\"error\":{\"message\":\"sk-secret\\u000d\\u000aforged\",\"code\":429}}",
        ];
        const ANTHROPIC: &[&str] = &[
            "{\"type\":\"message\",\"content\":[{\"type\":\"text\",\"text\":\"Hi\"},{\"type\":\"tool_use\",\"input\":{}}],\
             \"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":11,\"output_tokens\":7}}",
            "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"sk-secret\"}}",
        ];
        take::<Completion>(JSON, OPENAI, &[]);
        take::<Message>(JSON, ANTHROPIC, &[]);
    }
}
