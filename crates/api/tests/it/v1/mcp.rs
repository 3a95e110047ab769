//! The Model Context Protocol: the tools, who may call them, and what they do not tell.

use serde_json::{Value, json};
use types::permission::Permission;

use super::{
    client::{Auth, Program},
    isolation::{Fixture, revoked_key, state},
};
use crate::support::{Answer, World, world};

const ACCEPT: (&str, &str) = ("accept", "application/json, text/event-stream");

async fn ask(world: &World, auth: &Auth, method: &str, params: Value) -> Answer {
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params});
    let headers = [ACCEPT, ("mcp-protocol-version", "2025-06-18")];
    world.call(auth, "POST", "/mcp", Some(&body), &headers).await
}

/// What a tool gives, or its error.
async fn call(world: &World, auth: &Auth, tool: &str, arguments: Value) -> Result<Value, Value> {
    let answer = ask(world, auth, "tools/call", json!({"name": tool, "arguments": arguments})).await;
    let result = answer.body(200)["result"].take();
    if result["isError"] == true {
        let text = result["content"][0]["text"].as_str().expect("a text");
        return Err(serde_json::from_str(text).expect("the error of the API"));
    }
    Ok(result["structuredContent"].clone())
}

#[tokio::test]
async fn another_agent_works_with_the_product() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let hello =
        json!({"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "t", "version": "1"}});
    let server = ask(&world, &shop.auth, "initialize", hello).await.body(200)["result"].take();
    assert_eq!((&server["serverInfo"]["name"], &server["protocolVersion"]), (&json!("biseda"), &json!("2025-06-18")));
    let tools = ask(&world, &shop.auth, "tools/list", json!({})).await.body(200)["result"]["tools"].take();
    let mut names: Vec<&str> = tools.as_array().unwrap().iter().map(|tool| tool["name"].as_str().unwrap()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "add_note",
            "create_contact",
            "get_contact",
            "get_conversation",
            "list_conversations",
            "read_messages",
            "reply",
            "search_contacts",
            "search_knowledge",
            "update_contact"
        ]
    );
    for tool in tools.as_array().unwrap() {
        assert!(tool["description"].as_str().is_some_and(|text| text.len() > 10), "{tool}");
        assert_eq!(tool["inputSchema"]["type"], "object", "{tool}");
    }

    let ana = call(&world, &shop.auth, "create_contact", json!({"name": "Ana", "tags": ["vip"]})).await.unwrap();
    let changed = json!({"contact_id": ana["id"], "company": "Alba"});
    let changed = call(&world, &shop.auth, "update_contact", changed).await.unwrap();
    assert_eq!((&changed["company"], &changed["name"]), (&json!("Alba"), &json!("Ana")));
    let found = call(&world, &shop.auth, "search_contacts", json!({"query": "ana", "tag": "vip"})).await.unwrap();
    assert_eq!((&found["total"], &found["items"][0]["id"]), (&json!(1), &ana["id"]));
    assert_eq!(call(&world, &shop.auth, "get_contact", json!({"contact_id": ana["id"]})).await.unwrap(), changed);

    let begin = json!({"contact_id": ana["id"], "channel_id": world.a.channel.id, "content": "Your order is ready."});
    let conversation = shop.post("conversations", begin).await.created()["id"].clone();
    for (tool, content) in [("reply", "Come by **today**."), ("add_note", "She comes at noon.")] {
        let text = json!({"conversation_id": conversation, "content": content, "client_id": tool});
        let written = call(&world, &shop.auth, tool, text.clone()).await.unwrap();
        assert_eq!((&written["is_note"], &written["content"]), (&json!(tool == "add_note"), &json!(content)));
        assert_eq!(
            call(&world, &shop.auth, tool, text).await.unwrap()["id"],
            written["id"],
            "the same id, one message"
        );
    }
    let thread = json!({"conversation_id": conversation, "limit": 2});
    let read = call(&world, &shop.auth, "read_messages", thread).await.unwrap();
    let texts: Vec<_> = read["messages"].as_array().unwrap().iter().map(|one| one["content"].clone()).collect();
    assert_eq!(texts, ["Come by **today**.", "She comes at noon."]);
    let listed = call(&world, &shop.auth, "list_conversations", json!({"contact_id": ana["id"]})).await.unwrap();
    assert_eq!(listed["items"][0]["id"], conversation);
    let got = call(&world, &shop.auth, "get_conversation", json!({"conversation_id": conversation})).await.unwrap();
    assert_eq!(got["contact_id"], ana["id"]);
    let passages = call(&world, &shop.auth, "search_knowledge", json!({"query": "delivery"})).await.unwrap();
    assert_eq!(passages["passages"], json!([]));

    let empty = json!({"conversation_id": conversation, "content": " "});
    let refusal = call(&world, &shop.auth, "reply", empty).await.unwrap_err();
    assert_eq!((&refusal["code"], &refusal["details"][0]["field"]), (&json!("validation"), &json!("content")));
    let unknown = ask(&world, &shop.auth, "tools/call", json!({"name": "explode", "arguments": {}})).await.body(200);
    assert!(unknown["error"]["code"].is_i64(), "{unknown}");
    let wrong = json!({"name": "get_contact", "arguments": {"contact_id": "7"}});
    let wrong = ask(&world, &shop.auth, "tools/call", wrong).await.body(200);
    assert_eq!(wrong["result"]["isError"], true, "{wrong}");
}

