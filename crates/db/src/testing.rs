//! What integration tests need: a migrated database, organizations in it, and a clock that can be moved.
//!
//! One Postgres serves all tests of a checkout. Whichever test process comes first starts it under
//! `target/test-postgres` and leaves it running; `BISEDA_TEST_DATABASE_URL` (a superuser's) names another. All tests
//! share one migrated database, each works in organizations of its own, and all connect as the program's role.

use std::{
    fs::{self, File},
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Utc};
use nix::fcntl::{Flock, FlockArg};
use sqlx::{
    Connection, PgConnection,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::sync::OnceCell;
use types::{
    id::{MemberId, OrganizationId, UserId},
    member::Role,
    permission::Permissions,
};

use crate::{
    Actor, Clock, Db, SystemClock,
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

/// As the program's role, whoever the address names.
fn open(url: &str, clock: Arc<dyn Clock>) -> Result<Db, sqlx::Error> {
    let pool = PgPoolOptions::new()
        .max_connections(8)
        .acquire_timeout(Duration::from_secs(20))
        .connect_lazy_with(PgConnectOptions::from_str(url)?.options([("role", APP_ROLE)]));
    Ok(Db::new(pool, clock))
}

/// Migrates a new database, and removes those of tests of yesterday.
async fn copy(server: &str) -> anyhow::Result<String> {
    let now = SystemClock.now();
    let mut connection = PgConnection::connect(server).await?;
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
    sqlx::raw_sql(&format!("create database {name}")).execute(&mut connection).await?;
    let url = at(server, &name)?;
    migrate::run(&url).await?;
    Ok(url)
}

async fn prepare() -> anyhow::Result<String> {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-postgres"));
    fs::create_dir_all(&folder)?;
    let file = File::create(folder.join("tests.lock"))?;
    // One test process at a time prepares; the others wait here.
    let lock = tokio::task::spawn_blocking(|| Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, error)| error));
    let _lock = lock.await??;
    let server = match std::env::var("BISEDA_TEST_DATABASE_URL") {
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

/// A database whose name tells its migrations, made on first use.
async fn migrated(server: &str) -> anyhow::Result<String> {
    let name = format!("biseda_test_{}", fingerprint());
    let mut connection = PgConnection::connect(server).await.context("cannot reach the test server")?;
    let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
        .bind(&name)
        .fetch_one(&mut connection)
        .await?;
    if !exists {
        let draft = format!("{name}_draft");
        sqlx::raw_sql(&format!("drop database if exists {draft} with (force)")).execute(&mut connection).await?;
        sqlx::raw_sql(&format!("create database {draft}")).execute(&mut connection).await?;
        migrate::run(&at(server, &draft)?).await?;
        sqlx::raw_sql(&format!("alter database {draft} rename to {name}")).execute(&mut connection).await?;
    }
    connection.close().await?;
    at(server, &name)
}

fn at(server: &str, database: &str) -> anyhow::Result<String> {
    let options = PgConnectOptions::from_str(server)?.database(database);
    Ok(sqlx::ConnectOptions::to_url_lossy(&options).into())
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

/// An organization of a test.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Its id.
    pub id: OrganizationId,
    /// Its owner, who may do everything.
    pub owner: Actor,
}

/// Makes an organization with an owner.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::expect_used, reason = "a test without its organization has failed")]
pub async fn organization(db: &Db) -> Organization {
    insert_organization(db).await.expect("an organization")
}

async fn insert_organization(db: &Db) -> Result<Organization, sqlx::Error> {
    let id = OrganizationId(db.new_id());
    let user_id = UserId(db.new_id());
    let mut cx = db.begin(id, Actor::System).await?;
    let now = cx.now();
    sqlx::query!(
        "with organization as (
           insert into organizations (id, name, slug, created_at, updated_at) values ($1, 'Test', $2, $3, $3) returning *
         )
         insert into organization_index (organization_id, name, slug, status, created_at)
         select id, name, slug, status, created_at from organization",
        id.0,
        format!("test-{}", id.0.simple()),
        now
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!(
        "insert into users (id, email, name, password_hash, email_verified_at) values ($1, $2, 'Olta Owner', '', $3)",
        user_id.0,
        format!("{}@example.com", user_id.0.simple()),
        now
    )
    .execute(cx.conn())
    .await?;
    let owner = insert_member(&mut cx, user_id, Role::Owner).await?;
    cx.commit().await?;
    Ok(Organization { id, owner })
}

/// Adds a person to an organization.
///
/// # Panics
/// When the database refuses.
#[expect(clippy::expect_used, reason = "a test without its member has failed")]
pub async fn member(db: &Db, organization: &Organization, name: &str, role: Role) -> Actor {
    insert_person(db, organization, name, role).await.expect("a member")
}

async fn insert_person(db: &Db, organization: &Organization, name: &str, role: Role) -> Result<Actor, sqlx::Error> {
    let user_id = UserId(db.new_id());
    let mut cx = db.begin(organization.id, Actor::System).await?;
    sqlx::query!(
        "insert into users (id, email, name, password_hash) values ($1, $2, $3, '')",
        user_id.0,
        format!("{}@example.com", user_id.0.simple()),
        name
    )
    .execute(cx.conn())
    .await?;
    let member = insert_member(&mut cx, user_id, role).await?;
    cx.commit().await?;
    Ok(match member {
        Actor::Member { id, user_id, role, permissions, .. } => {
            Actor::Member { id, user_id, name: name.into(), role, permissions, impersonator: None }
        }
        other => other,
    })
}

async fn insert_member(cx: &mut crate::Cx, user_id: UserId, role: Role) -> Result<Actor, sqlx::Error> {
    let organization = cx.organization().0;
    let id = MemberId(cx.new_id());
    sqlx::query!(
        "insert into members (organization_id, id, user_id, role) values ($1, $2, $3, $4)",
        organization,
        id.0,
        user_id.0,
        role.as_str()
    )
    .execute(cx.conn())
    .await?;
    sqlx::query!("insert into user_organizations (user_id, organization_id) values ($1, $2)", user_id.0, organization)
        .execute(cx.conn())
        .await?;
    let permissions = Permissions::of_role(role);
    Ok(Actor::Member { id, user_id, name: "Olta Owner".into(), role, permissions, impersonator: None })
}

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// Shows the given time.
    pub fn at(time: DateTime<Utc>) -> Self {
        Self(Mutex::new(time))
    }

    /// Moves it on.
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
