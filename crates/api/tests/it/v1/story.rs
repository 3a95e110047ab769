//! What programs do with the API, from the first call on.

use serde_json::{Value, json};

use super::client::{Auth, Program};
use crate::support::world;

#[tokio::test]
async fn a_program_keeps_contacts() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let me = shop.get("me").await.ok();
    assert_eq!(
        (&me["type"], &me["name"], &me["organization_id"]),
        (&json!("api_key"), &json!("Shop"), &json!(world.a.id))
    );

    let input = json!({"name": "Ana Hoxha", "email": "ana@example.com", "tags": ["vip"], "custom_fields": {"tier": 2}});
    let made = shop.post("contacts", input).await.created();
    shop.post("contacts", json!({"name": "Besa"})).await.created();
    let path = format!("contacts/{}", made["id"].as_str().unwrap());
    let changed = shop.patch(&path, json!({"company": "Alba", "email": ""})).await.ok();
    assert_eq!(
        (&changed["company"], &changed["email"], &changed["name"]),
        (&json!("Alba"), &json!(null), &json!("Ana Hoxha"))
    );
    assert_eq!(shop.get(&path).await.ok(), changed);

    let listed = shop.get("contacts?sort=name&limit=1&page=2").await.body(200);
    assert_eq!(listed["meta"], json!({"page": 2, "limit": 1, "total": 2}));
    assert_eq!(listed["data"][0]["name"], "Besa");
    let found = shop.get("contacts?q=hoxha&tag=vip").await.body(200);
    assert_eq!((found["data"].as_array().unwrap().len(), &found["data"][0]["id"]), (1, &made["id"]));

    assert_eq!(shop.delete(&path).await.status, 204);
    shop.get(&path).await.refused(404);
    shop.delete(&path).await.refused(404);
}

#[tokio::test]
async fn a_program_writes_to_a_contact_and_reads_the_thread() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let contact = shop.post("contacts", json!({"name": "Ana"})).await.created()["id"].clone();
    let input = json!({
        "contact_id": contact, "channel_id": world.a.channel.id, "subject": "Order 7", "priority": "high",
        "content": "Your order is **on its way**.",
    });
    let begun = shop.post("conversations", input).await.created();
    assert_eq!(
        (&begun["subject"], &begun["priority"], &begun["owner"]),
        (&json!("Order 7"), &json!("high"), &json!("nobody"))
    );
    let path = format!("conversations/{}", begun["id"].as_str().unwrap());
    for number in 1..=4 {
        shop.post(&format!("{path}/messages"), json!({"content": format!("Line {number}")})).await.created();
    }
    let note = shop.post(&format!("{path}/messages"), json!({"content": "Mind the date", "is_note": true})).await;
    assert_eq!(note.created()["is_note"], true);

    let newest = shop.get(&format!("{path}/messages?limit=2")).await.body(200);
    assert_eq!(newest["data"][1]["content"], "Mind the date");
    let cursor = newest["meta"]["next_cursor"].as_str().expect("there are more");
    let before = shop.get(&format!("{path}/messages?limit=100&cursor={cursor}")).await.body(200);
    assert_eq!(before["data"][0]["content"], "Your order is **on its way**.");
    assert_eq!(before["data"].as_array().unwrap().last().unwrap()["content"], "Line 3");
    assert!(before["meta"].get("next_cursor").is_none(), "nothing is before the first");

    let owner = world.a.owner.member_id().unwrap();
    let assigned = shop.post(&format!("{path}/assign"), json!({"assignee_id": owner})).await.ok();
    assert_eq!((&assigned["assignee_id"], &assigned["owner"]), (&json!(owner), &json!("member")));
    let changed = shop.patch(&path, json!({"tags": ["order"]})).await.ok();
    assert_eq!((&changed["tags"], &changed["subject"]), (&json!(["order"]), &json!("Order 7")));
    let open = shop.get("conversations?status=open&priority=high&tag=order&sort=-priority").await.body(200);
    assert_eq!(open["data"][0]["id"], begun["id"]);

    let until = world.services.db.now() + chrono::TimeDelta::days(1);
    let snoozed = shop.post(&format!("{path}/snooze"), json!({"until": until})).await.ok();
    assert!(snoozed["snoozed_until"].is_string());
    assert_eq!(shop.get("conversations?status=snoozed").await.body(200)["meta"]["total"], 1);
    assert_eq!(shop.post(&format!("{path}/close"), json!({})).await.ok()["status"], "closed");
    assert_eq!(shop.get("conversations?status=closed").await.body(200)["meta"]["total"], 1);
    assert_eq!(shop.post(&format!("{path}/reopen"), json!({})).await.ok()["status"], "active");
    let of_contact = shop.get(&format!("contacts/{}/conversations", contact.as_str().unwrap())).await.body(200);
    assert_eq!(of_contact["data"][0]["id"], begun["id"]);
    shop.post(&format!("{path}/hand-back"), json!({})).await.refused(409);
    shop.post(&format!("{path}/takeover"), json!({})).await.refused(403);
}

