use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::post,
};
use serde_json::Value;

use super::{Switch, serve};

/// What came to the endpoint and was answered with success.
#[derive(Default)]
pub struct Heard {
    /// How often each id came.
    pub times: BTreeMap<String, usize>,
    /// The ids under which one and the same event came: what it is called, what it tells of and when.
    pub ids: HashMap<String, BTreeSet<String>>,
    /// Messages whose creation was told.
    pub messages: BTreeSet<String>,
}

/// An endpoint for webhooks.
#[derive(Clone)]
pub struct Receiver {
    pub address: SocketAddr,
    pub switch: Switch,
    heard: Arc<Mutex<Heard>>,
}

impl Receiver {
    pub(super) async fn start() -> anyhow::Result<Self> {
        let (switch, heard) = (Switch::default(), Arc::<Mutex<Heard>>::default());
        let router = Router::new().route("/hook", post(take)).with_state(heard.clone());
        Ok(Self { address: serve(router, &switch).await?, switch, heard })
    }

    pub fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn take(State(heard): State<Arc<Mutex<Heard>>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let id = headers.get("webhook-id").and_then(|id| id.to_str().ok()).unwrap_or_default().to_owned();
    let Ok(body) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    let event = format!("{} {} {}", body["type"], body["timestamp"], body["data"]);
    let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    *heard.times.entry(id.clone()).or_default() += 1;
    heard.ids.entry(event).or_default().insert(id);
    if body["type"] == "message.created" {
        heard.messages.insert(body["data"]["resource_id"].as_str().unwrap_or_default().to_owned());
    }
    StatusCode::OK
}
