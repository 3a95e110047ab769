use std::{fs, path::Path, time::Duration};

use db::{Actor, migrate, queue, tables::TABLES};
use futures::TryStreamExt;
use serde_json::json;

use crate::world::{World, write_archive};

/// Every table's rows as text, digested.
async fn content(world: &World) -> Vec<(&'static str, i64, String)> {
    let mut found = Vec::new();
    for (table, _) in TABLES.iter().filter(|(name, _)| *name != "_sqlx_migrations") {
        let query = format!(
            "select count(*), coalesce(md5(string_agg(t::text, E'\\n' order by t::text collate \"C\")), '') from {table} t"
        );
        let (count, digest) = sqlx::query_as(&query).fetch_one(&world.owner).await.unwrap();
        found.push((*table, count, digest));
    }
    found
}

/// What holds the rows: tables with their row-level security, constraints, indexes, policies and rights.
async fn schema(world: &World) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', relname, relkind, relrowsecurity, relforcerowsecurity, relacl) from pg_class
         where relnamespace = 'public'::regnamespace
         union all
         select conrelid::regclass || ' ' || conname || ' ' || convalidated || pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'public'::regnamespace
         union all select indexdef from pg_indexes where schemaname = 'public'
         union all select concat_ws(' ', tablename, policyname, qual, with_check) from pg_policies
         union all select 'migration ' || version from _sqlx_migrations
         order by 1",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap()
}

async fn jobs(world: &World) -> Vec<String> {
    sqlx::query_scalar(
        "select concat_ws(' ', kind, queue, args, state, priority, max_attempts, attempt, date_trunc('hour', run_at - now()))
         from awa.jobs order by 1",
    )
    .fetch_all(&world.owner)
    .await
    .unwrap()
}

fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().into_owned();
                found.push((name, fs::read(path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn everything_comes_back() {
    let (old, new) = (World::migrated().await, World::new().await);
    old.service().await;
    let organization = old.organization("alba").await;
    old.organization("drini").await;
    let later = "awa.insert_job_compat('job', 'mail', '{\"job\": \"later\"}', p_state => 'scheduled',
        p_run_at => now() + interval '1 day')";
    old.run(&format!("set role biseda_app; select {later}; reset role")).await;
    // What somebody has in hand is begun anew.
    let jobs_before = jobs(&old).await;
    old.run("select from awa.claim_ready_runtime('reply', 1, 300, 0)").await;
    let before = content(&old).await;
    let empty: Vec<&str> = before.iter().filter(|(_, count, _)| *count == 0).map(|(table, ..)| *table).collect();
    assert!(empty.is_empty(), "give `World` rows of {empty:?}");

    let tally = old.save().await;
    assert_eq!((tally.jobs, tally.files, tally.faulty_files.len()), (3, 4, 0));
    let rows: i64 = before.iter().map(|(_, count, _)| count).sum();
    assert_eq!(tally.all_rows(), rows.unsigned_abs());
    new.restore(&old).await.unwrap();

    assert_eq!(content(&new).await, before);
    assert_eq!(schema(&new).await, schema(&old).await);
    assert_eq!(jobs(&new).await, jobs_before);
    assert_eq!(files(&new.files()), files(&old.files()));
    // Sequences go on after what was there; browsers' cursors of the old installation lie before what is to come.
    let next = |sequence: &'static str| sqlx::query_scalar::<_, i64>(sequence);
    let outbox = "insert into event_outbox (organization_id, event_id) values (gen_random_uuid(), gen_random_uuid()) returning id";
    assert_eq!(next(outbox).fetch_one(&new.owner).await.unwrap(), 3);
    assert!(next("select nextval('event_positions')").fetch_one(&new.owner).await.unwrap() > 1_000_000);

    // The program's role sees an organization's rows, and enqueues into queues that the restore has used.
    let mut cx = new.db.begin(organization, Actor::System).await.unwrap();
    let messages: i64 = sqlx::query_scalar("select count(*) from messages").fetch_one(cx.conn()).await.unwrap();
    assert_eq!(messages, 2);
    sqlx::raw_sql("select awa.insert_job_compat('job', 'reply', '{}')").execute(cx.conn()).await.unwrap();
    cx.commit().await.unwrap();
}

#[tokio::test]
async fn a_backup_under_writes_is_of_one_moment() {
    let (old, new) = (World::migrated().await, World::new().await);
    let organization = old.organization("alba").await;
    old.run("set role biseda_app; select awa.insert_job_compat('job', 'reply', '{\"seq\": 2}'); reset role").await;
    let (db, writes) = (old.db.clone(), Duration::from_millis(1));
    // Somebody takes the jobs meanwhile, and has them all in hand.
    let owner = old.owner.clone();
    let taker = tokio::spawn(async move {
        loop {
            sqlx::raw_sql("select from awa.claim_ready_runtime('reply', 1, 300, 0)").execute(&owner).await.unwrap();
        }
    });
    // Each transaction writes a message, notes it in its conversation, and enqueues a job.
    let writer = tokio::spawn(async move {
        loop {
            let mut cx = db.begin(organization, Actor::System).await.unwrap();
            sqlx::query(
                "with c as (update conversations set last_seq = last_seq + 1 returning *),
                   m as (
                     insert into messages (organization_id, id, conversation_id, seq, direction, role, author_type, content)
                     select organization_id, gen_random_uuid(), id, last_seq, 'inbound', 'user', 'contact', repeat('x', 5000)
                     from c)
                 select awa.insert_job_compat('job', 'reply', jsonb_build_object('seq', last_seq)) from c",
            )
            .execute(cx.conn())
            .await
            .unwrap();
            cx.commit().await.unwrap();
            tokio::time::sleep(writes).await;
        }
    });
    while old.count("messages").await < 20 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    old.save().await;
    writer.abort();
    taker.abort();
    assert!(old.count(&format!("({}) jobs", queue::IN_HAND)).await > 1, "some were taken");
    new.restore(&old).await.unwrap();
    let (noted, messages, last, jobs): (i64, i64, i64, Vec<i64>) = sqlx::query_as(
        "select last_seq, (select count(*) from messages), (select max(seq) from messages),
           (select array_agg((args->>'seq')::bigint order by 1) from awa.jobs where args ? 'seq')
         from conversations",
    )
    .fetch_one(&new.owner)
    .await
    .unwrap();
    assert!(noted >= 20);
    assert_eq!((messages, last), (noted, noted));
    assert_eq!(jobs, (2..=noted).collect::<Vec<_>>(), "each job once, in hand or not");
}

#[tokio::test]
async fn an_older_backup_is_brought_up_to_date() {
    let (old, new, fresh) = (World::new().await, World::new().await, World::migrated().await);
    let earlier = migrate::known().len() - 1;
    migrate::run_first(&old.url, earlier).await.unwrap();
    old.run("insert into users (id, email, name, password_hash) values (gen_random_uuid(), 'a@example.com', 'A', '')")
        .await;
    let tables: Vec<&str> = TABLES.iter().map(|(name, _)| *name).filter(|name| *name != "_sqlx_migrations").collect();
    let columns: Vec<(String, Vec<String>)> = sqlx::query_as(
        "select table_name::text, array_agg(column_name::text order by ordinal_position)
         from information_schema.columns
         where table_schema = 'public' and table_name = any($1) and is_generated = 'NEVER' group by table_name order by table_name",
    )
    .bind(tables)
    .fetch_all(&old.owner)
    .await
    .unwrap();
    let users = columns.iter().find(|(table, _)| table == "users").unwrap().1.join(", ");
    let mut connection = old.owner.acquire().await.unwrap();
    let rows = connection.copy_out_raw(&format!("copy users ({users}) to stdout")).await.unwrap();
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    drop(connection);
    let entries = [("tables/users/000001".to_owned(), rows.concat())];
    write_archive(&old.archive(), json!({"schema": migrate::known()[..earlier], "columns": columns}), &entries);
    let before = content(&fresh).await;

    new.restore(&old).await.unwrap();
    assert_eq!(schema(&new).await, schema(&fresh).await);
    assert_eq!(new.count("users").await, 1);
    let differs: Vec<_> = content(&new).await.into_iter().zip(before).filter(|(new, fresh)| new != fresh).collect();
    assert_eq!(differs.len(), 1, "{differs:?}");
}

#[tokio::test]
async fn a_file_that_is_not_there_is_named() {
    let old = World::migrated().await;
    let organization = old.organization("alba").await;
    let folder = old.files().join(organization.to_string());
    let attachment =
        fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.is_file()).unwrap();
    fs::write(&attachment, "changed").unwrap();
    fs::remove_dir_all(folder.join("knowledge")).unwrap();
    let tally = old.save().await;
    assert_eq!((tally.files, tally.faulty_files.len()), (1, 2), "{tally:?}");
    assert!(tally.faulty_files.iter().any(|path| path.contains("/knowledge/")), "{tally:?}");
}
