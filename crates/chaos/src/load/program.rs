use rand::{Rng, rngs::StdRng};
use serde_json::json;

use super::{Shift, id, refused};
use crate::{
    client::{Client, Request},
    rule::Rule,
};

/// A program with an API key: makes contacts and invites people, each under a key of its own, and asks some things twice.
pub(super) async fn work(client: Client, name: String, organization: String, mut rng: StdRng, shift: Shift) {
    let mut number = 0;
    while shift.goes_on() {
        let key = format!("{name}-{number}");
        number += 1;
        match number % 15 {
            0 => invite(&client, &mut rng, &organization, key).await,
            _ => make(&client, &mut rng, key).await,
        }
        shift.rest(&mut rng, 200..600).await;
    }
}

async fn make(client: &Client, rng: &mut StdRng, key: String) {
    let request = Request::post("/api/v1/contacts", &json!({"name": key})).header("idempotency-key", key.clone());
    let made = match client.ask(rng, &request).await {
        Ok(made) => id(&made["id"]),
        Err(error) => return refused(client, "a contact", &error),
    };
    client.ledger().open().contacts.insert(key.clone(), made);
    if rng.random_bool(0.3)
        && let Ok(again) = client.ask(rng, &request).await
    {
        client.ledger().looked(Rule::RepeatedAnswer);
        if id(&again["id"]) != made {
            let what = format!("{key}: {made}, then {}", again["id"]);
            client.ledger().broken(Rule::RepeatedAnswer, what);
        }
    }
}

async fn invite(client: &Client, rng: &mut StdRng, organization: &str, key: String) {
    let (email, path) = (format!("{key}@example.com"), format!("/api/v1/organizations/{organization}/invitations"));
    let request = Request::post(path, &json!({"email": email})).header("idempotency-key", key);
    match client.ask(rng, &request).await {
        Ok(_) => client.ledger().open().invited.push(email),
        Err(error) => refused(client, "an invitation", &error),
    }
}
