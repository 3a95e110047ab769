use std::net::SocketAddr;

use rand::rngs::StdRng;
use serde_json::json;

use super::{Shift, id, refused};
use crate::{
    client::{Client, Request},
    doubles::PAGES,
};

/// Gives the product things to read: texts and web sites.
pub(super) async fn work(client: Client, site: SocketAddr, mut rng: StdRng, shift: Shift) {
    let mut number = 0;
    while shift.goes_on() {
        let (input, documents) = match number % 2 {
            0 => {
                let text: String =
                    (0..400).map(|line| format!("Line {line} of text {number} tells how it works.\n")).collect();
                (json!({"type": "text", "name": format!("text {number}"), "content": text}), 1)
            }
            _ => (json!({"type": "url", "url": format!("http://{site}/s{number}/")}), PAGES as i64),
        };
        let request = Request::post("/api/v1/knowledge-sources", &input);
        match client.ask(&mut rng, &request.header("idempotency-key", format!("source-{number}"))).await {
            Ok(source) => {
                client.ledger().open().sources.insert(id(&source["id"]), documents);
            }
            Err(error) => refused(&client, "a source", &error),
        }
        number += 1;
        shift.rest(&mut rng, 4_000..8_000).await;
    }
}
