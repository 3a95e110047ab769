use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::post,
};
use bytes::Bytes;
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};

use super::FakeEmbedder;

/// What the provider does with one request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Streams the text word by word.
    Answer(String),
    /// The same, with pauses before the first word and between the words.
    Slow { first: Duration, between: Duration, text: String },
    /// Streams half of the text, then the connection breaks.
    Cut(String),
    /// Streams the text, then ends the stream in order, but without saying that the answer is complete.
    Unfinished(String),
    /// Answers with a status and an error object.
    Status(u16),
    /// 429, with `Retry-After` in seconds.
    RateLimited { retry_after: u64 },
    /// A page of HTML with status 200.
    Page,
    /// A stream of events that are no JSON.
    Rubbish,
    /// Takes the request and never answers.
    Hang,
    /// Answers in one piece although a stream was asked for.
    Whole(String),
    /// Refuses a parameter by name as long as the request has it.
    Refuse { parameter: &'static str, text: String },
}

/// A request that was received.
#[derive(Debug, Clone)]
pub struct Recorded {
    pub path: String,
    pub headers: HeaderMap,
    pub body: Value,
}

/// A server on loopback that speaks OpenAI's and Anthropic's protocols and does what a script says. Ends when dropped.
pub struct FakeProvider {
    address: std::net::SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    script: Mutex<VecDeque<Behaviour>>,
    otherwise: Mutex<Behaviour>,
    requests: Mutex<Vec<Recorded>>,
}

impl FakeProvider {
    /// Starts it; every request gets this behaviour unless [`FakeProvider::then`] says otherwise.
    ///
    /// # Errors
    /// When no port is to be had.
    pub async fn start(otherwise: Behaviour) -> std::io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let shared =
            Arc::new(Shared { script: Mutex::default(), otherwise: Mutex::new(otherwise), requests: Mutex::default() });
        let router = Router::new()
            .route("/v1/chat/completions", post(openai))
            .route("/v1/messages", post(anthropic))
            .route("/v1/embeddings", post(embeddings))
            .with_state(shared.clone());
        let server = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                eprintln!("the scripted provider stopped: {error}");
            }
        });
        Ok(Self { address, shared, server })
    }

    /// Base address, to be given to an agent.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// What the next request without one gets. Behaviours are used up in order.
    pub fn then(&self, behaviour: Behaviour) -> &Self {
        lock(&self.shared.script).push_back(behaviour);
        self
    }

    /// What requests get when the script is used up.
    pub fn otherwise(&self, behaviour: Behaviour) {
        *lock(&self.shared.otherwise) = behaviour;
    }

    /// What was received so far.
    pub fn requests(&self) -> Vec<Recorded> {
        lock(&self.shared.requests).clone()
    }
}

impl Drop for FakeProvider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    fn next(&self, path: &str, headers: HeaderMap, body: &Value) -> Behaviour {
        lock(&self.requests).push(Recorded { path: path.to_owned(), headers, body: body.clone() });
        lock(&self.script).pop_front().unwrap_or_else(|| lock(&self.otherwise).clone())
    }
}

async fn openai(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
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

async fn anthropic(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
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

async fn embeddings(State(shared): State<Arc<Shared>>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    match shared.next("/v1/embeddings", headers, &body) {
        Behaviour::Status(status) => failure(status, "the server has a problem"),
        Behaviour::RateLimited { retry_after } => limited(retry_after),
        Behaviour::Page | Behaviour::Rubbish => page(),
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
        Behaviour::Cut(text) => {
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
        Behaviour::Rubbish => {
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
