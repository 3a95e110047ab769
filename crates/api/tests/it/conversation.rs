use axum::{
    body::Body,
    http::{Request, header},
};
use domain::conversations;
use serde_json::json;
use types::{
    id::{ChunkId, ConversationId},
    message::MAX_MESSAGE_CHARS,
};
use uuid::Uuid;

use crate::support::{HOST, World, world};

#[tokio::test]
async fn a_visitor_writes_a_member_answers_and_the_widget_shows_it() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    assert_eq!(visitor.conversation().await, json!(null));

    let question = visitor.writes("How do I return a grinder?").await;
    assert_eq!(question["seq"], 1);
    let id: ConversationId = serde_json::from_value(question["conversation_id"].clone()).unwrap();

    world.member_writes(&world.a, id, "He is a good customer", true).await;
    world.member_writes(&world.a, id, "Within **30 days**", false).await;

    let conversation = visitor.conversation().await;
    let shown: Vec<_> = conversation["messages"].as_array().unwrap().iter().map(|m| m["content"].as_str()).collect();
    assert!(shown.contains(&Some("Within **30 days**")), "{shown:?}");
    assert!(!shown.contains(&Some("He is a good customer")), "a note is for colleagues only");
    let answer = conversation["messages"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(answer["author_name"], "Olta", "visitors see first names");
    assert_eq!(conversation["contact_read_seq"], 1);

    visitor.post("read", json!({"conversation_id": id, "seq": answer["seq"]})).await.ok();
    assert_eq!(visitor.conversation().await["contact_read_seq"], answer["seq"]);

    let ended = visitor.post("end", json!({})).await.ok();
    assert_eq!(ended["conversation"]["status"], "closed");
    let empty = visitor.post("restart", json!({})).await.ok();
    assert_eq!(empty["conversation"], json!(null));
    let again = visitor.writes("One more thing").await;
    assert_ne!(again["conversation_id"], question["conversation_id"], "a closed conversation stays closed");
}

#[tokio::test]
async fn a_message_sent_twice_is_one_message() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let body = json!({"content": "Hello", "client_id": Uuid::new_v4()});
    let first = visitor.post("messages", body.clone()).await.ok();
    let second = visitor.post("messages", body).await.ok();
    assert_eq!(first["message"]["id"], second["message"]["id"]);
    let conversation = visitor.conversation().await;
    assert_eq!(conversation["messages"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn empty_and_enormous_messages_are_refused_with_a_reason() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let send = async |content: String| visitor.post("messages", json!({"content": content, "client_id": "c"})).await;

    for empty in ["", "   \n\t "] {
        let error = send(empty.into()).await.refused(422);
        assert_eq!((&error["code"], &error["details"][0]["field"]), (&json!("validation"), &json!("content")));
        assert_eq!(error["request_id"], "req-1");
    }
    send("x".repeat(MAX_MESSAGE_CHARS + 1)).await.refused(422);
    send("x".repeat(1024 * 1024)).await.refused(413);
    let error = visitor.post("messages", json!({"content": 7})).await.refused(422);
    assert_eq!(error["details"][0]["field"], "body");
    assert_eq!(visitor.conversation().await, json!(null), "nothing was begun");
}

#[tokio::test]
async fn html_and_script_in_a_message_come_back_as_text() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let attack = r#"<script>alert(1)</script><img src=x onerror=alert(1)>[a](javascript:alert(1))"#;
    let message = visitor.writes(attack).await;
    assert_eq!(message["content"], attack);
    let html = message["html"].as_str().unwrap();
    for forbidden in ["<script", "<img", "href=\"javascript"] {
        assert!(!html.contains(forbidden), "{html}");
    }
}

#[tokio::test]
async fn a_token_opens_nothing_of_another_visitor_channel_or_organization() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let question = visitor.writes("My order number is 4711").await;
    let path = format!("messages?conversation={}&before=100", question["conversation_id"].as_str().unwrap());
    let read = json!({"conversation_id": question["conversation_id"], "seq": 1});
    visitor.get(&path).await.ok();

    for other in [world.visitor(&world.a).await, world.visitor(&world.b).await] {
        other.get(&path).await.refused(404);
        other.post("read", read.clone()).await.refused(404);
        assert_eq!(other.conversation().await, json!(null));
        // With a contact of its own it is no better off.
        other.writes("Hello").await;
        other.get(&path).await.refused(404);
        other.get(&format!("passages/{}", ChunkId(Uuid::new_v4()))).await.refused(404);
    }

    // On another channel the token is no token: the visitor begins anew.
    let elsewhere = json!({"channel_key": world.b.channel.public_key, "token": visitor.token});
    let session = visitor.post("session", elsewhere).await.ok();
    assert_eq!(session["conversation"], json!(null));
    assert_ne!(session["token"].as_str(), visitor.token.as_deref());

    let mut stranger = world.visitor(&world.a).await;
    for token in [None, Some("v1.e30.AAAA".to_owned()), stranger.token.clone().map(|token| token + "A")] {
        stranger.token = token;
        assert_eq!(stranger.get("conversation").await.refused(401)["code"], "unauthenticated");
    }
}

