//! How a behaviour looks in the protocols of OpenAI and Anthropic.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Json,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::{
    FakeEmbedder,
    provider::{Behaviour, Shared},
};

pub(super) async fn openai(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let behaviour = shared.next("/v1/chat/completions", headers, &body);
    let word = |text: &str| {
        event("", &json!({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": null}], "usage": null}))
    };
    let end = [
        event("", &json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})),
        event("", &json!({"choices": [], "usage": {"prompt_tokens": 11, "completion_tokens": 7}})),
        "data: [DONE]\n\n".to_owned(),
    ];
    let whole = |text: &str| {
        json!({
            "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 11, "completion_tokens": 7},
        })
    };
    respond(behaviour, &body, Vec::new(), word, end.to_vec(), whole).await
}

pub(super) async fn anthropic(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    let behaviour = shared.next("/v1/messages", headers, &body);
    let begin = vec![
        event(
            "message_start",
            &json!({"type": "message_start", "message": {"usage": {"input_tokens": 11, "output_tokens": 1}}}),
        ),
        event("ping", &json!({"type": "ping"})),
        event(
            "content_block_start",
            &json!({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}),
        ),
    ];
    let word = |text: &str| {
        let delta = json!({"type": "text_delta", "text": text});
        event("content_block_delta", &json!({"type": "content_block_delta", "index": 0, "delta": delta}))
    };
    let end = vec![
        event("content_block_stop", &json!({"type": "content_block_stop", "index": 0})),
        event(
            "message_delta",
            &json!({"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 7}}),
        ),
        event("message_stop", &json!({"type": "message_stop"})),
    ];
    let whole = |text: &str| {
        json!({
            "type": "message",
            "content": [{"type": "text", "text": text}],
            "stop_reason": "end_turn",
            "usage": {"input_tokens": 11, "output_tokens": 7},
        })
    };
    respond(behaviour, &body, begin, word, end, whole).await
}

pub(super) async fn embeddings(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Json(body): Json<Value>,
) -> Response {
    match shared.next("/v1/embeddings", headers, &body) {
        Behaviour::Status(status) => failure(status, "the server has a problem"),
        Behaviour::RateLimited { retry_after } => limited(retry_after),
        Behaviour::Page | Behaviour::NoJson => page(),
        _ => {
            let texts = body["input"].as_array().cloned().unwrap_or_default();
            let data: Vec<Value> = texts
                .iter()
                .enumerate()
                .map(|(index, text)| json!({"index": index, "embedding": FakeEmbedder::vector(text.as_str().unwrap_or_default())}))
                .collect();
            Json(json!({"object": "list", "data": data})).into_response()
        }
    }
}

/// Plays a behaviour with the events of one protocol.
async fn respond(
    behaviour: Behaviour,
    request: &Value,
    begin: Vec<String>,
    word: impl Fn(&str) -> String,
    end: Vec<String>,
    whole: impl Fn(&str) -> Value,
) -> Response {
    let words = |text: &str| -> Vec<String> { text.split_inclusive(' ').map(&word).collect() };
    let complete = |text: &str| [begin.clone(), words(text), end.clone()].concat();
    match behaviour {
        Behaviour::Answer(text) => events(complete(&text), Duration::ZERO, Duration::ZERO, false),
        Behaviour::Slow { first, between, text } => events(complete(&text), first, between, false),
        Behaviour::Truncated(text) => {
            let mut half = words(&text);
            half.truncate(half.len().div_ceil(2));
            events([begin, half].concat(), Duration::ZERO, Duration::from_millis(5), true)
        }
        Behaviour::Unfinished(text) => {
            events([begin.clone(), words(&text)].concat(), Duration::ZERO, Duration::ZERO, false)
        }
        Behaviour::Status(status) => failure(status, "the server has a problem"),
        Behaviour::RateLimited { retry_after } => limited(retry_after),
        Behaviour::Page => page(),
        Behaviour::NoJson => {
            events(vec!["data: <<<\n\n".into(), "data: no json\n\n".into()], Duration::ZERO, Duration::ZERO, false)
        }
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Whole(text) => Json(whole(&text)).into_response(),
        Behaviour::Refuse { parameter, .. } if request.get(parameter).is_some() => {
            failure(400, &format!("Unsupported parameter: '{parameter}'"))
        }
        Behaviour::Refuse { text, .. } => events(complete(&text), Duration::ZERO, Duration::ZERO, false),
    }
}

fn event(name: &str, data: &Value) -> String {
    if name.is_empty() { format!("data: {data}\n\n") } else { format!("event: {name}\ndata: {data}\n\n") }
}

/// A stream of events with pauses; `broken` ends it in the middle of the transfer.
fn events(events: Vec<String>, first: Duration, between: Duration, broken: bool) -> Response {
    let pieces = stream::iter(events.into_iter().enumerate()).then(move |(index, event)| async move {
        tokio::time::sleep(if index == 0 { first } else { between }).await;
        Ok::<_, std::io::Error>(Bytes::from(event))
    });
    let tail = stream::iter(broken.then(|| Err(std::io::Error::other("the connection breaks"))));
    ([(header::CONTENT_TYPE, "text/event-stream")], Body::from_stream(pieces.chain(tail))).into_response()
}

fn failure(status: u16, message: &str) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({"error": {"message": message, "type": "server_error"}}))).into_response()
}

fn limited(retry_after: u64) -> Response {
    let body = Json(json!({"error": {"message": "slow down", "type": "rate_limit_error"}}));
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, retry_after.to_string())], body).into_response()
}

fn page() -> Response {
    let body = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"<html><h1>It works!</h1></html>"))]);
    ([(header::CONTENT_TYPE, "text/html")], Body::from_stream(body)).into_response()
}
