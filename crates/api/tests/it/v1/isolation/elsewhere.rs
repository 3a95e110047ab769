//! The canaries beyond the REST API: sockets, files, search, answers, exports and webhooks. Each is tried by the one who
//! may, who finds the canary, and by another organization, which does not.

use axum::{
    body::Body,
    http::{Request, header},
};
use domain::{events::publish, messages};
use serde_json::json;
use types::{message::SendMessage, permission::Permission};

use super::fixture::{self, Fixture};
use crate::{
    live::serve,
    support::{Answer, HOST, World, world},
    v1::client::{Auth, Program},
};

async fn get(world: &World, auth: &Auth, path: &str) -> Answer {
    world.call(auth, "GET", path, None, &[]).await
}

fn token(auth: &Auth) -> &str {
    let Auth::Session(token) = auth else { panic!("a session") };
    token
}

/// A member of the first organization writes the canary into the fixture's conversation.
async fn says(world: &World, things: &Fixture) {
    let mut cx = world.cx(&world.a).await;
    let client_id = cx.new_id().to_string();
    let content = format!("Seen by {}", things.canary);
    let message = SendMessage { content, is_note: false, client_id, attachments: vec![], last_seen_seq: None };
    messages::send(&mut cx, things.conversation, message).await.expect("sent");
    world.services.commit(cx).await.expect("committed");
}

#[tokio::test]
async fn sockets_carry_no_canary_to_others() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let server = serve(&world).await;
    let stranger = fixture::stranger(&world).await;
    let open = async |auth: &Auth| {
        let mut socket = server.open("/live", Some(token(auth)), &server.origin()).await.expect("a socket");
        socket.hello(None).await;
        socket
    };
    let (mut own, mut other) = (open(&things.owner).await, open(&stranger).await);
    let browser = world.visitor(&world.b).await;
    let mut visitor = server.visitor(browser.token.as_deref().expect("a token")).await;
    visitor.hello(None).await;
    // Who looks at a conversation of others, and writes into it, is not there for them either.
    other.say(json!({"viewing": {"conversation_id": things.conversation}})).await;
    other.say(json!({"typing": {"conversation_id": things.conversation}})).await;
    says(&world, &things).await;
    own.message(&format!("Seen by {}", things.canary)).await;
    other.hears_nothing_of(&things.canary).await;
    visitor.hears_nothing_of(&things.canary).await;
    own.hears_nothing_of("viewers").await;
    own.hears_nothing_of("member_typing").await;
}

#[tokio::test]
async fn files_open_for_their_organization_only() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let stranger = fixture::stranger(&world).await;
    let upload = async |auth: &Auth| {
        let head = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"list.txt\"\r\n\r\n";
        let request = Request::post(format!("/uploads/{}", things.conversation))
            .header(header::HOST, HOST)
            .header("sec-fetch-site", "same-origin")
            .header(header::COOKIE, format!("biseda_session={}", token(auth)))
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
        let body = format!("{head}{}\r\n--x--\r\n", things.canary);
        world.ask(request.body(Body::from(body)).expect("a request")).await
    };
    assert_eq!(upload(&stranger).await.status, 404);
    let file = upload(&things.owner).await.ok();
    let path = format!("/files/{}", file["id"].as_str().expect("an id"));
    assert!(get(&world, &things.owner, &path).await.text.contains(&things.canary));
    assert_eq!(get(&world, &stranger, &path).await.status, 404);
    assert_eq!(get(&world, &Auth::Nobody, &path).await.status, 401);
    // The widget's link is signed for this file: another file's signature opens nothing.
    let link = file["url"].as_str().expect("a link");
    let browser = world.visitor(&world.b).await;
    let answer = browser.get(&format!("files/{}", file["id"].as_str().expect("an id"))).await;
    assert!(!answer.status.is_success() && !answer.text.contains(&things.canary), "{}", answer.text);
    let forged = link.replacen(file["id"].as_str().expect("an id"), &things.conversation.to_string(), 1);
    assert!(!world.get(&forged, &[]).await.status.is_success());
}

#[tokio::test]
async fn search_and_answers_know_the_own_knowledge_only() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let own = Program { world: &world, auth: world.key(&world.a, Permission::ALL).await };
    let other = Program { world: &world, auth: world.key(&world.b, Permission::ALL).await };
    let question = "How long does delivery take?";
    for source_ids in [json!([]), json!([things.source])] {
        let search = json!({"query": question, "source_ids": source_ids});
        assert!(own.post("knowledge/search", search.clone()).await.text.contains(&things.canary));
        let found = other.post("knowledge/search", search).await;
        assert!(!found.text.contains(&things.canary), "{}", found.text);
    }
    let said = own.post(&format!("ai-agents/{}/test", things.agent), json!({"message": question})).await;
    assert!(said.text.contains(&things.canary), "{}", said.text);
    let agent = other.post("ai-agents", json!({"name": "Spy"})).await.created()["id"].clone();
    let path = format!("ai-agents/{}", agent.as_str().expect("an id"));
    // Another organization's source is none to choose.
    other.patch(&path, json!({"source_ids": [things.source]})).await.refused(422);
    let said = other.post(&format!("{path}/test"), json!({"message": question})).await;
    assert_eq!(said.status, 200);
    assert!(!said.text.contains(&things.canary) && !said.text.contains("three days"), "{}", said.text);
}

#[tokio::test]
async fn exports_hold_the_own_log_only() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let path = "/exports/audit.csv";
    let own = get(&world, &things.owner, path).await;
    assert!(own.status == 200 && own.text.contains(&things.canary), "{}", own.text);
    let other = get(&world, &fixture::stranger(&world).await, path).await;
    assert!(other.status == 200 && !other.text.contains(&things.canary), "{}", other.text);
    for (auth, status) in [(fixture::member(&world).await, 403), (Auth::Nobody, 401)] {
        let refusal = get(&world, &auth, path).await;
        assert_eq!(refusal.status, status, "{}", refusal.text);
        assert!(!refusal.text.contains(&things.canary));
    }
}

#[tokio::test]
async fn webhooks_tell_of_the_own_organization_only() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let own = Program { world: &world, auth: world.key(&world.a, Permission::ALL).await };
    let other = Program { world: &world, auth: world.key(&world.b, Permission::ALL).await };
    let hook = json!({"url": "https://example.com/hook"});
    let theirs = other.post("webhook-subscriptions", hook).await.created()["subscription"]["id"].clone();
    says(&world, &things).await;
    other.post("contacts", json!({"name": "Theirs"})).await.created();
    while publish(&world.services).await.expect("published") > 0 {}
    let told = async |program: &Program<'_>, subscription: &str| {
        let path = format!("webhook-subscriptions/{subscription}/deliveries?limit=100");
        let mut all = String::new();
        for delivery in program.get(&path).await.body(200)["data"].as_array().expect("a list") {
            let id = delivery["id"].as_str().expect("an id");
            all += &program.get(&format!("webhook-deliveries/{id}")).await.text;
        }
        all
    };
    assert!(told(&own, &things.subscription.to_string()).await.contains(&things.canary));
    let heard = told(&other, theirs.as_str().expect("an id")).await;
    assert!(heard.contains("contact.created") && !heard.contains(&things.canary), "{heard}");
    assert!(!heard.contains(&world.a.id.to_string()), "{heard}");
}
