//! The schema: the migrations of this program and of its job queue, and the role that the program works as.

#[cfg(test)]
mod guard;

use std::{borrow::Cow, str::FromStr, sync::LazyLock};

use anyhow::{Context, bail};
use serde::{Deserialize, Serialize};
use sqlx::{
    ConnectOptions, Connection, PgConnection, PgPool,
    migrate::Migrator,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// The role that the program works as.
pub const APP_ROLE: &str = "biseda_app";

/// The queue empties its partitions with TRUNCATE and makes a sequence for each new lane; otherwise it reads and writes
/// rows.
pub const QUEUE_GRANTS: &str = "
    grant usage, create on schema awa to biseda_app;
    grant select, insert, update, delete, truncate on all tables in schema awa to biseda_app;
    grant usage, select, update on all sequences in schema awa to biseda_app;
    grant execute on all functions in schema awa to biseda_app;";

/// Mends a lane of the queue (awa 0.6.9) that would stand still for ever. Its cursor may stand before a gap, which an
/// enqueueing that was rolled back or a crash of the server leaves in the numbers. When a worker is killed right after it
/// has taken the first job behind the gap, before it moves the cursor, the function that should move it past jobs that
/// are taken looks for them at the cursor, finds none, and takes nothing more. They begin at the first job that there is.
pub(crate) const QUEUE_MEND: &str = "
    do $$
    declare
      code text := pg_get_functiondef('awa.claim_ready_runtime(text,bigint,double precision,double precision)'::regprocedure);
    begin
      execute replace(code, 'WHERE prefix_group = v_lane_claim_seq - 1', 'WHERE prefix_group = v_head_lane_seq - 1');
    end $$;";

/// One migrates a database at a time: two programs may be started on it at once. Who needs the schema to stay as it is
/// shares the lock.
const LOCK: i64 = 0x6269_7365_6462;

/// Begins the name of a migration that takes something away, before the newest migration of the oldest programs that can
/// do without: `0031_contract_after_0028_old_column.sql`. All others only add (docs/operations.md).
const CONTRACT: &str = "contract after ";

/// The migrations that are built in. Those of newer programs are left as they are.
pub static MIGRATIONS: LazyLock<Migrator> = LazyLock::new(|| {
    let mut migrations = sqlx::migrate!("../../migrations");
    migrations.set_ignore_missing(true);
    migrations
});

/// Brings the database to the state that this program needs, as the owner of the schema. Runs only what is missing.
///
/// # Errors
/// When the role may not change the schema, an extension is missing, or an earlier migration was changed since.
pub async fn run(owner_url: &str) -> anyhow::Result<()> {
    run_with(owner_url, &MIGRATIONS).await
}

/// Brings a new database to an earlier state of the schema: to its first so many migrations.
///
/// # Errors
/// As [`run`]; also when the database is past that state.
pub async fn run_first(owner_url: &str, count: usize) -> anyhow::Result<()> {
    let migrations = MIGRATIONS.iter().take(count).cloned().collect();
    let migrator = Migrator { migrations: Cow::Owned(migrations), ignore_missing: false, locking: true, no_tx: false };
    run_with(owner_url, &migrator).await
}

async fn run_with(owner_url: &str, migrations: &Migrator) -> anyhow::Result<()> {
    // A migration takes as long as it takes; its whole text in the log would help nobody.
    let options = PgConnectOptions::from_str(owner_url)
        .context("the database's address cannot be read")?
        .disable_statement_logging();
    let mut lock = PgConnection::connect_with(&options).await.context("cannot reach the database")?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut lock).await?;
    let pool = PgPoolOptions::new().max_connections(2).connect_with(options).await?;
    ensure_role(&pool).await?;
    // The queue first: when a start is cut off, what is missing of ours says that this is to be done again.
    awa::migrations::run(&pool).await.context("a migration of the job queue failed")?;
    // Jobs may be enqueued before the first worker has run: choose the queue's storage now, not when that starts.
    sqlx::query("select awa.storage_auto_finalize_if_fresh('awa')").execute(&pool).await?;
    sqlx::raw_sql(QUEUE_MEND).execute(&pool).await.context("cannot mend the job queue")?;
    grant_queue(&pool).await.context("cannot give the job queue to the program's role")?;
    migrations.run(&pool).await.context("a migration failed")?;
    pool.close().await;
    lock.close().await.ok();
    Ok(())
}

