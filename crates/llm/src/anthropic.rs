//! Anthropic's Messages.

use std::collections::VecDeque;

use futures::stream::BoxStream;
use outbound::reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    ChatEvent, ChatRequest, ChatRole, Error, Result,
    http::{Timeouts, endpoint, error_words, key_header, post},
    sse::{Decode, answer},
};

/// The provider's own address.
const BASE_URL: &str = "https://api.anthropic.com/v1";
const VERSION: &str = "2023-06-01";

pub(crate) async fn stream(
    client: &outbound::Client,
    timeouts: Timeouts,
    request: ChatRequest,
) -> Result<BoxStream<'static, Result<ChatEvent>>> {
    let base = request.provider.base_url.trim_end_matches('/');
    let url = match base {
        "" => endpoint(BASE_URL, "/messages"),
        base if base.ends_with("/v1") => endpoint(base, "/messages"),
        base => endpoint(base, "/v1/messages"),
    };
    let begun = Instant::now();
    let key = &request.provider.api_key;
    let mut headers = HeaderMap::new();
    headers.insert(HeaderName::from_static("anthropic-version"), HeaderValue::from_static(VERSION));
    headers.extend([key_header("x-api-key", key.expose_secret())?]);
    let mut body = body(&request);
    loop {
        match post(client, &url, headers.clone(), key, &body, timeouts.first_token, timeouts.total).await {
            Ok(response) => return answer(response, Message::default(), timeouts, begun, key).await,
            // Some models do not let the temperature be chosen.
            Err(Error::BadRequest(reason)) if reason.contains("temperature") && remove(&mut body, "temperature") => {}
            Err(error) => return Err(error),
        }
    }
}

fn remove(body: &mut Value, name: &str) -> bool {
    body.as_object_mut().is_some_and(|fields| fields.remove(name).is_some())
}

/// The protocol wants the system text apart, and turns that alternate and begin with the user.
fn body(request: &ChatRequest) -> Value {
    let mut system = Vec::new();
    let mut turns: Vec<(ChatRole, String)> = Vec::new();
    for message in &request.messages {
        match (message.role, turns.last_mut()) {
            (ChatRole::System, _) => system.push(message.content.as_str()),
            (role, Some((last, text))) if *last == role => {
                text.push_str("\n\n");
                text.push_str(&message.content);
            }
            (ChatRole::Assistant, None) => {}
            (role, _) => turns.push((role, message.content.clone())),
        }
    }
    let turns: Vec<Value> =
        turns.into_iter().map(|(role, text)| json!({ "role": role.as_str(), "content": text })).collect();
    json!({
        "model": request.model,
        "max_tokens": request.max_tokens,
        "temperature": request.temperature.clamp(0.0, 1.0),
        "system": system.join("\n\n"),
        "messages": turns,
        "stream": true,
    })
}

/// The state of an answer.
#[derive(Default)]
pub(crate) struct Message {
    input: u32,
    output: u32,
    stop_reason: Option<String>,
    /// `message_stop` has come.
    stopped: bool,
}

impl Message {
    fn count(&mut self, usage: &Value) {
        let number = |name: &str| usage.get(name).and_then(Value::as_u64).and_then(|count| u32::try_from(count).ok());
        let cached = ["cache_read_input_tokens", "cache_creation_input_tokens"].map(|name| number(name).unwrap_or(0));
        let whole = |input| cached.into_iter().fold(input, u32::saturating_add);
        self.input = number("input_tokens").map_or(self.input, whole);
        self.output = number("output_tokens").unwrap_or(self.output);
    }
}

impl Decode for Message {
    fn event(&mut self, name: &str, data: &str, out: &mut VecDeque<ChatEvent>) -> Result<()> {
        let body: Value = serde_json::from_str(data).map_err(|error| Error::InvalidResponse(error.to_string()))?;
        let kind = body["type"].as_str().unwrap_or(name);
        match kind {
            "message_start" => self.count(&body["message"]["usage"]),
            "content_block_start" | "content_block_delta" => {
                let piece = if kind == "content_block_start" { &body["content_block"] } else { &body["delta"] };
                if let Some(text) = piece["text"].as_str().filter(|text| !text.is_empty()) {
                    out.push_back(ChatEvent::Delta(text.to_owned()));
                }
            }
            "message_delta" => {
                self.count(&body["usage"]);
                self.stop_reason = stop_reason(&body["delta"]).or(self.stop_reason.take());
                out.push_back(ChatEvent::Usage { input: self.input, output: self.output });
            }
            "message_stop" => self.stopped = true,
            "error" => return Err(failure(&body)),
            // `ping`, `content_block_stop` and what is to come: the protocol asks to ignore unknown events.
            _ if body.get("type").is_some() => {}
            _ => return Err(Error::InvalidResponse("an event has no type".into())),
        }
        Ok(())
    }

    fn whole(&mut self, body: &Value, out: &mut VecDeque<ChatEvent>) -> Result<()> {
        if body["type"] == "error" {
            return Err(failure(body));
        }
        let blocks = body["content"].as_array().ok_or_else(|| Error::InvalidResponse("it has no content".into()))?;
        out.extend(
            blocks.iter().filter_map(|block| block["text"].as_str()).map(|text| ChatEvent::Delta(text.to_owned())),
        );
        self.count(&body["usage"]);
        out.push_back(ChatEvent::Usage { input: self.input, output: self.output });
        self.stop_reason = stop_reason(body);
        Ok(())
    }

    fn finish_reason(&self) -> Option<&str> {
        self.stop_reason.as_deref().or(self.stopped.then_some("end_turn"))
    }
}

/// Why the answer ended, where it is said.
fn stop_reason(of: &Value) -> Option<String> {
    of["stop_reason"].as_str().filter(|reason| !reason.is_empty()).map(str::to_owned)
}

/// An error object inside a stream that began well.
fn failure(body: &Value) -> Error {
    let words = error_words(body);
    match body["error"]["type"].as_str() {
        Some("rate_limit_error") => Error::RateLimited { retry_after: None },
        Some("authentication_error" | "permission_error" | "billing_error") => Error::Unauthorized(words),
        Some("invalid_request_error" | "not_found_error" | "request_too_large") => Error::BadRequest(words),
        _ => Error::Retryable { reason: words, retry_after: None },
    }
}
