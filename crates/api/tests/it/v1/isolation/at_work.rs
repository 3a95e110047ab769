//! Operations whose bodies set a right or a destination, or whose answers hold a secret, asked by an operator who works as an
//! owner. They are found in the document: a new one is tested by itself.

use db::sqlx;
use domain::{
    accounts::{self, ClientInfo},
    platform::{self, Operator},
};
use serde_json::Value;
use types::member::Role;

use super::{Fixture, Operation};
use crate::{
    support::{World, world},
    v1::client::Auth,
};

/// Fields of bodies that set what lasts.
const SET: &[&str] = &[
    "api_key",
    "base_url",
    "custom_headers",
    "email",
    "password",
    "permissions",
    "role",
    "role_id",
    "scopes",
    "team_id",
    "url",
];
/// Fields of answers that tell it.
const TOLD: &[&str] = &["secret", "token"];
/// Where these are customers' addresses, and pages that are read.
const HARMLESS: &[&str] = &["/api/v1/contacts", "/api/v1/knowledge-sources"];

impl Operation {
    /// Whether what it does may outlast the one who asks.
    fn lasts(&self) -> bool {
        let example = |place: &str| self.operation.pointer(&format!("{place}/content/application~1json/example"));
        let mut answers = ["200", "201", "202"].iter().filter_map(|status| example(&format!("/responses/{status}")));
        let is_harmless = HARMLESS.iter().any(|path| self.path.starts_with(path));
        !is_harmless
            && (example("/requestBody").is_some_and(|body| has_one_of(body, SET))
                || answers.any(|answer| has_one_of(answer, TOLD)))
    }
}

fn has_one_of(value: &Value, names: &[&str]) -> bool {
    match value {
        Value::Object(fields) => {
            fields.iter().any(|(name, value)| names.contains(&name.as_str()) || has_one_of(value, names))
        }
        Value::Array(items) => items.iter().any(|item| has_one_of(item, names)),
        _ => false,
    }
}

/// The session of an operator who works as an owner of the first organization.
async fn at_work(world: &World, owner: &Auth) -> Auth {
    let Auth::Session(owner) = owner else { panic!("a session") };
    let services = &world.services;
    let person =
        async |token: &str| accounts::authenticate(services, token).await.expect("an answer").expect("a session");
    let (token, _) = world.signed_in(&world.b, Role::Owner).await;
    sqlx::query("update users set is_platform_admin = true, two_factor_secret = 'x' where id = $1")
        .bind(person(&token).await.me.user_id.0)
        .execute(services.db.system().pool())
        .await
        .expect("appointed");
    let operator = Operator::of(services, &person(&token).await, ClientInfo::default()).await.expect("an operator");
    let owner = person(owner).await.me.user_id;
    platform::impersonate(services, &operator, owner, world.a.id, "why").await.expect("at work");
    Auth::Session(token)
}

#[tokio::test]
async fn an_operator_at_work_as_an_owner_is_refused_what_would_last() {
    let world = world().await;
    let lasting: Vec<_> = Operation::guarded().into_iter().filter(Operation::lasts).collect();
    for operation in &lasting {
        let things = Fixture::plant(&world).await;
        let operator = at_work(&world, &things.owner).await;
        let answer = operation.ask(&world, &things, &operator).await;
        let is_refused = answer.status == 403 && answer.text.contains("only the member");
        assert!(is_refused, "{}: {} {}", operation.name, answer.status, answer.text);
    }
    assert!(lasting.len() >= 10, "only {} were found", lasting.len());
}