#[tokio::test]
async fn a_change_leaves_out_what_stays() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let agent = shop.post("ai-agents", json!({"name": "Aria", "api_key": "sk-secret", "max_tokens": 300})).await;
    assert!(!agent.text.contains("sk-secret"));
    let agent = agent.created();
    assert_eq!((&agent["has_api_key"], &agent["provider"]), (&json!(true), &json!("extractive")));
    let path = format!("ai-agents/{}", agent["id"].as_str().unwrap());
    let changed = shop.patch(&path, json!({"handoff_rules": {"message": "One moment"}, "tone": "concise"})).await.ok();
    assert_eq!(
        (&changed["name"], &changed["max_tokens"], &changed["has_api_key"]),
        (&json!("Aria"), &json!(300), &json!(true))
    );
    assert_eq!(changed["handoff_rules"], json!({"keywords": [], "after_unanswered": 2, "message": "One moment"}));

    let channel = format!("channels/{}", world.a.channel.id);
    let changed = shop.patch(&channel, json!({"settings": {"color": "#102030"}, "agent_id": agent["id"]})).await.ok();
    assert_eq!(
        (&changed["settings"]["color"], &changed["settings"]["title"]),
        (&json!("#102030"), &json!("Alba Coffee"))
    );
    assert_eq!(changed["agent_id"], agent["id"]);
    assert_eq!(shop.patch(&channel, json!({"agent_id": null})).await.ok()["agent_id"], json!(null));

    let organization = format!("organizations/{}", world.a.id);
    let changed = shop.patch(&organization, json!({"settings": {"time_zone": "Europe/Tirane"}})).await.ok();
    assert_eq!((&changed["name"], &changed["settings"]["locale"]), (&json!("Alba Coffee"), &json!("en")));
}

#[tokio::test]
async fn a_program_feeds_and_searches_the_knowledge() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let input = json!({"type": "text", "name": "Delivery", "content": "# Delivery\n\nDelivery takes three days."});
    let source = shop.post("knowledge-sources", input).await.created();
    let path = format!("knowledge-sources/{}", source["id"].as_str().unwrap());
    assert_eq!(source["status"], "processing");
    shop.post(&format!("{path}/sync"), json!({})).await.refused(409);

    let (id, sync) = (source["id"].as_str().unwrap(), source["sync"]["id"].as_str().unwrap());
    let (id, sync) = (id.parse().unwrap(), sync.parse().unwrap());
    domain::knowledge::sync::run(&world.services, world.a.id, id, sync).await.expect("read");
    assert_eq!(shop.get(&path).await.ok()["status"], "ready");
    let documents = shop.get(&format!("{path}/documents?limit=7")).await.body(200);
    assert_eq!((&documents["meta"]["limit"], &documents["meta"]["total"]), (&json!(7), &json!(1)));
    let found = shop.post("knowledge/search", json!({"query": "How long does delivery take?", "limit": 3})).await.ok();
    assert!(found[0]["content"].as_str().unwrap().contains("three days"), "{found}");
    assert_eq!(shop.post(&format!("{path}/sync"), json!({})).await.status, 202);
    assert_eq!(shop.delete(&path).await.status, 204);
    assert_eq!(shop.get("knowledge-sources").await.body(200)["data"], json!([]));
    let page =
        shop.post("knowledge-sources", json!({"type": "url", "url": "https://example.com/help"})).await.created();
    assert_eq!((&page["name"], &page["schedule"]), (&json!("example.com/help"), &json!("off")));

    let private = shop.post("knowledge-sources", json!({"type": "url", "url": "http://10.0.0.1/help"})).await.created();
    let (id, sync) = (private["id"].as_str().unwrap(), private["sync"]["id"].as_str().unwrap());
    let (id, sync) = (id.parse().unwrap(), sync.parse().unwrap());
    domain::knowledge::sync::run(&world.services, world.a.id, id, sync).await.expect("read");
    let failed = shop.get(&format!("knowledge-sources/{id}")).await.ok();
    let words = "10.0.0.1 is a private or reserved network address, which this installation does not fetch";
    assert_eq!((&failed["status"], &failed["failure_reason"]), (&json!("failed"), &json!(words)));
    assert_eq!(failed["failure"], json!({"code": "private_address", "subject": "10.0.0.1"}));
    assert_eq!((&failed["sync"]["reason"], &failed["sync"]["failure"]), (&json!(words), &failed["failure"]));
}

