use serde_json::{Value, json};

use super::client::{Auth, Program};
use crate::support::{Answer, World, world};

async fn post(world: &World, auth: &Auth, path: &str, key: &str, body: &Value) -> Answer {
    world.call(auth, "POST", &format!("/api/v1/{path}"), Some(body), &[("idempotency-key", key)]).await
}

async fn contacts(shop: &Program<'_>) -> Value {
    shop.get("contacts").await.body(200)["meta"]["total"].clone()
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_answer_and_does_nothing() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let body = json!({"name": "Ana"});
    let first = post(&world, &shop.auth, "contacts", "one", &body).await;
    let id = first.created()["id"].clone();
    shop.patch(&format!("contacts/{}", id.as_str().unwrap()), json!({"name": "Changed since"})).await.ok();
    let again = post(&world, &shop.auth, "contacts", "one", &body).await;
    assert_eq!((again.created(), again.text.as_str()), (first.created(), first.text.as_str()));
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(contacts(&shop).await, 1);

    for (path, other) in [("contacts", json!({"name": "Besa"})), ("channels", body.clone())] {
        let error =
            post(&world, &shop.auth, path, "one", &other).await.refused(if path == "contacts" { 409 } else { 422 });
        assert_ne!(error["code"], "internal");
    }
    post(&world, &shop.auth, "contacts", "two", &body).await.created();
    post(&world, &shop.auth, "contacts", "no key", &body).await.refused(422);
    assert_eq!(contacts(&shop).await, 2);
}

#[tokio::test]
async fn a_refused_request_may_be_mended_under_its_key() {
    let world = world().await;
    let shop = Program::new(&world).await;
    post(&world, &shop.auth, "contacts", "one", &json!({"email": "nobody"})).await.refused(422);
    post(&world, &shop.auth, "contacts", "one", &json!({"email": "ana@example.com"})).await.created();
}

#[tokio::test]
async fn ten_at_once_make_one() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let body = json!({"name": "Ana"});
    let answers = futures::future::join_all((0..10).map(|_| post(&world, &shop.auth, "contacts", "one", &body))).await;
    for answer in &answers {
        assert_eq!(answer.created()["id"], answers[0].created()["id"]);
    }
    assert_eq!(contacts(&shop).await, 1);
}

#[tokio::test]
async fn keys_of_others_mean_nothing() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let body = json!({"name": "Ana"});
    let first = post(&world, &shop.auth, "contacts", "one", &body).await.created()["id"].clone();
    let colleague = world.key(&world.a, types::permission::Permission::ALL).await;
    let stranger = world.key(&world.b, types::permission::Permission::ALL).await;
    for auth in [colleague, stranger, Auth::Session(world.a.session.clone())] {
        assert_ne!(post(&world, &auth, "contacts", "one", &body).await.created()["id"], first);
    }
}

#[tokio::test]
async fn what_is_only_asked_is_answered_again_too() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let body = json!({"query": "delivery"});
    let first = post(&world, &shop.auth, "knowledge/search", "one", &body).await;
    let again = post(&world, &shop.auth, "knowledge/search", "one", &body).await;
    assert_eq!(again.header("idempotency-replayed"), "true");
    assert_eq!(again.ok(), first.ok());
}
