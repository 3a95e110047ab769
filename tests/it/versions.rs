//! Programs of two versions on one database: the schema of the newer one, as docs/operations.md promises.

use std::borrow::Cow;

use db::{
    migrate::MIGRATIONS,
    sqlx::{
        self, PgPool,
        migrate::{Migration, MigrationType, Migrator},
    },
};

use crate::support::{Browser, Gate, Postgres, Program, Provider, folder, pairs, run};

/// Brings the database further, as a newer program does.
async fn migrate(pool: &PgPool, version: i64, name: &'static str, sql: String) {
    let mut migrations: Vec<Migration> = MIGRATIONS.iter().cloned().collect();
    migrations.push(Migration::new(version, Cow::Borrowed(name), MigrationType::Simple, Cow::Owned(sql), false));
    let mut newer = Migrator { migrations: Cow::Owned(migrations), ..Migrator::DEFAULT };
    newer.set_ignore_missing(true);
    newer.run(pool).await.unwrap();
}

/// Adds to every table what a next version could add, and a table.
async fn expansion(pool: &PgPool) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select relname::text from pg_class
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
           and relname <> '_sqlx_migrations' order by 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert!(tables.len() > 40 && tables.contains(&"messages".to_owned()), "{tables:?}");
    let each = tables.iter().map(|table| {
        format!("alter table {table} add column later_text text, add column later_flag boolean not null default false;")
    });
    let each: String = each.collect();
    format!("{each} create table later_things (id bigint primary key); create index on messages (later_flag);")
}

#[tokio::test]
async fn programs_go_on_and_start_on_the_schema_of_the_next_version() {
    let folder = folder();
    let postgres = Postgres::start().await;
    let provider = Provider::start(&Gate::default()).await;
    let (url, embeddings) = (postgres.url(), provider.settings());
    let mut settings = pairs(&embeddings);
    settings.push(("DATABASE_URL", &url));
    let data = folder.path().join("data");
    let web = Program::ready(&data, "web", &settings).await;
    let worker = Program::ready(&data, "worker", &settings).await;
    let owner = Browser::at(&web);
    owner.sign_up("Alba Coffee", "olta@example.com").await;
    let pool = postgres.pool().await;
    let key: String = sqlx::query_scalar("select public_key from channels").fetch_one(&pool).await.unwrap();
    let visitor = Browser::at(&web);
    visitor.open_widget(&key).await;
    let mut socket = visitor.socket().await;
    visitor.says("before", "When do you open?").await.ok();
    socket.answers(1).await;
    for page in ["/app", "/app/inbox"] {
        assert_eq!(owner.get(page).await.status, 200);
    }

    // While they run, with statements that they have prepared.
    migrate(&pool, 9_000, "more of everything", expansion(&pool).await).await;
    visitor.says("after", "Do you sell beans?").await.ok();
    socket.answers(2).await;
    visitor.uploads("hours.txt", "Nine to five.").await.ok();
    for page in ["/app", "/app/inbox", "/app/contacts", "/app/agents", "/app/knowledge", "/app/settings"] {
        let answer = owner.get(page).await;
        assert!(matches!(answer.status, 200 | 302), "{page}: {} {}", answer.status, answer.text);
    }
    Browser::at(&web).sign_up("Drini Books", "dona@example.com").await;

    // One of them is started again, after the newer program was.
    worker.stop().await;
    web.stop().await;
    let migrated = run(&data, &["migrate"], &settings).await;
    assert!(migrated.success, "what is newer is left as it is: {}", migrated.stderr);
    let web = Program::ready(&data, "web", &settings).await;
    let worker = Program::ready(&data, "worker", &settings).await;
    let visitor = Browser::at(&web);
    visitor.open_widget(&key).await;
    let mut socket = visitor.socket().await;
    visitor.says("again", "Where are you?").await.ok();
    socket.answers(1).await;
    let owner = Browser::at(&web);
    assert_eq!(owner.log_in("olta@example.com", "correct horse battery").await.location, "/app");
    assert_eq!(owner.get("/app/inbox").await.status, 200);
    assert_eq!(visitor.thread().await.len(), 2);

    // What takes something away that this program does not need is no matter; what it needs, is.
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap();
    let harmless: &'static str = format!("contract after {newest:04} later things").leak();
    migrate(&pool, 9_001, harmless, "drop table later_things;".into()).await;
    Program::ready(&data, "worker", &settings).await.stop().await;
    migrate(&pool, 9_002, "contract after 9000 old words", "select 1;".into()).await;
    worker.stop().await;
    web.stop().await;
    for part in ["web", "worker", "serve"] {
        let refused = run(&data, &[part], &[settings.as_slice(), &[("BISEDA_LISTEN", "127.0.0.1:0")]].concat()).await;
        assert!(!refused.success && refused.stderr.contains("too new for this program"), "{part}: {}", refused.stderr);
        assert!(refused.stderr.contains("contract after 9000 old words"), "{part}: {}", refused.stderr);
    }
}