#[tokio::test]
async fn a_person_makes_keys_and_a_program_ends_them() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let path = format!("organizations/{}/api-keys", world.a.id);
    let key = json!({"name": "Till", "scopes": ["contacts:read"]});
    let refused = shop.post(&path, key.clone()).await.refused(403);
    assert_eq!(refused["message"], "only a signed-in person can create API keys");
    let person = Program { world: &world, auth: Auth::Session(world.a.session.clone()) };
    let made = person.post(&path, key).await.created();
    let token = made["token"].as_str().expect("shown once").to_owned();
    let key = format!("{path}/{}", made["id"].as_str().unwrap());
    assert!(shop.get(&key).await.ok().get("token").is_none());
    assert_eq!(shop.get(&path).await.body(200)["meta"]["total"], 2);

    let till = Program { world: &world, auth: Auth::Key(token) };
    till.get("contacts").await.body(200);
    let refused = till.post("contacts", json!({"name": "Ana"})).await.refused(403);
    assert_eq!(refused["message"], "this requires the permission contacts:write");
    assert_eq!(shop.delete(&key).await.status, 204);
    assert_eq!(till.refused_soon("contacts", 401).await["code"], "unauthenticated");
}

#[tokio::test]
async fn a_program_does_the_same_to_many_things() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let contact = async |name: &str| shop.post("contacts", json!({"name": name})).await.created()["id"].clone();
    let (ana, besa, nobody) = (contact("Ana").await, contact("Besa").await, json!(world.services.db.new_id()));
    let ids = json!([besa, nobody, ana]);
    let update = json!({"action": "update", "ids": ids, "data": {"is_vip": true}});
    let results = shop.post("contacts/bulk", update).await.ok();
    let told: Vec<_> = results.as_array().unwrap().iter().map(|one| (&one["id"], one["success"] == true)).collect();
    assert_eq!(told, [(&besa, true), (&nobody, false), (&ana, true)]);
    assert_eq!(results[1]["error"]["code"], "not_found");
    let path = format!("contacts/{}", ana.as_str().unwrap());
    assert_eq!(shop.get(&path).await.ok()["is_vip"], true);
    let wrong = json!({"action": "update", "ids": [ana], "data": {"email": "nobody", "name": "Changed"}});
    let results = shop.post("contacts/bulk", wrong).await.ok();
    assert_eq!(results[0]["error"]["details"][0]["field"], "email");
    assert_eq!(shop.get(&path).await.ok()["name"], "Ana");

    let begin = async |contact: &serde_json::Value| {
        let input = json!({"contact_id": contact, "channel_id": world.a.channel.id, "content": "Hello"});
        shop.post("conversations", input).await.created()["id"].clone()
    };
    let (one, two) = (begin(&ana).await, begin(&besa).await);
    let ids = json!([one, two, one]);
    let tags = json!({"action": "update", "ids": ids, "data": {"tags": ["sale"], "priority": "high"}});
    assert_eq!(shop.post("conversations/bulk", tags).await.ok().as_array().unwrap().len(), 3);
    assert_eq!(shop.get("conversations?tag=sale&priority=high").await.body(200)["meta"]["total"], 2);
    let assign = json!({"action": "assign", "ids": ids, "data": {"assignee_id": world.a.owner.member_id()}});
    shop.post("conversations/bulk", assign).await.ok();
    assert_eq!(
        shop.get("conversations?assignee_id=00000000-0000-0000-0000-000000000000").await.body(200)["meta"]["total"],
        0
    );
    shop.post("conversations/bulk", json!({"action": "close", "ids": ids})).await.ok();
    assert_eq!(shop.get("conversations?status=closed&tag=sale").await.body(200)["meta"]["total"], 2);

    for wrong in [json!([]), json!(vec![ana.clone(); 101]), json!(["x"])] {
        shop.post("contacts/bulk", json!({"action": "delete", "ids": wrong})).await.refused(422);
    }
    shop.post("contacts/bulk", json!({"action": "explode", "ids": [ana]})).await.refused(422);
    let merge = json!({"kept_id": ana, "merged_id": besa});
    assert_eq!(shop.post("contacts/merge", merge).await.ok()["conversation_count"], 2);
    shop.post("contacts/merge", json!({"kept_id": ana, "merged_id": nobody})).await.refused(404);
    let gone = shop.post("contacts/bulk", json!({"action": "delete", "ids": [ana]})).await.ok();
    assert_eq!(gone[0]["success"], true);
    assert_eq!(shop.get("contacts").await.body(200)["meta"]["total"], 0);
}

