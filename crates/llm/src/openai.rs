//! Chat completions, as OpenAI and the many servers that follow it speak them.

use std::collections::VecDeque;

use futures::stream::BoxStream;
use outbound::reqwest::header::HeaderMap;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::{
    ChatEvent, ChatRequest, Error, Result,
    http::{Timeouts, classify, endpoint, error_words, key_header, post},
    sse::{Decode, answer},
};

/// The provider's own address.
pub(crate) const BASE_URL: &str = "https://api.openai.com/v1";

/// Headers that say who asks. Azure wants the key in a header of its own.
pub(crate) fn headers(url: &str, key: &SecretString) -> Result<HeaderMap> {
    let key = key.expose_secret();
    let header = match key {
        "" => None,
        key if url.contains(".azure.com/") => Some(key_header("api-key", key)?),
        key => Some(key_header("authorization", &format!("Bearer {key}"))?),
    };
    Ok(header.into_iter().collect())
}

pub(crate) async fn stream(
    client: &outbound::Client,
    timeouts: Timeouts,
    request: ChatRequest,
) -> Result<BoxStream<'static, Result<ChatEvent>>> {
    let base = if request.provider.base_url.is_empty() { BASE_URL } else { &request.provider.base_url };
    let url = endpoint(base, "/chat/completions");
    let begun = Instant::now();
    let mut body = body(&request, base);
    loop {
        let key = &request.provider.api_key;
        let sent = post(client, &url, headers(&url, key)?, key, &body, timeouts.first_token, timeouts.total).await;
        match sent {
            Ok(response) => return answer(response, Completion::default(), timeouts, begun, key).await,
            Err(Error::BadRequest(reason)) if adapt(&mut body, &reason) => {}
            Err(error) => return Err(error),
        }
    }
}

fn body(request: &ChatRequest, base: &str) -> Value {
    let messages: Vec<Value> = request
        .messages
        .iter()
        .map(|message| json!({ "role": message.role.as_str(), "content": message.content }))
        .collect();
    let mut body = json!({
        "model": request.model,
        "messages": messages,
        "temperature": request.temperature,
        "stream": true,
        "stream_options": { "include_usage": true },
    });
    // OpenAI's newer models take the new name only, other servers often only the old one.
    let limit = if base.contains("api.openai.com") { "max_completion_tokens" } else { "max_tokens" };
    body[limit] = json!(request.max_tokens);
    body
}

/// Renames or takes out the parameter that the server refuses. False when there is nothing left to change.
fn adapt(body: &mut Value, reason: &str) -> bool {
    let Some(fields) = body.as_object_mut() else { return false };
    // `max_tokens` becomes `max_completion_tokens`, which is left out when it is refused too.
    let limit = ["max_tokens", "max_completion_tokens"].iter().any(|name| reason.contains(name));
    if let Some(value) = fields.get("max_tokens").filter(|_| limit).cloned() {
        fields.remove("max_tokens");
        fields.insert("max_completion_tokens".to_owned(), value);
        return true;
    }
    let refused = ["stream_options", "temperature", "max_completion_tokens"]
        .into_iter()
        .find(|name| reason.contains(name) && fields.contains_key(*name));
    refused.is_some_and(|name| fields.remove(name).is_some())
}

/// The state of an answer.
#[derive(Default)]
pub(crate) struct Completion {
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Option<Usage>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default, alias = "message")]
    delta: Option<Delta>,
    #[serde(default)]
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    #[serde(default)]
    content: Option<String>,
    #[serde(default)]
    refusal: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

impl Decode for Completion {
    fn event(&mut self, _name: &str, data: &str, out: &mut VecDeque<ChatEvent>) -> Result<()> {
        let body: Value = serde_json::from_str(data).map_err(|error| Error::InvalidResponse(error.to_string()))?;
        self.whole(&body, out)
    }

    fn whole(&mut self, body: &Value, out: &mut VecDeque<ChatEvent>) -> Result<()> {
        if let Some(error) = body.get("error").filter(|error| !error.is_null()) {
            let status = error.get("code").and_then(Value::as_u64).and_then(|code| u16::try_from(code).ok());
            let status = status.and_then(|code| outbound::reqwest::StatusCode::from_u16(code).ok());
            let words = error_words(body);
            return Err(match status {
                Some(status) => classify(status, None, &words),
                None => Error::Retryable { reason: words, retry_after: None },
            });
        }
        if body.get("choices").is_none() && body.get("usage").is_none() {
            return Err(Error::InvalidResponse("it has neither choices nor usage".into()));
        }
        let chunk = Chunk::deserialize(body).map_err(|error| Error::InvalidResponse(error.to_string()))?;
        for choice in chunk.choices.into_iter().take(1) {
            let text = choice.delta.and_then(|delta| delta.content.or(delta.refusal)).unwrap_or_default();
            if !text.is_empty() {
                out.push_back(ChatEvent::Delta(text));
            }
            // Some servers say nothing with an empty text.
            let reason = choice.finish_reason.filter(|reason| !reason.is_empty());
            self.finish_reason = reason.or(self.finish_reason.take());
        }
        if let Some(usage) = chunk.usage {
            out.push_back(ChatEvent::Usage { input: usage.prompt_tokens, output: usage.completion_tokens });
        }
        Ok(())
    }

    fn finish_reason(&self) -> Option<&str> {
        self.finish_reason.as_deref()
    }
}
