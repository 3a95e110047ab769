//! The embedded server through what happens to it: first start, a second program, kills, a stop.

use std::{path::Path, time::Duration};

use db::{
    embedded::{AlreadyRunning, Embedded, Options},
    migrate,
    sqlx::{self, Connection, PgConnection, PgPool},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

fn options(folder: &Path) -> Options {
    Options { data_dir: folder.join("data"), durable: false }
}

/// A folder that the server's user can enter when root runs the tests.
fn folder() -> tempfile::TempDir {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

fn server_pid(folder: &Path) -> Pid {
    let content = std::fs::read_to_string(folder.join("data/postgres/postmaster.pid")).unwrap();
    Pid::from_raw(content.lines().next().unwrap().parse().unwrap())
}

async fn write_row(url: &str) {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::raw_sql("create table if not exists kept (n int); insert into kept values (1)")
        .execute(&mut connection)
        .await
        .unwrap();
}

async fn rows(url: &str) -> i64 {
    let mut connection = PgConnection::connect(url).await.unwrap();
    sqlx::query_scalar("select count(*) from kept").fetch_one(&mut connection).await.unwrap()
}

#[tokio::test]
async fn it_starts_stops_and_keeps_what_was_written() {
    let folder = folder();
    let server = Embedded::start(options(folder.path())).await.unwrap();
    write_row(&server.urls().owner).await;
    let pid = server_pid(folder.path());
    server.stop().await;
    assert!(kill(pid, None).is_err(), "the server process is gone");

    let server = Embedded::start(options(folder.path())).await.unwrap();
    assert_eq!(rows(&server.urls().owner).await, 1);
    server.stop().await;
}

#[tokio::test]
async fn a_second_start_is_told_so() {
    let folder = folder();
    let server = Embedded::start(options(folder.path())).await.unwrap();
    let error = Embedded::start(options(folder.path())).await.err().unwrap();
    let running = error.downcast_ref::<AlreadyRunning>().unwrap();
    assert_eq!(running.pid, std::process::id().to_string());
    assert!(error.to_string().contains("BISEDA_DATA_DIR"), "{error}");

    let urls = Embedded::of_running(&options(folder.path()).data_dir).unwrap();
    assert!(PgConnection::connect(&urls.app).await.is_ok(), "a command may join the server that runs");
    server.stop().await;
    assert!(Embedded::of_running(&options(folder.path()).data_dir).is_none());
}

#[tokio::test]
async fn a_killed_server_is_started_again_on_the_same_port() {
    let folder = folder();
    // Durable: without waiting for the disk the last commits may be lost with the process.
    let server = Embedded::start(Options::new(folder.path().join("data"))).await.unwrap();
    let url = server.urls().owner.clone();
    let pool = PgPool::connect(&url).await.unwrap();
    write_row(&url).await;
    kill(server_pid(folder.path()), Signal::SIGKILL).unwrap();
    let mut found = None;
    for _ in 0..200 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if let Ok(count) = sqlx::query_scalar::<_, i64>("select count(*) from kept").fetch_one(&pool).await {
            found = Some(count);
            break;
        }
    }
    assert_eq!(found, Some(1), "the same pool works again");
    server.stop().await;
}

#[tokio::test]
async fn what_a_killed_program_left_running_is_taken_over() {
    let folder = folder();
    let options_of_it = options(folder.path());
    // A program that is killed leaves its server without anybody who watches it, and the lock free.
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let server = Embedded::start(options_of_it).await.unwrap();
            write_row(&server.urls().owner).await;
            std::mem::forget(server);
        });
        runtime.shutdown_background();
    })
    .join()
    .unwrap();
    std::fs::remove_file(folder.path().join("data/biseda.lock")).unwrap();
    let orphan = server_pid(folder.path());
    assert!(kill(orphan, None).is_ok());

    let server = Embedded::start(options(folder.path())).await.unwrap();
    assert_eq!(rows(&server.urls().owner).await, 1);
    assert_ne!(server_pid(folder.path()), orphan);
    server.stop().await;
}

#[tokio::test]
async fn a_pid_file_that_names_another_process_does_no_harm() {
    let folder = folder();
    let server = Embedded::start(options(folder.path())).await.unwrap();
    write_row(&server.urls().owner).await;
    let file = folder.path().join("data/postgres/postmaster.pid");
    let content = std::fs::read_to_string(&file).unwrap();
    server.stop().await;
    let (_, rest) = content.split_once('\n').unwrap();
    std::fs::write(&file, format!("{}\n{rest}", std::process::id())).unwrap();

    let server = Embedded::start(options(folder.path())).await.unwrap();
    assert_eq!(rows(&server.urls().owner).await, 1);
    server.stop().await;
}

#[tokio::test]
async fn a_start_that_was_cut_off_leaves_nothing_in_the_way() {
    let folder = folder();
    let draft = folder.path().join("data/postgres.new");
    std::fs::create_dir_all(draft.join("base")).unwrap();
    std::fs::write(draft.join("PG_VERSION"), "18").unwrap();
    let server = Embedded::start(options(folder.path())).await.unwrap();
    write_row(&server.urls().owner).await;
    server.stop().await;
}

#[tokio::test]
async fn migrations_run_once_and_again() {
    let folder = folder();
    let server = Embedded::start(options(folder.path())).await.unwrap();
    let url = server.urls().owner.clone();
    let pool = PgPool::connect(&url).await.unwrap();
    assert_eq!(migrate::pending(&pool).await.unwrap(), migrate::MIGRATIONS.iter().count() + 1, "ours and the queue's");
    // Two programs that are started on it at once.
    let (one, two) = tokio::join!(migrate::run(&url), migrate::run(&url));
    one.unwrap();
    two.unwrap();
    migrate::run(&url).await.unwrap();
    assert_eq!(migrate::pending(&pool).await.unwrap(), 0);
    let app = PgPool::connect(&server.urls().app).await.unwrap();
    assert!(!db::Role::of(&app).await.unwrap().could_bypass());
    server.stop().await;
}
