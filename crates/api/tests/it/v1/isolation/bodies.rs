//! What stands in a request's body beside what is asked for: things of other organizations, and fields that nobody may set.

use std::collections::HashMap;

use db::{
    sqlx,
    tables::{Class, TABLES},
};
use domain::{agents, attachments, contacts, conversations, knowledge, messages, roles, teams, visitors};
use futures::stream;
use serde_json::{Map, Value, json};
use types::{
    agent::AgentInput,
    contact::ContactInput,
    knowledge::CreateTextSource,
    member::TeamInput,
    permission::Permission,
    widget::{StartSession, WidgetMessage},
};
use uuid::Uuid;

use super::{Fixture, Operation, request::request};
use crate::{
    support::{World, world},
    v1::client::Auth,
};

/// One of everything that a body may name, in the second organization, by the name of the field.
async fn strange_things(world: &World) -> HashMap<&'static str, Value> {
    let (services, other) = (&world.services, &world.b);
    let start = StartSession { channel_key: other.channel.public_key.clone(), ..StartSession::default() };
    let session = visitors::start(services, start).await.expect("a session");
    let visitor = visitors::verify(services, &session.token).expect("a visitor");
    let hello = WidgetMessage {
        content: "Hello".into(),
        client_id: Uuid::new_v4().to_string(),
        attachments: Vec::new(),
        page_url: None,
    };
    let conversation = messages::receive(services, &visitor, hello).await.expect("a message").conversation_id;
    let bytes = stream::iter([Ok(bytes::Bytes::from_static(b"Nine to five."))]);
    let file = attachments::upload(services, other.id, other.owner.clone(), conversation, "hours.txt", bytes);
    let file = file.await.expect("a file").id;
    let mut cx = world.cx(other).await;
    conversations::get(&mut cx, conversation).await.expect("a conversation");
    let contact = ContactInput { name: Some("Besa".into()), ..ContactInput::default() };
    let contact = contacts::create(&mut cx, contact).await.expect("a contact").summary.id;
    let agent = AgentInput { name: "Aria".into(), ..AgentInput::default() };
    let agent = agents::create(services, &mut cx, agent).await.expect("an agent").id;
    let text = CreateTextSource { name: "Help".into(), content: "Delivery takes three days.".into() };
    let source = knowledge::create_text(&mut cx, text).await.expect("a source").id;
    let role = roles::create(&mut cx, "Till", &[Permission::ContactsRead]).await.expect("a role");
    let team = TeamInput { name: "Sales".into(), description: String::new(), ..TeamInput::default() };
    let team = teams::create(&mut cx, team).await.expect("a team");
    services.commit(cx).await.expect("committed");
    let member = json!(other.owner.member_id());
    HashMap::from([
        ("contact_id", json!(contact)),
        ("merged_id", json!(contact)),
        ("kept_id", json!(contact)),
        ("channel_id", json!(other.channel.id)),
        ("agent_id", json!(agent)),
        ("source_ids", json!([source])),
        ("role_id", json!(role)),
        ("team_id", json!(team)),
        ("parent_id", json!(team)),
        ("assignee_id", member.clone()),
        ("manager_id", member),
        ("attachments", json!([file])),
        ("ids", json!([conversation, contact])),
    ])
}

/// The places of a body's fields that name things, with their names.
fn references(body: &Value, place: &str, things: &HashMap<&str, Value>, found: &mut Vec<(String, String)>) {
    for (name, value) in body.as_object().into_iter().flatten() {
        let place = format!("{place}/{name}");
        if things.contains_key(name.as_str()) {
            found.push((place.clone(), name.clone()));
        } else {
            let is_id = value.as_str().is_some_and(|text| text.parse::<Uuid>().is_ok());
            assert!(!is_id, "the test knows no thing of others for {place}");
        }
        references(value, &place, things, found);
    }
}

#[tokio::test]
async fn things_of_another_organization_cannot_be_named() {
    let world = world().await;
    let all = world.key(&world.a, Permission::ALL).await;
    let strange = strange_things(&world).await;
    let things = Fixture::plant(&world).await;
    let mut asked = 0;
    for operation in Operation::guarded() {
        let auth = if operation.members_only { &things.owner } else { &all };
        let (path, Some(body)) = request(&operation, &world, &things) else { continue };
        let mut places = Vec::new();
        references(&body, "", &strange, &mut places);
        for (place, field) in places {
            let mut body = body.clone();
            *body.pointer_mut(&place).expect("a field") = strange[field.as_str()].clone();
            if field == "assignee_id" && body.get("action").is_some() {
                body["action"] = json!("assign");
            }
            let answer = world.call(auth, &operation.method, &path, Some(&body), &[]).await;
            let name = format!("{} with {place} of others", operation.name);
            if body.get("ids").is_some() {
                // The same to many: each is refused for itself.
                let results = answer.body(200)["data"].as_array().cloned().expect("results");
                let refused =
                    |one: &Value| ["not_found", "validation"].iter().any(|code| one["error"]["code"] == *code);
                assert!(!results.is_empty() && results.iter().all(refused), "{name}: {results:?}");
            } else {
                // A search among them finds nothing.
                let is_empty = answer.status == 200 && answer.body(200)["data"] == json!([]);
                assert!(
                    is_empty || matches!(answer.status.as_u16(), 404 | 422),
                    "{name}: {} {}",
                    answer.status,
                    answer.text
                );
            }
            asked += 1;
        }
    }
    assert!(asked >= 15, "only {asked} fields name things");
}

