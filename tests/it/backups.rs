//! An installation is saved while it runs, brought back elsewhere, and goes on there.

use std::{fs, path::Path};

use db::{
    embedded::Embedded,
    sqlx::{self, PgPool},
};

use crate::support::{Browser, Gate, Postgres, Program, Provider, folder, pairs, run, until};

#[tokio::test]
async fn an_installation_goes_on_from_its_backup() {
    let folder = folder();
    let place = |name: &str| folder.path().join(name);
    let (old, new, archive) = (place("old"), place("new"), place("backup.tar.gz"));
    let file = archive.to_str().unwrap();
    let provider = Provider::start(&Gate::default()).await;
    let settings = provider.settings();
    let settings = pairs(&settings);

    let program = Program::ready(&old, "serve", &settings).await;
    let seeded = run(&old, &["seed"], &settings).await;
    assert!(seeded.success, "{}", seeded.stderr);
    let password = seeded.stdout.lines().find_map(|line| line.trim().strip_prefix("password")).unwrap().trim();
    program.stop().await;
    // What is asked for now waits, because there is no worker.
    let program = Program::ready(&old, "web", &settings).await;
    let asked = Browser::at(&program).send_form("/reset", "request_reset", &[("email", "demo@example.com")]).await;
    assert_eq!((asked.status, asked.location.as_str()), (302, "/reset?sent=1"), "{}", asked.text);
    let saved = run(&old, &["backup", file], &settings).await;
    assert!(saved.success && saved.stdout.contains("rows of"), "{saved:?}");
    let exported = run(&old, &["export", "lumi-outdoor", place("export.tar.gz").to_str().unwrap()], &settings).await;
    assert!(exported.success, "{exported:?}");
    let pool = PgPool::connect(&Embedded::of_running(&old).unwrap().owner).await.unwrap();
    let noted = "select count(*) from audit_logs a join organizations o on o.id = a.organization_id
                 where a.action = 'organization.exported' and a.actor_type = 'system' and o.slug = 'lumi-outdoor'";
    let noted: i64 = sqlx::query_scalar(noted).fetch_one(&pool).await.unwrap();
    assert_eq!(noted, 1, "the organization can see that its data was taken out");
    pool.close().await;
    let taken = run(&old, &["restore", file], &settings).await;
    assert!(!taken.success && taken.stderr.contains("stop it first"), "{taken:?}");
    program.stop().await;

    // Without the key nothing is touched, nor with another.
    let keyless = run(&new, &["restore", file], &settings).await;
    assert!(!keyless.success && keyless.stderr.contains("the key is missing"), "{keyless:?}");
    fs::create_dir_all(&new).unwrap();
    fs::write(new.join("secret.key"), "00".repeat(32)).unwrap();
    let locked = run(&new, &["restore", file], &settings).await;
    assert!(!locked.success && locked.stderr.contains("another key"), "{locked:?}");
    assert!(!new.join("postgres").exists());
    fs::copy(old.join("secret.key"), new.join("secret.key")).unwrap();
    let checked = run(&new, &["restore", "--check", file], &settings).await;
    assert!(checked.success && checked.stdout.contains("is whole"), "{checked:?}");
    assert!(!new.join("postgres").exists());

    let restored = run(&new, &["restore", file], &settings).await;
    assert!(restored.success && restored.stdout.starts_with("Restored "), "{restored:?}");
    let again = run(&new, &["restore", file], &settings).await;
    assert!(!again.success && again.stderr.contains("is not empty"), "{again:?}");
    let program = Program::ready(&new, "serve", &settings).await;
    let browser = Browser::at(&program);
    let signed_in = browser.log_in("demo@example.com", password).await;
    assert_eq!((signed_in.status, signed_in.location.as_str()), (302, "/app"), "{}", signed_in.text);
    assert!(browser.get("/app").await.text.contains("Lumi Outdoor"));
    // The job that waited is done here: its mail is kept, since there is no mail server.
    let pool = sqlx::PgPool::connect(&Embedded::of_running(&new).unwrap().owner).await.unwrap();
    until("the mail that was asked for", async || {
        let mails = sqlx::query_scalar::<_, i64>("select count(*) from mails where kind = 'password_reset'");
        (mails.fetch_one(&pool).await.unwrap() == 1).then_some(())
    })
    .await;
    let verified = run(&new, &["audit", "verify"], &settings).await;
    assert!(verified.success, "{verified:?}");
    program.stop().await;
}

/// As an operator has it whose database is elsewhere: the program's role and the owner's apart.
#[tokio::test]
async fn a_backup_is_restored_into_a_database_of_ones_own() {
    let folder = folder();
    let (old, new) = (Postgres::start().await, Postgres::start().await);
    let (old_url, new_url) = (old.url(), new.url());
    let key = ("BISEDA_SECRET_KEY", "5a".repeat(32));
    let archive = folder.path().join("backup.tar.gz");
    let act = async |data: &Path, url: &str, arguments: &[&str]| {
        run(data, arguments, &[("DATABASE_URL", url), (key.0, &key.1)]).await
    };
    let (from, to) = (folder.path().join("old"), folder.path().join("new"));
    let made = act(&from, &old_url, &["admin", "create", "--email", "root@example.com", "--name", "Root"]).await;
    assert!(made.success, "{made:?}");
    let saved = act(&from, &old_url, &["backup", archive.to_str().unwrap()]).await;
    assert!(saved.success, "{saved:?}");

    // An owner who is no superuser, whom row-level security binds.
    new.pool().await.close().await;
    let pool = new.pool().await;
    for statement in [
        "create role keeper login password 'keeper' createrole",
        "create database mine owner keeper",
        "grant biseda_app to keeper with admin option",
    ] {
        sqlx::query(statement).execute(&pool).await.unwrap();
    }
    let own = new_url.rsplit_once('/').unwrap().0.to_owned() + "/mine";
    let superuser = sqlx::PgPool::connect(&own).await.unwrap();
    for extension in ["vector", "btree_gin", "pg_trgm"] {
        sqlx::query(&format!("create extension {extension}")).execute(&superuser).await.unwrap();
    }
    let keeper = format!("postgres://keeper:keeper@127.0.0.1:{}/mine", new.port());
    let restored = act(&to, &keeper, &["restore", archive.to_str().unwrap()]).await;
    assert!(restored.success, "{restored:?}");
    let admins = sqlx::query_scalar::<_, String>("select email from users where is_platform_admin");
    assert_eq!(admins.fetch_all(&superuser).await.unwrap(), ["root@example.com"]);
    let healthy = act(&to, &keeper, &["audit", "verify"]).await;
    assert!(healthy.success, "{healthy:?}");
}
