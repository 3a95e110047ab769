//! The shared test server and the databases in it.

use std::{
    fs::{self, File},
    path::PathBuf,
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use chrono::TimeDelta;
use nix::fcntl::{Flock, FlockArg};
use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::OnceCell;

use crate::{
    Clock, Db, SystemClock,
    cx::new_id,
    embedded::{Embedded, Options},
    migrate::{self, APP_ROLE},
};

static URL: OnceCell<String> = OnceCell::const_new();

/// The test database, on connections of this test's own.
///
/// # Panics
/// When there is no Postgres to be had.
pub async fn database() -> Db {
    database_with_clock(Arc::new(SystemClock)).await
}

/// The test database, with a clock that the test moves.
///
/// # Panics
/// When there is no Postgres to be had.
#[expect(clippy::expect_used, reason = "a test without a database has failed")]
pub async fn database_with_clock(clock: Arc<dyn Clock>) -> Db {
    open(&owner_url().await, clock).expect("the address of the test database")
}

/// The address of the test database as its owner, for tests of the catalog and of outages.
///
/// # Panics
/// When there is no Postgres to be had.
#[expect(clippy::expect_used, reason = "a test without a database has failed")]
pub async fn owner_url() -> String {
    URL.get_or_try_init(prepare).await.expect("a test database").clone()
}

/// A migrated database of this test's own, for tests that run workers: those would take every test's jobs.
///
/// # Panics
/// When there is no Postgres to be had.
#[expect(clippy::expect_used, reason = "a test without a database has failed")]
pub async fn own_database(clock: Arc<dyn Clock>) -> Db {
    let url = copy(&owner_url().await).await.expect("a database of its own");
    open(&url, clock).expect("the address of the test database")
}

/// The same database over one connection: whoever holds it and waits for another waits in vain.
pub fn on_one_connection(db: &Db) -> Db {
    let options = db.system().pool().connect_options();
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(5));
    Db { pool: pool.connect_lazy_with(options.as_ref().clone()), ..db.clone() }
}

/// As the program's role, whoever the address names.
fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Db, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(20))
        .connect_lazy_with(PgConnectOptions::from_str(url)?.options([("role", APP_ROLE)]));
    Ok(Db::new(pool, clock))
}

/// Copies the migrated database as it was before any test, and removes the copies of yesterday.
async fn copy(shared: &str) -> anyhow::Result<String> {
    let now = SystemClock.now();
    let mut connection = PgConnection::connect(shared).await?;
    let old: Vec<String> = sqlx::query_scalar(
        "select datname::text from pg_database where datname like 'biseda_own_%' and datname < $1 collate \"C\"",
    )
    .bind(format!("biseda_own_{}", (now - TimeDelta::hours(12)).timestamp_millis()))
    .fetch_all(&mut connection)
    .await?;
    for name in old {
        sqlx::raw_sql(&format!("drop database if exists {name} with (force)")).execute(&mut connection).await.ok();
    }
    let name = format!("biseda_own_{}_{}", now.timestamp_millis(), new_id(now).simple());
    let template = template(&shared_name());
    sqlx::raw_sql(&format!("create database {name} template {template}")).execute(&mut connection).await?;
    at(shared, &name)
}

async fn prepare() -> anyhow::Result<String> {
    // Tests run in the folder of their crate. Found at run time: the build may be another clone's.
    let crate_folder = std::env::current_dir()?;
    let root = crate_folder.ancestors().find(|folder| folder.join("Cargo.lock").exists()).context("no Cargo.lock")?;
    let folder = root.join("target/test-postgres");
    fs::create_dir_all(&folder)?;
    let file = File::create(folder.join("tests.lock"))?;
    // One test process at a time prepares; the others wait here.
    let lock = tokio::task::spawn_blocking(|| Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| error));
    let _lock = lock.await??;
    let server = match std::env::var("TEST_DATABASE_URL") {
        Ok(url) => url,
        Err(_) => shared_server(folder).await?,
    };
    migrated(&server).await
}

async fn shared_server(folder: PathBuf) -> anyhow::Result<String> {
    if let Some(urls) = Embedded::of_running(&folder)
        && PgConnection::connect(&urls.owner).await.is_ok()
    {
        return Ok(urls.owner);
    }
    let embedded = Embedded::start(Options { data_dir: folder, durable: false }).await?;
    Ok(embedded.leave_running().owner)
}

/// A database whose name tells its migrations, made on first use, with a copy beside it that nobody connects to.
async fn migrated(server: &str) -> anyhow::Result<String> {
    let name = shared_name();
    let mut connection = PgConnection::connect(server).await.context("cannot reach the test server")?;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut connection)
        .await?;
    if !exists {
        let template = template(&name);
        for statement in
            [format!("drop database if exists {template} with (force)"), format!("create database {template}")]
        {
            sqlx::raw_sql(&statement).execute(&mut connection).await?;
        }
        migrate::run(&at(server, &template)?).await?;
        for statement in [
            format!("alter database {template} with allow_connections false"),
            format!("create database {name} template {template}"),
        ] {
            sqlx::raw_sql(&statement).execute(&mut connection).await?;
        }
    }
    connection.close().await?;
    at(server, &name)
}

fn at(server: &str, database: &str) -> anyhow::Result<String> {
    let options = PgConnectOptions::from_str(server)?.database(database);
    Ok(sqlx::ConnectOptions::to_url_lossy(&options).into())
}

fn shared_name() -> String {
    format!("biseda_test_{}", fingerprint())
}

/// The database that those of tests are copied from.
fn template(shared: &str) -> String {
    format!("{shared}_template")
}

fn fingerprint() -> String {
    let checksums = migrate::MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter());
    let queue = awa::migrations::CURRENT_VERSION.to_le_bytes();
    let of_queue = migrate::QUEUE_MEND.bytes().chain(migrate::QUEUE_GRANTS.bytes());
    let bytes = checksums.chain(&queue).copied().chain(of_queue);
    // FNV-1a, 64 bits: names a database, guards nothing.
    let hash =
        bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}