/// Fields that the product sets itself, with values that would be seen wherever they came to stand.
fn forged(forgery: Uuid) -> Map<String, Value> {
    const IDS: &[&str] = &[
        "id",
        "organization_id",
        "user_id",
        "member_id",
        "created_by",
        "conversation_id_of",
        "storage_key",
        "actor_id",
    ];
    const TEXTS: &[&str] = &[
        "actor_type",
        "key_hash",
        "prefix",
        "token",
        "secret",
        "public_key",
        "password_hash",
        "author_type",
        "owner",
        "html",
        "identity_secret",
        "custom_role",
        "impersonated",
        "plan",
        "location",
    ];
    let mut fields = Map::new();
    fields.extend(IDS.iter().map(|name| ((*name).to_owned(), json!(forgery))));
    fields.extend(TEXTS.iter().map(|name| ((*name).to_owned(), json!(forgery.to_string()))));
    for name in ["is_platform_admin", "is_verified", "is_active_owner", "email_verified", "has_second_factor"] {
        fields.insert(name.into(), json!(true));
    }
    for name in ["seq", "owner_epoch", "chunk_count", "limits"] {
        fields.insert(name.into(), json!(987_654_321));
    }
    fields.insert("role".into(), json!("owner"));
    fields
}

/// Puts fields beside those that a body asks for, and beside those of each object in it. One without fields may have any:
/// what stands there is asked for.
fn forge(body: &mut Value, fields: &Map<String, Value>) {
    match body {
        Value::Object(own) if !own.is_empty() => {
            own.values_mut().for_each(|value| forge(value, fields));
            for (name, value) in fields {
                own.entry(name.as_str()).or_insert_with(|| value.clone());
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| forge(item, fields)),
        _ => {}
    }
}

/// Who owns the organization, and who of its people operates the service.
async fn rights(world: &World) -> Vec<(Uuid, bool)> {
    let owners = "select u.id, u.is_platform_admin from users u join members m on m.user_id = u.id
                  where m.organization_id = $1 and (m.role = 'owner' or u.is_platform_admin) order by u.id";
    let mut cx = world.cx(&world.a).await;
    sqlx::query_as(owners).bind(world.a.id.0).fetch_all(cx.conn()).await.expect("rights")
}

/// Tables of the organization in which the forgery stands.
async fn traces(world: &World, forgery: Uuid) -> Vec<String> {
    let mut cx = world.cx(&world.a).await;
    let mut found = Vec::new();
    for (table, _) in TABLES.iter().filter(|(_, class)| *class == Class::Tenant) {
        let query = format!("select count(*) from {table} t where to_jsonb(t)::text ~ $1");
        let pattern = format!("{forgery}|987654321");
        let count: i64 = sqlx::query_scalar(&query).bind(pattern).fetch_one(cx.conn()).await.expect("a count");
        if count > 0 {
            found.push((*table).to_owned());
        }
    }
    found
}

#[tokio::test]
async fn fields_that_nobody_may_set_leave_no_trace() {
    let world = world().await;
    let all = world.key(&world.a, Permission::ALL).await;
    let mut done = 0;
    let takes_body = |operation: &Operation| operation.operation.get("requestBody").is_some();
    for operation in Operation::guarded().into_iter().filter(takes_body) {
        let things = Fixture::plant(&world).await;
        let auth: &Auth = if operation.members_only { &things.owner } else { &all };
        let (path, Some(mut body)) = request(&operation, &world, &things) else { continue };
        let forgery = Uuid::new_v4();
        forge(&mut body, &forged(forgery));
        let before = rights(&world).await;
        let answer = world.call(auth, &operation.method, &path, Some(&body), &[]).await;
        let name = &operation.name;
        assert!(!answer.text.contains(&forgery.to_string()), "{name} gives the forgery back: {}", answer.text);
        assert_eq!(traces(&world, forgery).await, Vec::<String>::new(), "{name}");
        assert_eq!(rights(&world).await, before, "{name}");
        // Unknown fields may be refused, too.
        if answer.status.is_success() {
            done += 1;
        } else {
            answer.refused(422);
        }
    }
    let admins = "select count(*) from users u join members m on m.user_id = u.id
                  where m.organization_id = $1 and (u.is_platform_admin or u.two_factor_secret is not null)";
    let admins: i64 = sqlx::query_scalar(admins)
        .bind(world.a.id.0)
        .fetch_one(world.cx(&world.a).await.conn())
        .await
        .expect("a count");
    assert_eq!(admins, 0);
    assert!(done >= 20, "only {done} operations have taken their body");
}
