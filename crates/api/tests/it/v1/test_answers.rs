//! An agent's test answers, whole and as they grow.

use serde_json::{Value, json};
use types::permission::Permission;

use super::client::{Auth, Program};
use crate::support::world;

#[tokio::test]
async fn an_answer_comes_whole_or_as_it_grows() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let agent = shop.post("ai-agents", json!({"name": "Aria"})).await.created();
    let path = format!("ai-agents/{}/test", agent["id"].as_str().unwrap());
    let content = "Delivery to Tirana takes three days.";
    let source = shop.post("knowledge-sources", json!({"type": "text", "name": "Delivery", "content": content})).await;
    let source = source.created();
    let (id, sync) = (source["id"].as_str().unwrap(), source["sync"]["id"].as_str().unwrap());
    domain::knowledge::sync::run(&world.services, world.a.id, id.parse().unwrap(), sync.parse().unwrap())
        .await
        .expect("read");

    let question = json!({"message": content, "history": [{"is_user": true, "content": "Hello"}]});
    let whole = shop.post(&path, question.clone()).await.ok();
    assert_eq!(whole["trace"]["question"], content);
    assert!(whole["content"].as_str().unwrap().contains("three days"), "{whole}");

    let full = format!("/api/v1/{path}");
    let stream = [("accept", "text/event-stream")];
    let answer = world.call(&shop.auth, "POST", &full, Some(&question), &stream).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/event-stream"));
    let events: Vec<(&str, Value)> = answer.text.split("\n\n").filter(|event| !event.is_empty()).map(event).collect();
    let (name, last) = events.last().unwrap();
    assert_eq!((*name, &last["content"]), ("answer", &whole["content"]));
    assert!(events.len() > 1 && events[..events.len() - 1].iter().all(|(name, _)| *name == "text"), "{events:?}");
    assert_eq!(events[events.len() - 2].1["text"], whole["content"]);

    shop.post(&path, json!({"message": " "})).await.refused(422);
    let reader = world.key(&world.a, &[Permission::AgentsRead]).await;
    world.call(&reader, "POST", &full, Some(&question), &stream).await.refused(403);
    let stranger = world.key(&world.b, Permission::ALL).await;
    for auth in [stranger, Auth::Nobody] {
        let refused = world.call(&auth, "POST", &full, Some(&question), &stream).await;
        refused.refused(if matches!(auth, Auth::Nobody) { 401 } else { 404 });
    }
}

fn event(text: &str) -> (&str, Value) {
    let (name, data) = text.split_once("\ndata: ").expect("a name and data");
    (name.trim_start_matches("event: "), serde_json::from_str(data).expect("JSON"))
}
