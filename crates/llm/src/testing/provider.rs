use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Router, http::HeaderMap, routing::post};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::protocols::{anthropic, embeddings, openai};

/// What the provider does with one request.
#[derive(Debug, Clone)]
pub enum Behaviour {
    /// Streams the text word by word.
    Answer(String),
    /// The same, with pauses before the first word and between the words.
    Slow { first: Duration, between: Duration, text: String },
    /// Streams half of the text, then the connection breaks.
    Truncated(String),
    /// Streams the text, then ends the stream in order, but without saying that the answer is complete.
    Unfinished(String),
    /// Answers with a status and an error object.
    Status(u16),
    /// 429, with `Retry-After` in seconds.
    RateLimited { retry_after: u64 },
    /// A page of HTML with status 200.
    Page,
    /// A stream of events that are no JSON.
    NoJson,
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

pub(super) struct Shared {
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
    pub(super) fn next(&self, path: &str, headers: HeaderMap, body: &Value) -> Behaviour {
        lock(&self.requests).push(Recorded { path: path.to_owned(), headers, body: body.clone() });
        lock(&self.script).pop_front().unwrap_or_else(|| lock(&self.otherwise).clone())
    }
}