/// How many migrations the database has not seen: ours, and one for all of the job queue's.
///
/// # Errors
/// When the database cannot be asked, or its queue is of a newer version than this program knows.
pub async fn pending(pool: &PgPool) -> anyhow::Result<usize> {
    let queue = usize::from(awa::migrations::current_version(pool).await? < awa::migrations::CURRENT_VERSION);
    let known: bool =
        sqlx::query_scalar("select to_regclass('public._sqlx_migrations') is not null").fetch_one(pool).await?;
    if !known {
        return Ok(queue + MIGRATIONS.iter().count());
    }
    let applied: Vec<i64> =
        sqlx::query_scalar("select version from _sqlx_migrations where success").fetch_all(pool).await?;
    Ok(queue + MIGRATIONS.iter().filter(|migration| !applied.contains(&migration.version)).count())
}

/// Whether the role may bring the schema up to date: it owns what is there, or may make what is not.
///
/// # Errors
/// When the database cannot be asked.
pub async fn may_run(pool: &PgPool) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(
        "select coalesce(
           (select pg_has_role(relowner, 'USAGE') from pg_class where oid = to_regclass('public._sqlx_migrations')),
           has_database_privilege(current_database(), 'CREATE') and has_schema_privilege('public', 'CREATE'))",
    )
    .fetch_one(pool)
    .await
}

/// Makes sure that a database that may have been brought further by a newer program is still one for this program.
///
/// # Errors
/// When something was taken away that this program needs.
pub async fn check_not_too_new(pool: &PgPool) -> anyhow::Result<()> {
    let newest = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    let later: Vec<(i64, String)> =
        sqlx::query_as("select version, description from _sqlx_migrations where version > $1 order by version")
            .bind(newest)
            .fetch_all(pool)
            .await
            .context("cannot ask for the state of the schema")?;
    for (version, name) in later {
        if needs(&name).is_some_and(|oldest| oldest > newest) {
            bail!(
                "the database is too new for this program, which knows its migrations up to {newest}: migration \
                 {version} ({name}) took away what this program needs; start a newer one"
            );
        }
    }
    Ok(())
}

/// The newest migration that a program must know to work after a migration of this name; `None` when that only adds.
fn needs(name: &str) -> Option<i64> {
    name.strip_prefix(CONTRACT)?.split(' ').next()?.parse().ok()
}

/// The program's role, and the owner's right to become it (`SET ROLE`), which a `DATABASE_URL` of the owner needs.
async fn ensure_role(pool: &PgPool) -> anyhow::Result<()> {
    if !role_exists(pool).await? {
        let created =
            sqlx::raw_sql(&format!("create role {APP_ROLE} nologin nosuperuser nobypassrls")).execute(pool).await;
        // Roles are the server's: another database of it may be migrated at this moment.
        if let Err(error) = created
            && !role_exists(pool).await?
        {
            return Err(error).context(format!(
                "the role {APP_ROLE} does not exist and this role may not create it; create it as an administrator"
            ));
        }
    }
    let member: bool =
        sqlx::query_scalar("select pg_has_role(current_user, $1, 'SET')").bind(APP_ROLE).fetch_one(pool).await?;
    if !member {
        // Without it the program needs a DATABASE_URL of its own role; start-up says so.
        sqlx::raw_sql(&format!("grant {APP_ROLE} to current_user")).execute(pool).await.ok();
    }
    Ok(())
}

async fn role_exists(pool: &PgPool) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select exists (select from pg_roles where rolname = $1)").bind(APP_ROLE).fetch_one(pool).await
}

/// Keeps the schema as it is until the connection ends, and says which migrations it has seen. Waits for one that runs.
///
/// # Errors
/// When the database has not seen all migrations of this program, or others.
pub async fn hold(connection: &mut PgConnection) -> anyhow::Result<Vec<Step>> {
    sqlx::query("select pg_advisory_lock_shared($1)").bind(LOCK).execute(&mut *connection).await?;
    let seen: Vec<Step> =
        sqlx::query_as::<_, (i64, Vec<u8>)>("select version, checksum from _sqlx_migrations where success order by 1")
            .fetch_all(connection)
            .await?
            .into_iter()
            .map(Into::into)
            .collect();
    if seen != known() {
        bail!("the schema of the database is not the one of this program; use the program that works on it");
    }
    Ok(seen)
}

/// The migrations that are built in, in order.
pub fn known() -> Vec<Step> {
    MIGRATIONS.iter().map(|step| (step.version, step.checksum.to_vec()).into()).collect()
}

/// A migration: its number, and the digest of its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its number.
    pub version: i64,
    /// In hexadecimal.
    pub checksum: String,
}

impl From<(i64, Vec<u8>)> for Step {
    fn from((version, checksum): (i64, Vec<u8>)) -> Self {
        Self { version, checksum: hex::encode(checksum) }
    }
}

async fn grant_queue(pool: &PgPool) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(QUEUE_GRANTS).execute(pool).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_contraction_says_what_it_needs() {
        assert_eq!(needs("contract after 0028 old column"), Some(28));
        assert_eq!(needs("contract notes"), None);
        assert_eq!(needs("key lookups"), None);
    }
}
