//! Files that members take with them.

use db::{
    ClientInfo,
    testing::{self, Organization},
};
use domain::canned_responses;
use types::member::Role;

use crate::support::{Answer, Tenant, World, world};

/// What spreadsheets take for formulas, and what the table makes of it. Forms trim names and leave no `\r` in them; the table
/// stands for itself.
const FORMULAS: &[(&str, &str)] = &[
    ("=HYPERLINK(\"https://evil.example\",\"x\")", "'=HYPERLINK(\"https://evil.example\",\"x\")"),
    ("@sum(a1)", "'@sum(a1)"),
    ("+1", "'+1"),
    ("-1", "'-1"),
    ("\t=1", "\t'=1"),
    ("\r=1", "\r'=1"),
    ("\n=1", "\n'=1"),
    ("Ana;=1+1;Bea", "Ana;'=1+1;Bea"),
];

async fn export(world: &World, tenant: &Tenant, query: &str) -> Answer {
    let cookie = format!("biseda_session={}", tenant.session);
    world.get(&format!("/exports/audit.csv{query}"), &[("cookie", &cookie)]).await
}

/// The rows of a table, without the columns' names.
fn rows(file: &Answer) -> Vec<csv::StringRecord> {
    csv::Reader::from_reader(file.text.as_bytes()).into_records().map(Result::unwrap).collect()
}

#[tokio::test]
async fn the_audit_log_is_exported_as_a_table_that_runs_no_formula() {
    let world = world().await;
    let organization = Organization { id: world.a.id, owner: world.a.owner.clone() };
    for (number, (formula, _)) in FORMULAS.iter().enumerate() {
        let person = testing::member(&world.services.db, &organization, formula, Role::Owner).await;
        let browser = ClientInfo { ip: None, user_agent: Some((*formula).to_owned()) };
        let mut cx = world.services.db.begin(world.a.id, person).await.unwrap().asked_by(browser);
        canned_responses::create(&mut cx, &format!("greeting-{number}"), &format!("{formula}CANARY")).await.unwrap();
        world.services.commit(cx).await.unwrap();
    }

    let file = export(&world, &world.a, "?action=canned_response").await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/csv; charset=utf-8"));
    assert!(file.text.starts_with("number,time,"), "{}", file.text);
    let table = rows(&file);
    assert_eq!(table.len(), FORMULAS.len());
    assert!(table.iter().all(|row| &row[5] == "canned_response.created" && row[8].contains("CANARY")));
    // Newest first.
    for (row, (_, text)) in table.iter().rev().zip(FORMULAS) {
        assert_eq!(&row[4], *text, "the actor's name");
        assert_eq!(row[10], text.replace('\r', ""), "the browser's");
        let begins = |cell: &str| cell.starts_with(['=', '+', '-', '@']);
        assert!(!row.iter().any(|cell| cell.split([';', '\t', '\r', '\n']).any(begins)), "{row:?}");
    }

    let none = export(&world, &world.a, "?from=2020-01-01&until=2020-01-02").await;
    assert_eq!((none.status.as_u16(), none.text.lines().count()), (200, 1), "the columns' names");
    // The first and the last day that there are.
    let all = export(&world, &world.a, "?action=canned_response&from=-262143-01-01&until=%2B262142-12-31").await;
    assert_eq!((all.status.as_u16(), rows(&all).len()), (200, FORMULAS.len()), "{}", all.text);
}

#[tokio::test]
async fn an_export_holds_nothing_of_others() {
    let world = world().await;
    let mut cx = world.cx(&world.a).await;
    canned_responses::create(&mut cx, "one", "CANARY").await.unwrap();
    world.services.commit(cx).await.unwrap();
    let others = export(&world, &world.b, "").await;
    assert!(others.status == 200 && !others.text.contains("CANARY"));
    assert_eq!(world.get("/exports/audit.csv", &[]).await.status, 401);
    let cookie = format!("biseda_session={}", world.signed_in(&world.a, Role::Member).await.0);
    assert_eq!(world.get("/exports/audit.csv", &[("cookie", &cookie)]).await.status, 403);
}
