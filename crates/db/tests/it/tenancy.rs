//! What the program's role sees, and what it cannot do.

use db::{
    Actor, Role,
    sqlx::{self, Connection, PgConnection, Row},
    tables::{Class, TABLES},
    testing,
};

#[tokio::test]
async fn the_programs_role_cannot_bypass_and_owns_nothing() {
    let db = testing::database().await;
    let role = Role::of(db.system().pool()).await.unwrap();
    assert_eq!(role, Role { name: "biseda_app".into(), is_superuser: false, bypasses_rls: false, owned_tables: 0 });
    assert!(!role.could_bypass());

    let error = sqlx::query("alter table contacts disable row level security").execute(db.system().pool()).await;
    assert!(error.unwrap_err().to_string().contains("must be owner"));
}

#[tokio::test]
async fn the_owner_could_bypass_and_is_found_out() {
    let pool = sqlx::PgPool::connect(&testing::owner_url().await).await.unwrap();
    assert!(Role::of(&pool).await.unwrap().could_bypass());
}

#[tokio::test]
async fn without_an_organization_there_are_no_rows() {
    let db = testing::database().await;
    testing::organization(&db).await;
    for (table, class) in TABLES {
        if matches!(class, Class::Tenant | Class::Root) {
            let count: i64 = sqlx::query_scalar(&format!("select count(*) from {table}"))
                .fetch_one(db.system().pool())
                .await
                .unwrap();
            assert_eq!(count, 0, "{table}");
        }
    }
}

#[tokio::test]
async fn another_organization_sees_and_changes_nothing() {
    let db = testing::database().await;
    let one = testing::organization(&db).await;
    let two = testing::organization(&db).await;
    let contact = db.new_id();
    let mut cx = db.begin(one.id, one.owner.clone()).await.unwrap();
    sqlx::query("insert into contacts (organization_id, id, name) values ($1, $2, 'Ana')")
        .bind(one.id.0)
        .bind(contact)
        .execute(cx.conn())
        .await
        .unwrap();
    cx.commit().await.unwrap();

    let mut cx = db.begin(two.id, Actor::System).await.unwrap();
    // Without naming the organization: the policy alone holds.
    let seen: Vec<uuid::Uuid> = sqlx::query_scalar("select id from contacts").fetch_all(cx.conn()).await.unwrap();
    assert!(seen.is_empty());
    let changed = sqlx::query("update contacts set name = 'Eve' where id = $1").bind(contact).execute(cx.conn()).await;
    assert_eq!(changed.unwrap().rows_affected(), 0);
    let deleted = sqlx::query("delete from contacts").execute(cx.conn()).await;
    assert_eq!(deleted.unwrap().rows_affected(), 0);
    let planted = sqlx::query("insert into contacts (organization_id, id) values ($1, $2)")
        .bind(one.id.0)
        .bind(db.new_id())
        .execute(cx.conn())
        .await;
    assert!(planted.unwrap_err().to_string().contains("row-level security"));
}

#[tokio::test]
async fn the_organization_ends_with_the_transaction() {
    let db = testing::database().await;
    let one = testing::organization(&db).await;
    let cx = db.begin(one.id, Actor::System).await.unwrap();
    cx.commit().await.unwrap();
    let setting: Option<String> = sqlx::query_scalar("select nullif(current_setting('app.organization_id', true), '')")
        .fetch_one(db.system().pool())
        .await
        .unwrap();
    assert_eq!(setting, None);
}

#[tokio::test]
async fn a_reference_to_another_organizations_row_is_refused() {
    let db = testing::database().await;
    let one = testing::organization(&db).await;
    let two = testing::organization(&db).await;
    let mut owner = PgConnection::connect(&testing::owner_url().await).await.unwrap();
    let team = db.new_id();
    sqlx::query("insert into teams (organization_id, id, name) values ($1, $2, 'Sales')")
        .bind(one.id.0)
        .bind(team)
        .execute(&mut owner)
        .await
        .unwrap();
    // Even the owner, whom no policy binds, cannot tie the two together.
    let error = sqlx::query("update members set team_id = $1 where organization_id = $2")
        .bind(team)
        .bind(two.id.0)
        .execute(&mut owner)
        .await;
    assert!(error.unwrap_err().to_string().contains("foreign key"));
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    let db = testing::database().await;
    let one = testing::organization(&db).await;
    for statement in ["update audit_logs set action = 'x'", "delete from audit_logs"] {
        let mut cx = db.begin(one.id, Actor::System).await.unwrap();
        let error = sqlx::query(statement).execute(cx.conn()).await;
        assert!(error.unwrap_err().to_string().contains("permission denied"));
    }
}

/// A browser that goes away gives up what was asked for it.
#[tokio::test]
async fn a_transaction_whose_beginning_was_given_up_is_not_left_open() {
    let db = testing::database().await;
    let one = testing::organization(&db).await;
    let system = db.system();
    for microseconds in (0..2000).step_by(20) {
        let patience = std::time::Duration::from_micros(microseconds);
        tokio::time::timeout(patience, db.begin(one.id, Actor::System)).await.ok();
        tokio::time::timeout(patience, system.begin()).await.ok();
        // The simple protocol: outside a transaction it begins with the statement.
        let row = sqlx::raw_sql("select now() <> statement_timestamp()").fetch_one(system.pool()).await.unwrap();
        let open: bool = row.get(0);
        assert!(!open, "given up after {microseconds} microseconds");
    }
}

#[tokio::test]
async fn statements_for_which_somebody_waits_end() {
    let db = testing::database().await;
    let one = testing::organization(&db).await;
    for (actor, limits) in [(one.owner.clone(), ["30s", "10s"]), (Actor::System, ["0", "0"])] {
        let mut cx = db.begin(one.id, actor).await.unwrap();
        for (name, limit) in ["statement_timeout", "lock_timeout"].into_iter().zip(limits) {
            let shown: String = sqlx::query_scalar(&format!("show {name}")).fetch_one(cx.conn()).await.unwrap();
            assert_eq!(shown, limit, "{name}");
        }
    }
}
