//! What an operator who works as a member must not carry away: every server function, posted with good requests and with an
//! address elsewhere in each of its texts, makes no secret, right or destination and tells none.
//!
//! What these are is read from the tables, by the names of their columns. Which functions would make some is found out by
//! posting them as the member in person: a new one is tested by itself.

use std::collections::BTreeSet;

use super::{
    Service,
    furnished::{Furnished, function, functions_of_members, put_ends_last, two_organizations},
};
use crate::support::{Answer, Browser, Function, functions};

/// Columns that hold secrets and proofs, rights, or where something is sent to.
const LASTING: &str = "secret|hash|encrypted|(^|_)token$|(^|_)key$|credential|recovery|two_factor|(^|_)url$|^email$|^recipient$|\
                       ^permissions$|^scopes$|^role$|role_id$|^team_id$";

/// Those of them that do not: the chains of the logs, where files are and what is in them, keys that every visitor sees, customers'
/// addresses, and who said something.
const HARMLESS: &[&str] = &[
    "attachments.storage_key",
    "audit_logs.hash",
    "audit_logs.previous_hash",
    "channels.public_key",
    "contacts.email",
    "conversations.team_id",
    "documents.content_hash",
    "knowledge_sources.content_hash",
    "knowledge_sources.storage_key",
    "messages.role",
    "platform_logs.hash",
    "platform_logs.previous_hash",
    "secret_lookups.key",
];

const ELSEWHERE: &str = "https://elsewhere.example/collect";

impl Service {
    /// The secrets, rights and destinations that there are, each with its row.
    async fn lasting(&self) -> BTreeSet<String> {
        let columns: Vec<(String, String)> = db::sqlx::query_as(
            "select c.table_name::text, c.column_name::text
             from information_schema.columns c join information_schema.tables t using (table_schema, table_name)
             where t.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.column_name ~ $1",
        )
        .bind(LASTING)
        .fetch_all(&self.pool)
        .await
        .unwrap();
        let values = columns
            .iter()
            .filter(|(table, column)| !HARMLESS.contains(&format!("{table}.{column}").as_str()))
            .map(|(table, column)| {
                format!(
                    "select concat_ws(' ', '{table}.{column}', to_jsonb(t) ->> 'id', to_jsonb(t) ->> '{column}')
                     from {table} t where to_jsonb(t) ->> '{column}' not in ('', '[]')"
                )
            });
        let query = values.collect::<Vec<_>>().join(" union all ");
        db::sqlx::query_scalar(&query).fetch_all(&self.pool).await.unwrap().into_iter().collect()
    }
}

/// Posts it with an address elsewhere in each of its texts, one after the other, and then as it is meant.
async fn post(function: &Function, browser: &Browser, organization: &Furnished) -> Vec<Answer> {
    // What each post sets anew stands elsewhere in all of them.
    let elsewhere = vec![("save_role.permissions", "contacts:read"), ("save_agent.base_url", ELSEWHERE)];
    let things = [organization.arguments(), elsewhere].concat();
    let texts = function.fields.iter().filter(|field| field.kind() == "String" && !field.name().contains("password"));
    let mut answers = Vec::new();
    for field in texts {
        answers.push(function.post_with(browser, &things, field, ELSEWHERE).await);
    }
    answers.push(function.post(browser, &things).await);
    answers
}

#[tokio::test]
async fn an_operator_at_work_as_a_member_carries_nothing_away() {
    let mut members = functions_of_members();
    put_ends_last(&mut members);
    let (service, other, own) = two_organizations(&members).await;

    // In person, in the other organization.
    let mut lasting = BTreeSet::new();
    for function in &members {
        service.go_to(&other.id).await;
        let before = service.lasting().await;
        post(function, &other.owner, &other).await;
        if !service.lasting().await.is_subset(&before) {
            lasting.insert(function.name.as_str());
        }
    }
    let certain = [
        "begin_second_factor",
        "change_password",
        "create_api_key",
        "create_webhook",
        "invite",
        "load_identity_secret",
        "rotate_identity_secret",
        "rotate_webhook_secret",
        "save_agent",
        "save_member",
        "save_role",
        "save_webhook",
        "send_verification",
    ];
    let unseen: Vec<_> = certain.iter().filter(|name| !lasting.contains(**name)).collect();
    assert!(unseen.is_empty(), "{unseen:?} made nothing: the test does not see what it is for, only {lasting:?}");

    let secret = function(&members, "load_identity_secret").post(&own.owner, &own.arguments()).await;
    let secret: String = serde_json::from_str(&secret.text).unwrap_or_else(|error| panic!("{error}: {secret:?}"));
    let operator = service.owner("Gjergj Tools", "operator@example.com").await;
    let appoint =
        "update users set is_platform_admin = true, two_factor_secret = 'x' where email = 'operator@example.com'";
    service.sql(appoint).await;
    let owner = service.text("select id::text from users where email = 'owner@example.com'").await;
    let (all, things) = (functions(), [("OrganizationId", own.id.as_str()), ("UserId", &owner)]);
    let begun = function(&all, "impersonate").post(&operator, &things).await;
    assert_eq!(begun.status, 200, "{begun:?}");
    let before = service.lasting().await;
    let mut faults = Vec::new();
    for function in members.iter().filter(|function| function.name != "end_impersonation") {
        let answers = post(function, &operator, &own).await;
        let name = format!("{}::{}", function.area, function.name);
        let more: Vec<String> = service.lasting().await.difference(&before).cloned().collect();
        if !more.is_empty() {
            faults.push(format!("{name} left {more:?}"));
        }
        if answers.iter().any(|answer| answer.text.contains(&secret)) {
            faults.push(format!("{name} told the secret of a channel"));
        }
        let is_refused = |answer: &Answer| answer.status == 403 && answer.text.contains("only the member");
        if lasting.contains(function.name.as_str()) && !answers.iter().any(is_refused) {
            faults.push(format!("{name} was not refused: {answers:?}"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let page = operator.get("/app").await;
    assert!(page.text.contains("You are working as") && page.text.contains("Only this person"), "{}", page.text);
    service.program.stop().await;
}