#[tokio::test]
async fn history_comes_page_by_page() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let id: ConversationId = serde_json::from_value(visitor.writes("1").await["conversation_id"].clone()).unwrap();
    for n in 2..=60 {
        world.member_writes(&world.a, id, &n.to_string(), false).await;
    }
    let conversation = visitor.conversation().await;
    assert_eq!(conversation["has_more"], true);
    let oldest = &conversation["messages"][0]["seq"];
    let page = visitor.get(&format!("messages?conversation={id}&before={oldest}")).await.ok();
    assert_eq!(page["has_more"], false);
    let first = &page["messages"][0];
    assert_eq!((&first["seq"], &first["content"]), (&json!(1), &json!("1")));
    let last = page["messages"].as_array().unwrap().last().unwrap()["seq"].as_i64().unwrap();
    assert_eq!(last + 1, oldest.as_i64().unwrap(), "the pages meet");
}

#[tokio::test]
async fn a_visitor_can_call_a_person_and_leave_an_address() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let now = visitor.post("person", json!({})).await.ok();
    assert_eq!(now["conversation"]["owner"], "nobody");

    let error = visitor.post("email", json!({"email": "nonsense"})).await.refused(422);
    assert_eq!(error["details"][0]["field"], "email");
    visitor.post("email", json!({"email": "ana@example.com"})).await.ok();
    let id: ConversationId = serde_json::from_value(now["conversation"]["id"].clone()).unwrap();
    let mut cx = world.cx(&world.a).await;
    let summary = conversations::summary(&mut cx, id).await.unwrap();
    assert_eq!(summary.contact_email.as_deref(), Some("ana@example.com"));
    let mut cx = world.cx(&world.b).await;
    assert!(conversations::get(&mut cx, id).await.is_err(), "another organization has no such conversation");
}

#[tokio::test]
async fn who_writes_too_fast_is_told_when_to_come_back() {
    let world = world().await;
    let visitor = world.visitor(&world.a).await;
    let mut refused = None;
    for n in 0..12 {
        let answer = visitor.post("messages", json!({"content": "Hi", "client_id": n.to_string()})).await;
        if answer.status == 429 {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.expect("the burst is ten");
    assert_eq!(refused.refused(429)["code"], "rate_limited");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() >= 1);
    // Another visitor is not held up by it.
    world.visitor(&world.a).await.writes("Hello").await;
}

#[tokio::test]
async fn known_visitors_behind_one_address_go_on_where_new_ones_have_to_wait() {
    let world = world().await;
    let known = world.visitor(&world.a).await;
    let key = &world.a.channel.public_key;
    for _ in 0..80 {
        known.post("session", json!({"channel_key": key, "token": known.token})).await.ok();
    }
    let mut refused = 0;
    for n in 0..80 {
        let token = (n % 2 == 0).then(|| "no token".to_owned());
        refused += u32::from(known.post("session", json!({"channel_key": key, "token": token})).await.status == 429);
    }
    assert!((20..80).contains(&refused), "{refused}: the burst is thirty");
    known.post("session", json!({"channel_key": key, "token": known.token})).await.ok();
}

#[tokio::test]
async fn who_makes_themselves_many_visitors_is_slowed_down_by_their_address() {
    let world = world().await;
    let mut refused = None;
    // No visitor comes to a limit of its own.
    for _ in 0..5 {
        let visitor = world.visitor(&world.a).await;
        for _ in 0..90 {
            let answer = visitor.post("read", json!({})).await;
            if answer.status == 429 {
                refused = Some(answer);
                break;
            }
            answer.refused(422);
        }
    }
    assert_eq!(refused.expect("an address writes 240 times at once").refused(429)["code"], "rate_limited");
    // Who reads is not held up, nor who writes elsewhere.
    let visitor = world.visitor(&world.a).await;
    visitor.get("conversation").await.ok();
    let mut elsewhere = Request::post("/widget/api/read")
        .header(header::HOST, HOST)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {}", visitor.token.as_ref().unwrap()))
        .body(Body::from("{}"))
        .unwrap();
    elsewhere.extensions_mut().insert(api::ClientIp([203, 0, 113, 9].into()));
    world.ask(elsewhere).await.refused(422);
}

#[tokio::test]
async fn a_visitors_token_is_read_however_the_scheme_is_written() {
    let world = world().await;
    let token = world.visitor(&world.a).await.token.unwrap();
    for (scheme, status) in [("Bearer", 200), ("bearer", 200), ("BEARER", 200), ("Basic", 401)] {
        let answer = world.get("/widget/api/conversation", &[("authorization", &format!("{scheme} {token}"))]).await;
        assert_eq!(answer.status, status, "{scheme}");
    }
    assert_eq!(world.get("/widget/api/conversation", &[("authorization", &token)]).await.status, 401);
}

#[tokio::test]
async fn calls_for_a_person_of_many_visitors_count_as_messages_of_their_address() {
    let world = world().await;
    let mut refused = false;
    for _ in 0..12 {
        let visitor = world.visitor(&world.a).await;
        for _ in 0..8 {
            refused |= visitor.post("person", json!({})).await.status == 429;
        }
    }
    assert!(refused, "an address calls 60 times at once");
}

#[tokio::test]
async fn a_body_that_is_no_json_and_a_method_that_is_none_are_refused() {
    let world: World = world().await;
    let request = Request::post("/widget/api/session").header(header::HOST, HOST).body(Body::from("{")).unwrap();
    world.ask(request).await.refused(422);
    let request = Request::delete("/widget/api/session").header(header::HOST, HOST).body(Body::empty()).unwrap();
    assert_eq!(world.ask(request).await.status, 405);
}