#[tokio::test]
async fn a_list_has_the_fields_that_were_asked_for() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let ana = shop.post("contacts", json!({"name": "Ana", "email": "ana@example.com"})).await.created();
    let listed = shop.get("contacts?fields=id,%20name,color").await.body(200);
    assert_eq!(listed["data"], json!([{"id": ana["id"], "name": "Ana"}]));
    assert_eq!(listed["meta"]["total"], 1);
    assert_eq!(shop.get("contacts?fields=").await.body(200)["data"], json!([{}]));
    let whole = shop.get("contacts").await.body(200);
    assert_eq!(whole["data"][0]["email"], "ana@example.com");
    let begin = json!({"contact_id": ana["id"], "channel_id": world.a.channel.id, "content": "Hello"});
    shop.post("conversations", begin).await.created();
    let listed = shop.get("conversations?fields=contact_name,last_message_preview").await.body(200);
    assert_eq!(listed["data"], json!([{"contact_name": "Ana", "last_message_preview": "Hello"}]));
}

#[tokio::test]
async fn a_cursor_goes_through_a_list_that_changes() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let mut made = Vec::new();
    for name in ["Ana", "Besa", "Cen", "Dea", "Edi"] {
        let contact = shop.post("contacts", json!({"name": name, "tags": ["walk"]})).await.created();
        let begin = json!({"contact_id": contact["id"], "channel_id": world.a.channel.id, "content": "Hello"});
        let conversation = shop.post("conversations", begin).await.created();
        made.push((contact["id"].clone(), conversation["id"].clone()));
    }
    for (path, expected) in [
        ("contacts?tag=walk&limit=2", made.iter().map(|(contact, _)| contact.clone()).collect::<Vec<_>>()),
        ("conversations?limit=2", made.iter().map(|(_, conversation)| conversation.clone()).collect()),
    ] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        for part in 0..3 {
            let answer = shop.get(&format!("{path}&cursor={cursor}")).await.body(200);
            assert_eq!((&answer["meta"]["page"], &answer["meta"]["total"]), (&Value::Null, &Value::Null), "{path}");
            seen.extend(answer["data"].as_array().unwrap().iter().map(|entry| entry["id"].clone()));
            // What was seen already moves to the top of the pages, and is not seen again.
            let seen_first = made[0].1.as_str().unwrap();
            shop.post(&format!("conversations/{seen_first}/messages"), json!({"content": "Again"})).await.created();
            assert_eq!(answer["meta"]["next_cursor"].is_string(), part < 2, "{path}: {answer}");
            cursor = answer["meta"]["next_cursor"].as_str().unwrap_or_default().to_owned();
        }
        assert_eq!(seen, expected, "{path}");
    }
    for wrong in ["contacts?cursor=x", "contacts?cursor=&sort=name", "conversations?cursor=&page=2"] {
        shop.get(wrong).await.refused(422);
    }
}
