//! Every server function, posted by the owner of one organization with what belongs to another.
//!
//! Every field that may name something is filled with the ids of all that the other organization has, while the rest of
//! the request is good. Functions and fields are those that the sources declare: a new one is tested by itself.

use db::sqlx;

use super::{
    CANARY, Service,
    furnished::{Furnished, NEEDS_MORE, functions_of_members, put_ends_last, two_organizations},
};
use crate::support::{Answer, Field, NOTHING};

/// What belongs to no organization.
const OF_EVERYBODY: &[&str] = &["AnnouncementId"];

/// Texts that are only compared, with a secret or a name.
const COMPARED: &[&str] = &["password", "old_password", "new_password", "code", "confirmation"];

impl Service {
    /// Columns by which rows of one organization name something of another.
    pub(super) async fn references(&self, organization: &Furnished, other: &Furnished) -> Vec<String> {
        let columns: Vec<(String, String)> = sqlx::query_as(
            "select c.table_name::text, c.column_name::text from information_schema.columns c
             join information_schema.columns o using (table_schema, table_name)
             where c.table_schema = 'public' and c.udt_name = 'uuid' and o.column_name = 'organization_id'
               and c.column_name <> 'organization_id'",
        )
        .fetch_all(&self.pool)
        .await
        .unwrap();
        let ids = other.ids().join(",");
        let named = columns.iter().map(|(table, column)| {
            format!(
                "select '{table}.{column}' where exists (select from {table}
                   where organization_id = '{}' and {column} = any('{{{ids}}}'::uuid[]))",
                organization.id
            )
        });
        let query = named.collect::<Vec<_>>().join(" union all ");
        sqlx::query_scalar(&query).fetch_all(&self.pool).await.unwrap()
    }
}

/// What is put into a field: the ids that it may name.
fn strange<'a>(field: &Field, other: &'a Furnished) -> Vec<&'a str> {
    match field.kind() {
        "String" if COMPARED.contains(&field.name()) => Vec::new(),
        "String" | "Uuid" => other.ids(),
        id if id.ends_with("Id") && !OF_EVERYBODY.contains(&id) => vec![other.thing(id)],
        _ => Vec::new(),
    }
}

/// An answer without what the request brought in.
fn words(answer: &Answer, id: &str) -> (u16, String) {
    (answer.status, answer.text.replace(id, NOTHING))
}

#[tokio::test]
async fn things_of_another_organization_are_to_an_owner_as_if_they_were_not_there() {
    let mut functions = functions_of_members();
    let (service, other, own) = two_organizations(&functions).await;
    let things = own.arguments();
    let before = service.state_of_organization(&other.id).await;
    let mut asked = 0;
    for function in &functions {
        for field in &function.fields {
            let strange = strange(field, &other);
            if strange.is_empty() {
                continue;
            }
            let nothing = words(&function.post_with(&own.owner, &things, field, NOTHING).await, NOTHING);
            for id in strange {
                let answer = function.post_with(&own.owner, &things, field, id).await;
                let name = format!("{}::{} with {id} as {}", function.area, function.name, field.name());
                assert!(answer.status < 500, "{name}: {answer:?}");
                assert!(!answer.text.contains(CANARY), "{name}: {answer:?}");
                // A text that is just a text may be taken.
                if field.kind() != "String" || answer.status >= 300 || nothing.0 >= 300 {
                    assert_eq!(words(&answer, id), nothing, "{name}");
                }
                asked += 1;
            }
        }
        service.assert_unchanged(&other.id, &before, &function.name).await;
    }
    assert_eq!(service.references(&own, &other).await, Vec::<String>::new());
    assert!(asked > 500, "only {asked} were asked");

    // The same requests with what is one's own are good ones.
    put_ends_last(&mut functions);
    let mut faults = Vec::new();
    for function in functions.iter().filter(|function| !NEEDS_MORE.contains(&function.name.as_str())) {
        // Where the function before has gone elsewhere.
        service.go_to(&own.id).await;
        let answer = function.post(&own.owner, &things).await;
        if answer.status >= 400 {
            faults.push(format!("{}::{}: {answer:?}", function.area, function.name));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    service.assert_unchanged(&other.id, &before, "what is one's own").await;
    service.program.stop().await;
}
