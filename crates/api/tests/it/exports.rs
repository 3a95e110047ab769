//! Files that members take with them.

use domain::canned_responses;
use types::member::Role;

use crate::support::{Answer, Tenant, World, world};

async fn export(world: &World, tenant: &Tenant, query: &str) -> Answer {
    let cookie = format!("biseda_session={}", tenant.session);
    world.get(&format!("/exports/audit.csv{query}"), &[("cookie", &cookie)]).await
}

#[tokio::test]
async fn the_audit_log_is_exported_as_a_table_that_runs_no_formula() {
    let world = world().await;
    let mut cx = world.cx(&world.a).await;
    for name in ["one", "two", "three"] {
        canned_responses::create(&mut cx, name, "CANARY").await.unwrap();
    }
    world.services.commit(cx).await.unwrap();

    let file = export(&world, &world.a, "?action=canned_response").await;
    assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/csv; charset=utf-8"));
    let mut table = csv::Reader::from_reader(file.text.as_bytes());
    assert_eq!(&table.headers().unwrap()[0], "number");
    let rows: Vec<_> = table.into_records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 3);
    assert!(rows.iter().all(|row| &row[5] == "canned_response.created" && row[8].contains("CANARY")));

    let none = export(&world, &world.a, "?from=2020-01-01&until=2020-01-02").await;
    assert_eq!((none.status.as_u16(), none.text.lines().count()), (200, 1), "the columns' names");
    // The first and the last day that there are.
    let all = export(&world, &world.a, "?action=canned_response&from=-262143-01-01&until=%2B262142-12-31").await;
    assert_eq!((all.status.as_u16(), all.text.lines().count()), (200, 4), "{}", all.text);
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
