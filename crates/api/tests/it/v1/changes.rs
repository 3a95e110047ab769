use std::time::Duration;

use db::{Actor, sqlx};
use domain::{Held, hold};
use serde_json::{Value, json};

use super::client::{Auth, Program};
use crate::support::{World, world};

/// Somebody renames a row, and before that is committed another field is changed: what is answered in the end.
async fn changed_meanwhile(shop: &Program<'_>, rename: &'static str, path: &str, change: Value) -> Value {
    let World { services, a, .. } = shop.world;
    let mut cx = services.db.begin(a.id, a.owner.clone()).await.unwrap();
    let renaming: i32 = sqlx::query_scalar("select pg_backend_pid()").fetch_one(cx.conn()).await.unwrap();
    let id = match (path, &a.owner) {
        ("me", Actor::Member { user_id, .. }) => user_id.0,
        _ => path.rsplit('/').next().unwrap().parse().unwrap(),
    };
    hold(&mut cx, Held::Organization).await.unwrap();
    let renamed = sqlx::query(rename).bind(id).execute(cx.conn()).await.unwrap();
    assert_eq!(renamed.rows_affected(), 1, "{rename}");
    let committing = async {
        let waits = "select exists (select from pg_locks where not granted and $1 = any (pg_blocking_pids(pid)))";
        let pool = services.db.system();
        while !sqlx::query_scalar::<_, bool>(waits).bind(renaming).fetch_one(pool.pool()).await.unwrap() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        services.commit(cx).await.unwrap();
    };
    let (answer, ()) = tokio::join!(shop.patch(path, change), committing);
    answer.ok()
}

#[tokio::test]
async fn of_two_changes_at_the_same_moment_both_stand() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let place = format!("organizations/{}", world.a.id);
    let made = async |path: &str, input: Value| {
        let thing = shop.post(path, input).await.created();
        format!("{path}/{}", thing["id"].as_str().unwrap())
    };
    let role = made(&format!("{place}/roles"), json!({"name": "A", "permissions": ["contacts:read"]})).await;
    let team = made(&format!("{place}/teams"), json!({"name": "A", "description": ""})).await;
    let channel = made("channels", json!({"name": "A", "channel_type": "widget"})).await;
    let agent = made("ai-agents", json!({"name": "A"})).await;
    for (rename, path, change) in [
        ("update roles set name = 'B' where id = $1", &role, json!({"permissions": ["contacts:write"]})),
        ("update teams set name = 'B' where id = $1", &team, json!({"description": "Changed"})),
        ("update channels set name = 'B' where id = $1", &channel, json!({"is_active": false})),
        ("update agents set name = 'B' where id = $1", &agent, json!({"instructions": "Changed"})),
        ("update organizations set name = 'B' where id = $1", &place, json!({"settings": {"locale": "sq"}})),
    ] {
        let after = changed_meanwhile(&shop, rename, path, change.clone()).await;
        assert_eq!(after["name"], "B", "{rename}");
        let (field, value) = change.as_object().unwrap().iter().next().unwrap();
        let is = if field == "settings" { json!({"locale": after[field]["locale"]}) } else { after[field].clone() };
        assert_eq!(is, *value, "{rename}");
    }
    let events = json!({"url": "https://example.com/hook", "events": ["message.created"]});
    let webhook = shop.post("webhook-subscriptions", events).await.created();
    let webhook = format!("webhook-subscriptions/{}", webhook["subscription"]["id"].as_str().unwrap());
    let rename = "update webhook_subscriptions set url = 'https://example.com/other' where id = $1";
    let after = changed_meanwhile(&shop, rename, &webhook, json!({"events": ["contact.created"]})).await;
    assert_eq!((&after["url"], &after["events"]), (&json!("https://example.com/other"), &json!(["contact.created"])));
    let person = Program { world: &world, auth: Auth::Session(world.a.session.clone()) };
    let rename = "update users set name = 'B' where id = $1";
    let after = changed_meanwhile(&person, rename, "me", json!({"locale": "sq"})).await;
    assert_eq!((&after["name"], &after["locale"]), (&json!("B"), &json!("sq")));
}

#[tokio::test]
async fn an_agent_whose_source_was_deleted_answers_from_all_only_when_a_program_says_so() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let text = json!({"type": "text", "name": "Hours", "content": "We open at nine."});
    let source = shop.post("knowledge-sources", text).await.created()["id"].clone();
    let agent = shop.post("ai-agents", json!({"name": "A", "source_ids": [source]})).await.created();
    assert_eq!(agent["all_sources"], false);
    let agent = format!("ai-agents/{}", agent["id"].as_str().unwrap());
    assert_eq!(shop.patch(&agent, json!({"name": "B"})).await.ok()["source_ids"], json!([source]));
    let deleted = shop.delete(&format!("knowledge-sources/{}", source.as_str().unwrap())).await;
    assert_eq!(deleted.status, 204);
    for (change, all_sources) in [(json!({"name": "C"}), false), (json!({"source_ids": []}), true)] {
        let after = shop.patch(&agent, change).await.ok();
        assert_eq!((&after["source_ids"], &after["all_sources"]), (&json!([]), &json!(all_sources)));
    }
}
