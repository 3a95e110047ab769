use rand::{Rng, rngs::StdRng, seq::IndexedRandom};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Shift, id, refused};
use crate::{
    client::{Client, Request},
    ledger::{Said, Turn},
};

/// Somebody of the organization: takes conversations over, answers, writes notes, and hands back to the agent.
pub(super) async fn work(client: Client, name: String, mut rng: StdRng, shift: Shift) {
    let mut number = 0;
    while shift.goes_on() {
        shift.rest(&mut rng, 300..900).await;
        let conversations: Vec<Uuid> = client.ledger().open().said.iter().map(|said| said.conversation).collect();
        let Some(conversation) = conversations.choose(&mut rng).copied() else { continue };
        let key = format!("{name}-{number}");
        number += 1;
        match rng.random_range(0..10) {
            0..3 => take_over(&client, &mut rng, conversation, &key).await,
            3..6 => hand_back(&client, &mut rng, conversation, &key).await,
            deed => reply(&client, &mut rng, conversation, key, deed == 9).await,
        }
    }
}

fn post(conversation: Uuid, what: &str, body: &Value, key: &str) -> Request {
    Request::post(format!("/api/v1/conversations/{conversation}/{what}"), body).header("idempotency-key", key)
}

async fn take_over(client: &Client, rng: &mut StdRng, conversation: Uuid, key: &str) {
    match client.ask(rng, &post(conversation, "takeover", &json!({}), key)).await {
        Ok(answer) => client.ledger().open().takeovers.push(turn(conversation, &answer)),
        Err(error) => refused(client, "a takeover", &error),
    }
}

async fn hand_back(client: &Client, rng: &mut StdRng, conversation: Uuid, key: &str) {
    match client.ask(rng, &post(conversation, "hand-back", &json!({}), key)).await {
        Ok(answer) => client.ledger().open().hand_backs.push(turn(conversation, &answer)),
        Err(error) => refused(client, "a hand-back", &error),
    }
}

fn turn(conversation: Uuid, answer: &Value) -> Turn {
    let number = |name: &str| answer[name].as_i64().unwrap_or_default();
    Turn { conversation, epoch: number("owner_epoch"), seq: number("last_seq") }
}

async fn reply(client: &Client, rng: &mut StdRng, conversation: Uuid, mark: String, is_note: bool) {
    let body = json!({"content": format!("{mark} nine hundred lekë"), "client_id": mark, "is_note": is_note});
    match client.ask(rng, &post(conversation, "messages", &body, &mark)).await {
        Ok(sent) => client.ledger().open().said.push(Said {
            conversation,
            message: id(&sent["id"]),
            seq: sent["seq"].as_i64().unwrap_or_default(),
            mark,
        }),
        Err(error) => refused(client, "a reply", &error),
    }
}
