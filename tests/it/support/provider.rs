use std::{net::SocketAddr, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{Response, header},
    routing::post,
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::Gate;

/// A service that speaks OpenAI's protocol: vectors in which everything is alike, and answers that quote the first
/// passage. Texts choose the steps at which it can be held: passages by their page, questions by what stands in brackets.
#[derive(Clone)]
pub struct Provider {
    address: SocketAddr,
    gate: Gate,
}

impl Provider {
    pub async fn start(gate: &Gate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let provider = Self { address: listener.local_addr().unwrap(), gate: gate.clone() };
        let app = Router::new()
            .route("/v1/embeddings", post(embed))
            .route("/v1/chat/completions", post(chat))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        provider
    }

    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    /// The settings with which the program takes its vectors from here.
    pub fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("BISEDA_EMBEDDING_PROVIDER", "openai".into()),
            ("BISEDA_EMBEDDING_BASE_URL", self.base_url()),
            ("BISEDA_EMBEDDING_MODEL", "alike".into()),
            ("BISEDA_EMBEDDING_DIMENSION", "4".into()),
        ]
    }
}

/// The name by which a question's steps go: what stands in brackets at its end.
fn step(text: &str) -> Option<&str> {
    text.rsplit_once('[')?.1.split(']').next()
}

async fn embed(State(provider): State<Provider>, Json(body): Json<Value>) -> Json<Value> {
    let texts = body["input"].as_array().cloned().unwrap_or_default();
    for text in texts.iter().filter_map(Value::as_str) {
        let page = text.split("of page ").nth(1).and_then(|rest| rest.split(" tells").next());
        if let Some(page) = page {
            provider.gate.pass(&format!("embed {page}")).await;
        }
        if let Some(step) = step(text) {
            provider.gate.pass(&format!("{step} embed")).await;
        }
    }
    let data: Vec<Value> =
        (0..texts.len()).map(|index| json!({"index": index, "embedding": [1.0, 0.0, 0.0, 0.0]})).collect();
    Json(json!({"data": data}))
}

async fn chat(State(provider): State<Provider>, Json(body): Json<Value>) -> Response<Body> {
    let last = body["messages"].as_array().and_then(|messages| messages.last()).cloned().unwrap_or_default();
    let step = last["content"].as_str().and_then(step).unwrap_or_default().to_owned();
    provider.gate.pass(&format!("{step} chat")).await;
    let words: Vec<String> = (0..8).map(|n| format!("word{n} ")).chain(["as told [1].".to_owned()]).collect();
    let count = words.len();
    let gate = provider.gate;
    let pieces = stream::iter(words.into_iter().enumerate()).then(move |(number, word)| {
        let (gate, step) = (gate.clone(), format!("{step} middle"));
        async move {
            if number == count / 2 {
                gate.pass(&step).await;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
            let mut text = format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": word}}]}));
            if number + 1 == count {
                let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
                text.push_str(&format!("data: {end}\n\ndata: [DONE]\n\n"));
            }
            Ok::<_, std::io::Error>(text)
        }
    });
    Response::builder().header(header::CONTENT_TYPE, "text/event-stream").body(Body::from_stream(pieces)).unwrap()
}
