//! From the document to a request: the examples, with the ids of a fixture in them.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::{Operation, fixture::Fixture};
use crate::support::World;

/// Address and body of an operation on the things of a fixture.
pub fn request(operation: &Operation, world: &World, things: &Fixture) -> (String, Option<Value>) {
    let segments: Vec<&str> = operation.path.split('/').collect();
    let path: Vec<String> = segments
        .iter()
        .enumerate()
        .map(|(place, segment)| match *segment {
            "{organization_id}" if operation.path.ends_with("/restore") => things.deleted.to_string(),
            "{organization_id}" => world.a.id.to_string(),
            "{id}" => id_of(segments[place - 1], things).unwrap_or_else(|| panic!("no thing for {}", operation.name)),
            segment => {
                assert!(!segment.contains('{'), "no thing for {segment} of {}", operation.name);
                segment.to_owned()
            }
        })
        .collect();
    let mut path = path.join("/");
    let named = operation.operation["parameters"].as_array().into_iter().flatten();
    let ids = named.filter(|parameter| parameter["in"] == "query" && parameter["schema"]["format"] == "uuid");
    let mut query = Vec::new();
    for name in ids.filter_map(|parameter| parameter["name"].as_str()) {
        // One filter that finds the thing, not all of them at once.
        if name == "contact_id" {
            query.push(format!("{name}={}", things.contact));
        }
        assert!(field(name, world, things).is_some(), "no thing for ?{name} of {}", operation.name);
    }
    // What must be given; what may be given is left out.
    for parameter in operation.operation["parameters"].as_array().into_iter().flatten() {
        if parameter["in"] == "query" && parameter["required"] == true {
            assert_eq!(parameter["name"], "confirmation", "no value for a parameter of {}", operation.name);
            query.push(format!("confirmation=Alba%20{}", things.canary));
        }
    }
    if !query.is_empty() {
        path = format!("{path}?{}", query.join("&"));
    }
    let body = operation.operation.pointer("/requestBody/content/application~1json/example").cloned();
    let body = body.map(|mut body| {
        fill(&mut body, world, things, &operation.name);
        body
    });
    (path, body)
}

/// The thing behind `/{noun}/{id}`.
fn id_of(noun: &str, things: &Fixture) -> Option<String> {
    Some(match noun {
        "contacts" => things.contact.to_string(),
        "conversations" => things.conversation.to_string(),
        "channels" => things.channel.to_string(),
        "ai-agents" => things.agent.to_string(),
        "knowledge-sources" => things.source.to_string(),
        "api-keys" => things.key.to_string(),
        "members" => things.member.to_string(),
        "invitations" => things.invitation.to_string(),
        "roles" => things.role.to_string(),
        "teams" => things.team.to_string(),
        "sessions" => things.session.to_string(),
        "webhook-subscriptions" => things.subscription.to_string(),
        "webhook-deliveries" => things.delivery.to_string(),
        _ => return None,
    })
}

/// The value of a field that names a thing or a time; the examples' own name nothing that is there.
fn field(name: &str, world: &World, things: &Fixture) -> Option<Value> {
    Some(match name {
        "contact_id" | "merged_id" => json!(things.contact),
        "kept_id" => json!(things.acquaintance),
        "channel_id" => json!(things.channel),
        "agent_id" => json!(things.agent),
        "resource_id" => json!(things.conversation),
        "actor_id" => json!(world.a.owner.member_id()),
        "source_ids" => json!([things.source]),
        "role_id" => json!(things.role),
        "team_id" => json!(things.team),
        "parent_id" => json!(things.department),
        "assignee_id" | "manager_id" => json!(world.a.owner.member_id()),
        "token" => json!(things.confirmation),
        "attachments" => json!([]),
        "last_seen_seq" => json!(null),
        "from" => json!(world.services.db.now() - TimeDelta::days(1)),
        "until" | "expires_at" => json!(world.services.db.now() + TimeDelta::days(1)),
        _ => return None,
    })
}

fn fill(body: &mut Value, world: &World, things: &Fixture, operation: &str) {
    match body {
        Value::Object(fields) => {
            for (name, value) in fields {
                let thing = match name.as_str() {
                    "ids" if operation.contains("/contacts/") => Some(json!([things.contact])),
                    "ids" => Some(json!([things.conversation])),
                    name => field(name, world, things),
                };
                match thing {
                    Some(thing) => *value = thing,
                    None => {
                        let is_id = value.as_str().is_some_and(|text| text.parse::<uuid::Uuid>().is_ok());
                        assert!(!is_id, "no thing for {name} of {operation}");
                        fill(value, world, things, operation);
                    }
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, world, things, operation)),
        _ => {}
    }
}
