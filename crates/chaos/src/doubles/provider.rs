use std::{io, net::SocketAddr, time::Duration};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{Response, header},
    routing::post,
};
use futures::{StreamExt, stream};
use serde_json::{Value, json};

use super::{Mood, Switch, serve};

/// A service that speaks OpenAI's protocol: vectors in which everything is alike, and answers that stream. One that is
/// cut off breaks off in the middle of its answers.
pub(super) async fn start() -> anyhow::Result<(SocketAddr, Switch)> {
    let switch = Switch::default();
    let router = Router::new()
        .route("/v1/embeddings", post(embed))
        .route("/v1/chat/completions", post(chat))
        .with_state(switch.clone());
    Ok((serve(router, &switch).await?, switch))
}

async fn embed(Json(body): Json<Value>) -> Json<Value> {
    let count = body["input"].as_array().map_or(1, Vec::len);
    let data: Vec<Value> = (0..count).map(|index| json!({"index": index, "embedding": [1.0, 0.0, 0.0, 0.0]})).collect();
    Json(json!({"data": data}))
}

async fn chat(State(switch): State<Switch>, Json(_): Json<Value>) -> Response<Body> {
    let words: Vec<String> = (0..6).map(|n| format!("word{n} ")).chain(["as told [1].".to_owned()]).collect();
    let count = words.len();
    let pieces = stream::iter(words.into_iter().enumerate()).then(move |(number, word)| {
        let switch = switch.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(25)).await;
            if switch.mood() != Mood::Well {
                return Err(io::Error::other("cut off"));
            }
            let mut text = format!("data: {}\n\n", json!({"choices": [{"index": 0, "delta": {"content": word}}]}));
            if number + 1 == count {
                let end = json!({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]});
                text.push_str(&format!("data: {end}\n\ndata: [DONE]\n\n"));
            }
            Ok(text)
        }
    });
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/event-stream"));
    response
}
