//! What holds for every operation: the envelope, errors, marks for caches, and requests of browsers.

use axum::{body::Body, http::Request};
use serde_json::json;

use super::client::{Auth, Program};
use crate::support::{HOST, world};

#[tokio::test]
async fn nobodys_mistake_is_our_fault() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let raw = async |method: &str, path: &str, body: &'static [u8]| {
        let Auth::Key(token) = &shop.auth else { panic!("a key") };
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1/{path}"))
            .header("host", HOST)
            .header("authorization", format!("bearer {token}"))
            .header("content-type", "application/json");
        world.ask(request.body(Body::from(body)).unwrap()).await
    };
    for body in [b"{".as_slice(), b"null", b"[]", b"\xff\xfe", b"{\"name\": 1}", b"", b"{\"name\":{\"a\":[[[[]]]]}}"] {
        for (method, path) in [("POST", "contacts"), ("POST", "ai-agents"), ("POST", "knowledge/search")] {
            let error = raw(method, path, body).await.refused(422);
            assert_eq!(error["code"], "validation", "{error}");
            assert!(!error["details"].as_array().unwrap().is_empty(), "{error}");
        }
    }
    let channel = format!("channels/{}", world.a.channel.id);
    for body in
        [b"[]".as_slice(), b"7", b"{\"name\": null}", b"{\"settings\": {\"color\": 1}}", b"{\"agent_id\": \"x\"}"]
    {
        raw("PATCH", &channel, body).await.refused(422);
    }
    for path in ["contacts/1", "contacts/%00", "conversations/x/messages", "organizations/me", "ai-agents/%F0%9F"] {
        shop.get(path).await.refused(422);
    }
    for query in [
        "contacts?sort=age",
        "contacts?page=x",
        "conversations?status=lost",
        "conversations?contact_id=7",
        "conversations?unread=maybe",
        "conversations?status=closed&assigned=mine",
        "channels?limit=1e9",
    ] {
        shop.get(query).await.refused(422);
    }
    let thread = format!("conversations/{}/messages", uuid::Uuid::nil());
    shop.get(&format!("{thread}?cursor=x")).await.refused(422);
    shop.get(&thread).await.refused(404);
    let error = shop.get("nothing/at/all").await.refused(404);
    assert_eq!(error["code"], "not_found");
    let wrong = raw("PUT", "contacts", b"{}").await;
    wrong.refused(405);
    assert!(wrong.header("allow").contains("POST"), "{:?}", wrong.headers);
    // What databases and parsers choke on.
    let nul = json!({"name": "a\u{0}b", "notes": "\u{0}", "tags": ["\u{0}x"], "custom_fields": {"\u{0}": "\u{0}"}});
    shop.post("contacts", nul).await.refused(422);
    let nul = json!({"name": "a\u{0}b", "base_url": "https://x\u{0}"});
    shop.post("ai-agents", nul).await.refused(422);
    shop.patch(&channel, json!({"settings": {"avatar_url": "https://x/\u{0}"}})).await.refused(422);
    shop.patch(&format!("organizations/{}", world.a.id), json!({"settings": {"website": "https://x/\u{0}"}}))
        .await
        .refused(422);
    shop.get("contacts?q=%00&tag=%00").await.body(200);
    shop.get("conversations?q=%00%25&tag=%00").await.body(200);
    shop.post("knowledge/search", json!({"query": "a\u{0}b"})).await.ok();
    let far = json!({"name": "x", "scopes": ["contacts:read"], "expires_at": "+262142-01-01T00:00:00Z"});
    let person = Program { world: &world, auth: Auth::Session(world.a.session.clone()) };
    person.post(&format!("organizations/{}/api-keys", world.a.id), far).await.refused(422);
}

#[tokio::test]
async fn errors_carry_the_requests_id_and_the_fields() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let body = json!({"email": "nobody"});
    let answer = world.call(&shop.auth, "POST", "/api/v1/contacts", Some(&body), &[("x-request-id", "req-7")]).await;
    let error = answer.refused(422);
    assert_eq!(error["request_id"], "req-7");
    let detail = &error["details"][0];
    assert_eq!((&detail["field"], &detail["rule"]), (&json!("email"), &json!("email")));
}

#[tokio::test]
async fn what_a_program_has_already_is_not_sent_again() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let id = shop.post("contacts", json!({"name": "Ana"})).await.created()["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/contacts/{id}");
    let first = shop.get(&format!("contacts/{id}")).await;
    let mark = first.header("etag").to_owned();
    assert_eq!(first.header("cache-control"), "private, no-cache");
    for known in [mark.clone(), format!("\"other\", {mark}"), mark.trim_start_matches("W/").to_owned(), "*".to_owned()]
    {
        let again = world.call(&shop.auth, "GET", &path, None, &[("if-none-match", &known)]).await;
        assert_eq!((again.status.as_u16(), again.text.as_str(), again.header("etag")), (304, "", mark.as_str()));
    }
    shop.patch(&format!("contacts/{id}"), json!({"name": "Ana Hoxha"})).await.ok();
    let changed = world.call(&shop.auth, "GET", &path, None, &[("if-none-match", &mark)]).await;
    assert_ne!(changed.header("etag"), mark);
    assert_eq!(changed.ok()["name"], "Ana Hoxha");
}

#[tokio::test]
async fn a_session_works_from_our_pages_only_and_a_key_from_anywhere() {
    let world = world().await;
    let session = Auth::Session(world.a.session.clone());
    let me = world.call(&session, "GET", "/api/v1/me", None, &[]).await.ok();
    assert_eq!((&me["type"], &me["role"], &me["name"]), (&json!("member"), &json!("owner"), &json!("Olta Owner")));
    let contact = json!({"name": "Ana"});
    world.call(&session, "POST", "/api/v1/contacts", Some(&contact), &[]).await.created();
    let request = Request::post("/api/v1/contacts")
        .header("host", HOST)
        .header("cookie", format!("biseda_session={}", world.a.session))
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/json");
    world.ask(request.body(Body::from(contact.to_string())).unwrap()).await.refused(403);

    let Auth::Key(token) = Program::new(&world).await.auth else { panic!("a key") };
    let header = format!("Bearer {token}");
    let far = [("authorization", header.as_str()), ("origin", "https://elsewhere.example")];
    let request = Auth::Session("nothing".into());
    let me = world.call(&request, "GET", "/api/v1/me", None, &far).await.ok();
    assert_eq!(me["type"], "api_key", "the key decides");
    // A key that is wrong is not helped by a session beside it.
    let wrong = world.call(&session, "GET", "/api/v1/me", None, &[("authorization", "Bearer bsd_x")]).await;
    wrong.refused(401);
    assert_eq!(wrong.header("www-authenticate"), "Bearer");
}
