use std::fs;

use backup::Backup;
use db::migrate::{self, Step};
use serde_json::json;
use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::world::{World, write_archive};

fn words<T>(result: anyhow::Result<T>) -> String {
    result.err().map(|error| format!("{error:#}")).unwrap_or_default()
}

#[tokio::test]
async fn only_an_empty_place_is_restored_to() {
    let (old, new) = (World::migrated().await, World::migrated().await);
    old.organization("alba").await;
    old.save().await;

    new.run("insert into platform_settings (name, value) values ('upkeep', 'null')").await;
    let error = words(new.restore(&old).await);
    assert!(error.contains("the database is not empty: there are rows in platform_settings"), "{error}");
    new.run("delete from platform_settings").await;

    fs::create_dir_all(new.files().join("a")).unwrap();
    let error = words(new.restore(&old).await);
    assert!(error.contains("is not empty; restore into a new one"), "{error}");
    fs::remove_dir(new.files().join("a")).unwrap();

    let program: PgConnectOptions = new.url.parse().unwrap();
    let program = program.application_name("biseda").connect().await.unwrap();
    let error = words(new.restore(&old).await);
    assert!(error.contains("biseda works on this database; stop it first"), "{error}");
    sqlx::Connection::close(program).await.unwrap();

    new.assert_empty().await;
    new.restore(&old).await.unwrap();
    let again = words(new.restore(&old).await);
    assert!(again.contains("the database is not empty"), "{again}");
    assert_eq!(new.count("organizations").await, 1);
}

#[tokio::test]
async fn a_backup_that_contradicts_itself_leaves_nothing() {
    let (old, good, new) = (World::migrated().await, World::migrated().await, World::new().await);
    good.organization("alba").await;
    good.save().await;
    old.organization("alba").await;
    old.run(
        "alter table messages drop constraint messages_organization_id_conversation_id_fkey; delete from conversations",
    )
    .await;
    assert!(old.count("messages").await > 0);
    old.save().await;
    let error = words(new.restore(&old).await);
    assert!(error.contains("the backup contradicts itself") && error.contains("messages"), "{error}");
    new.assert_empty().await;
    // A restore that was cut off can be begun again, over the files that it has left.
    new.restore(&good).await.unwrap();
    assert_eq!(new.count("messages").await, 2);
}

#[tokio::test]
async fn another_key_is_refused() {
    let old = World::migrated().await;
    old.organization("alba").await;
    old.save().await;
    let archive = old.archive();
    let error = words(Backup::open(&archive, |check| check == "another"));
    assert!(error.contains("belongs to an installation with another key"), "{error}");
}

#[test]
fn an_archive_of_a_newer_program_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("newer.tar.gz");
    let opens = |head: serde_json::Value| {
        write_archive(&path, head, &[]);
        words(Backup::open(&path, |_| true))
    };
    assert_eq!(opens(json!({"schema": migrate::known()})), "");
    let mut schema = migrate::known();
    schema[0].checksum = "00".into();
    let changed = opens(json!({"schema": schema}));
    assert!(changed.contains("other migrations than this one"), "{changed}");
    let later = Step { version: 9999, checksum: "00".into() };
    let newer = [migrate::known(), vec![later]].concat();
    let newer = opens(json!({"schema": newer}));
    assert!(newer.contains("was written by a newer program: its schema has migration 9999"), "{newer}");
    let form = opens(json!({"format": 2, "schema": "of another kind"}));
    assert!(form.contains("was written by a program that is newer than this one"), "{form}");
}

#[tokio::test]
async fn another_schema_is_not_read() {
    let old = World::migrated().await;
    old.run("insert into _sqlx_migrations values (999, 'later', now(), true, 'x', 1)").await;
    let error = words(backup::save(&old.db, &old.files(), "key".into(), &old.archive()).await);
    assert!(error.contains("the schema of the database is not the one of this program"), "{error}");
    assert_eq!(fs::read_dir(old.folder.path()).unwrap().count(), 0, "no part of an archive");
}

#[tokio::test]
async fn an_archive_is_not_written_over() {
    let old = World::migrated().await;
    fs::write(old.archive(), "precious").unwrap();
    let error = words(backup::save(&old.db, &old.files(), "key".into(), &old.archive()).await);
    assert!(error.contains("exists already"), "{error}");
    assert_eq!(fs::read(old.archive()).unwrap(), b"precious");
    fs::rename(old.archive(), old.archive().with_extension("gz.part")).unwrap();
    let error = words(backup::save(&old.db, &old.files(), "key".into(), &old.archive()).await);
    assert!(error.contains("somebody else writes this archive now"), "{error}");
    assert!(!old.archive().exists());
}

#[tokio::test]
async fn an_older_backup_does_not_go_into_a_newer_schema() {
    let (old, new) = (World::migrated().await, World::migrated().await);
    old.save().await;
    let archive = old.archive();
    let mut backup = Backup::open(&archive, |_| true).unwrap();
    backup.head.schema.pop();
    let error = words(backup.restore(&new.url, &new.files()).await);
    assert!(error.contains("the database has a newer schema than the backup"), "{error}");
}