/// A call of every tool on the things of a fixture.
fn calls(things: &Fixture) -> Vec<(&'static str, Permission, Value)> {
    let text = json!({"conversation_id": things.conversation, "content": "Hello"});
    let conversation = json!({"conversation_id": things.conversation});
    let contact = json!({"contact_id": things.contact});
    let change = json!({"contact_id": things.contact, "name": "Changed"});
    vec![
        ("list_conversations", Permission::ConversationsRead, contact.clone()),
        ("get_conversation", Permission::ConversationsRead, conversation.clone()),
        ("read_messages", Permission::ConversationsRead, conversation),
        ("search_contacts", Permission::ContactsRead, json!({})),
        ("get_contact", Permission::ContactsRead, contact),
        ("search_knowledge", Permission::KnowledgeRead, json!({"query": "How long does delivery take?"})),
        ("reply", Permission::ConversationsWrite, text.clone()),
        ("add_note", Permission::ConversationsWrite, text),
        ("create_contact", Permission::ContactsWrite, json!({"name": "Ana"})),
        ("update_contact", Permission::ContactsWrite, change),
    ]
}

#[tokio::test]
async fn tools_obey_the_scopes_and_tell_nothing_of_others() {
    let world = world().await;
    let things = Fixture::plant(&world).await;
    let all = world.key(&world.a, Permission::ALL).await;
    let stranger = world.key(&world.b, Permission::ALL).await;
    let revoked = revoked_key(&world).await;
    let session = Auth::Session(world.a.session.clone());
    let listed =
        ask(&world, &all, "tools/list", json!({})).await.body(200)["result"]["tools"].as_array().unwrap().len();
    assert_eq!(calls(&things).len(), listed, "every tool is tried");
    for (tool, scope, arguments) in calls(&things) {
        let others: Vec<_> = Permission::ALL.iter().copied().filter(|one| *one != scope).collect();
        let limited = things.key_with(&world, &others).await;
        let before = state(&world).await;
        let refusal = call(&world, &limited, tool, arguments.clone()).await.unwrap_err();
        assert_eq!(refusal["code"], "forbidden", "{tool}");
        let params = json!({"name": tool, "arguments": arguments});
        for nobody in [&Auth::Nobody, &revoked, &session] {
            ask(&world, nobody, "tools/call", params.clone()).await.refused(401);
        }
        let answer = ask(&world, &stranger, "tools/call", params).await;
        assert!(!answer.text.contains(&things.canary), "{tool} tells: {}", answer.text);
        if tool.starts_with("get_") || matches!(tool, "read_messages" | "reply" | "add_note" | "update_contact") {
            assert!(answer.text.contains("not_found"), "{tool}: {}", answer.text);
        }
        assert_eq!(state(&world).await, before, "{tool} had an effect");
        let allowed = ask(&world, &all, "tools/call", json!({"name": tool, "arguments": arguments})).await;
        assert_eq!(allowed.body(200)["result"]["isError"], json!(false), "{tool}: {}", allowed.text);
        if scope.as_str().ends_with(":read") {
            assert!(allowed.text.contains(&things.canary), "{tool} has no canary: {}", allowed.text);
        }
    }
}
