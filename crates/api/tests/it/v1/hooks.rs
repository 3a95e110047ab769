//! Webhook subscriptions and the audit log, as programs see them.

use chrono::TimeDelta;
use serde_json::{Value, json};
use types::permission::Permission;

use super::client::Program;
use crate::support::world;

fn id(thing: &Value) -> &str {
    thing["id"].as_str().expect("an id")
}

#[tokio::test]
async fn a_program_subscribes_to_events() {
    let world = world().await;
    let shop = Program::new(&world).await;
    let input =
        json!({"url": "https://example.com/hook", "events": ["contact.created"], "custom_headers": {"X-Shop": "7"}});
    let made = shop.post("webhook-subscriptions", input).await.created();
    assert!(made["secret"].as_str().unwrap().starts_with("whsec_"), "{made}");
    let path = format!("webhook-subscriptions/{}", id(&made["subscription"]));
    let read = shop.get(&path).await.ok();
    assert_eq!(read, made["subscription"]);
    assert_eq!((&read["header_names"], &read["events"]), (&json!(["x-shop"]), &json!(["contact.created"])));
    assert!(!shop.get("webhook-subscriptions").await.text.contains("whsec_"));

    // What is left out stays, the headers too; a header of ours, an unknown event and an address within are refused.
    let changed = shop.patch(&path, json!({"events": []})).await.ok();
    assert_eq!((&changed["header_names"], &changed["url"]), (&json!(["x-shop"]), &read["url"]));
    assert_eq!(shop.patch(&path, json!({"custom_headers": {}})).await.ok()["header_names"], json!([]));
    for wrong in [
        json!({"custom_headers": {"webhook-id": "1"}}),
        json!({"events": ["contact.exploded"]}),
        json!({"url": "http://127.0.0.1/"}),
        json!({"url": "ftp://example.com/"}),
    ] {
        shop.patch(&path, wrong).await.refused(422);
    }

    let rotated = shop.post(&format!("{path}/rotate-secret"), json!({})).await.ok();
    assert_ne!(rotated["secret"], made["secret"]);
    assert!(!rotated["subscription"]["previous_secret_expires_at"].is_null(), "{rotated}");

    assert_eq!(shop.patch(&path, json!({"is_active": false})).await.ok()["is_active"], false);
    shop.post(&format!("{path}/test"), json!({})).await.refused(409);
    assert_eq!(shop.delete(&path).await.status, 204);
    shop.get(&path).await.refused(404);
}

#[tokio::test]
async fn deliveries_are_listed_and_sent_once_more() {
    let world = world().await;
    let shop = Program::new(&world).await;
    // An event that does not happen here: the test events are its only deliveries.
    let input = json!({"url": "https://example.com/hook", "events": ["organization.restored"]});
    let made = shop.post("webhook-subscriptions", input).await.created();
    let path = format!("webhook-subscriptions/{}", id(&made["subscription"]));
    let first = shop.post(&format!("{path}/test"), json!({})).await.body(202)["data"].clone();
    let second = shop.post(&format!("{path}/test"), json!({})).await.body(202)["data"].clone();
    assert_eq!(first["request"]["type"], "webhook_subscription.test");
    let listed = shop.get(&format!("{path}/deliveries?status=pending&limit=1")).await.body(200);
    assert_eq!((&listed["data"][0]["id"], &listed["meta"]["total"]), (&second["delivery"]["id"], &json!(2)));

    let one = format!("webhook-deliveries/{}", id(&first["delivery"]));
    let mut cx = world.cx(&world.a).await;
    db::sqlx::query(
        r#"update webhook_deliveries
           set status = 'failed', attempts = 10, error = 'hook.example did not answer in time',
               error_code = '{"code": "no_answer", "subject": "hook.example"}'
           where organization_id = $1"#,
    )
    .bind(world.a.id.0)
    .execute(cx.conn())
    .await
    .unwrap();
    world.services.commit(cx).await.unwrap();
    let failed = &shop.get(&one).await.ok()["delivery"];
    assert_eq!(
        (&failed["status"], &failed["error"]),
        (&json!("failed"), &json!("hook.example did not answer in time"))
    );
    assert_eq!(failed["failure"], json!({"code": "no_answer", "subject": "hook.example"}));
    let again = shop.post(&format!("{one}/replay"), json!({})).await.body(202)["data"].clone();
    assert_eq!((&again["delivery"]["status"], &again["delivery"]["attempts"]), (&json!("pending"), &json!(0)));
    assert_eq!((&again["delivery"]["error"], &again["delivery"]["failure"]), (&Value::Null, &Value::Null));

    let now = world.services.db.now();
    let range = |status: Option<&str>| json!({"from": now - TimeDelta::hours(1), "until": now + TimeDelta::hours(1), "status": status});
    let replay = format!("{path}/replay");
    for (status, count) in [(Some("failed"), 1), (Some("delivered"), 0), (None, 2)] {
        let answer = shop.post(&replay, range(status)).await.body(202);
        assert_eq!(answer["data"]["deliveries"], count, "{status:?}");
    }
    let ancient = json!({"from": "-262143-01-01T00:00:00Z", "until": now});
    assert_eq!(shop.post(&replay, ancient).await.body(202)["data"]["deliveries"], 2);
    shop.post(&replay, json!({"from": now})).await.refused(422);
}

#[tokio::test]
async fn the_audit_log_is_read_in_parts() {
    let world = world().await;
    let shop = Program::new(&world).await;
    for name in ["One", "Two", "Three"] {
        shop.post("ai-agents", json!({"name": name})).await.created();
    }
    let mut seen = Vec::new();
    let mut path = "audit-logs?action=agent.created&limit=2".to_owned();
    loop {
        let part = shop.get(&path).await.body(200);
        for entry in part["data"].as_array().unwrap() {
            assert_eq!((&entry["actor_type"], &entry["actor_name"]), (&json!("api_key"), &json!("Shop")));
            seen.push(entry["after"]["name"].as_str().unwrap().to_owned());
        }
        let Some(next) = part["meta"]["next_cursor"].as_str() else { break };
        path = format!("audit-logs?action=agent.created&limit=2&cursor={next}");
    }
    assert_eq!(seen, ["Three", "Two", "One"]);

    let agents = shop.get("ai-agents").await.body(200);
    let one = agents["data"].as_array().unwrap().iter().find(|agent| agent["name"] == "One").unwrap();
    let of_one = shop.get(&format!("audit-logs?resource_id={}", id(one))).await.body(200);
    assert_eq!(of_one["data"].as_array().unwrap().len(), 1);
    for nothing in ["until=1000-01-01T00:00:00Z", "from=9999-01-01T00:00:00Z", "action=agent.exploded"] {
        assert_eq!(shop.get(&format!("audit-logs?{nothing}")).await.body(200)["data"], json!([]), "{nothing}");
    }
    for wrong in ["from=yesterday", "actor_id=7", "cursor=x"] {
        shop.get(&format!("audit-logs?{wrong}")).await.refused(422);
    }
    let blind = Program { world: &world, auth: world.key(&world.a, &[Permission::AgentsRead]).await };
    blind.get("audit-logs").await.refused(403);
}
