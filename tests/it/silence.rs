//! A process that stands still in the middle of a transaction.

use std::time::Duration;

use db::sqlx::{self, PgPool};
use nix::sys::signal::Signal;

use crate::support::{Browser, Postgres, Program, folder, until};

/// Waits for the session of the program that takes a conversation's row and is in this state, and gives its process.
async fn session(pool: &PgPool, state: &str) -> i32 {
    until("a session of the program", async || {
        sqlx::query_scalar(&format!(
            "select pid from pg_stat_activity
             where application_name = 'biseda' and query like '%from conversations where%for update' and {state}"
        ))
        .fetch_optional(pool)
        .await
        .unwrap()
    })
    .await
}

#[tokio::test]
async fn what_a_process_holds_that_stands_still_goes_on_elsewhere() {
    let folder = folder();
    let postgres = Postgres::start().await;
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str())];
    let data = folder.path().join("data");
    let (frozen, other) =
        (Program::ready(&data, "web", &settings).await, Program::ready(&data, "web", &settings).await);
    Browser::at(&frozen).sign_up("Alba Coffee", "olta@example.com").await;
    let pool = postgres.pool().await;
    let visitor = Browser::visitor(&frozen, &pool).await;
    visitor.says("first", "Hello").await.ok();

    // It waits for the conversation's row, and is stopped there: its statement ends, its transaction does not.
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("select from conversations for update").execute(&mut *holder).await.unwrap();
    let second = visitor.says("second", "Anybody there?");
    let (answer, ()) = tokio::join!(second, async {
        session(&pool, "wait_event_type = 'Lock'").await;
        frozen.signal(Signal::SIGSTOP);
        // On a busy machine its threads come to rest one after the other, and one of them would go on until then.
        until("the process stands still", async || frozen.stands_still().then_some(())).await;
        holder.rollback().await.unwrap();
        let resting = session(&pool, "state = 'idle in transaction'").await;
        // The other process wants the same row.
        let said = visitor.at_another(&other).says("third", "I have another question").await;
        assert_eq!(said.status, 200, "{}", said.text);
        let is_there: bool = sqlx::query_scalar("select exists (select from pg_stat_activity where pid = $1)")
            .bind(resting)
            .fetch_one(&pool)
            .await
            .unwrap();
        assert!(!is_there, "the database has ended the session");
        frozen.signal(Signal::SIGCONT);
    });
    // What was not acknowledged is said again, under the same id.
    if answer.status != 200 {
        assert_eq!(answer.status, 503, "{}", answer.text);
        visitor.says("second", "Anybody there?").await.ok();
    }
    let mut said: Vec<String> = visitor.thread().await.into_iter().map(|(_, text)| text).collect();
    said.sort();
    assert_eq!(said, ["Anybody there?", "Hello", "I have another question"]);
    frozen.stop().await;
    other.stop().await;
}

/// The session that leads the workers: it holds the queue's lock.
async fn leader(pool: &PgPool) -> Option<i32> {
    let sql = "select l.pid from pg_locks l join pg_stat_activity a on a.pid = l.pid
               where l.locktype = 'advisory' and l.granted and l.objsubid = 1 and l.database = a.datid
                 and a.datname = current_database() and l.classid = x'4157415f'::bigint::oid";
    sqlx::query_scalar(sql).fetch_optional(pool).await.unwrap()
}

#[tokio::test]
async fn another_worker_takes_the_lead_from_one_that_stands_still() {
    let folder = folder();
    let postgres = Postgres::start().await;
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str())];
    let data = folder.path().join("data");
    let pool = postgres.pool().await;
    let frozen = Program::ready(&data, "worker", &settings).await;
    let first = until("a leader", async || leader(&pool).await).await;
    let other = Program::ready(&data, "worker", &settings).await;
    frozen.signal(Signal::SIGSTOP);
    until("the process stands still", async || frozen.stands_still().then_some(())).await;
    assert_eq!(leader(&pool).await, Some(first), "its session goes on: nothing has ended");
    until("another leader", async || leader(&pool).await.filter(|pid| *pid != first)).await;
    frozen.signal(Signal::SIGCONT);
    frozen.stop().await;
    other.stop().await;
}

#[tokio::test]
async fn a_leader_that_is_busy_keeps_the_lead() {
    let folder = folder();
    let postgres = Postgres::start().await;
    let url = postgres.url();
    let settings = [("DATABASE_URL", url.as_str())];
    let data = folder.path().join("data");
    let pool = postgres.pool().await;
    let first = Program::ready(&data, "worker", &settings).await;
    let led = until("a leader", async || leader(&pool).await).await;
    let other = Program::ready(&data, "worker", &settings).await;
    // Whoever leads begins with this table, and asks nothing else meanwhile.
    let mut holder = pool.begin().await.unwrap();
    sqlx::query("lock table awa.cron_jobs in access exclusive mode").execute(&mut *holder).await.unwrap();
    first.stop().await;
    let busy = until("another leader", async || leader(&pool).await.filter(|pid| *pid != led)).await;
    tokio::time::sleep(Duration::from_secs(25)).await;
    assert_eq!(leader(&pool).await, Some(busy));
    holder.rollback().await.unwrap();
    other.stop().await;
}
