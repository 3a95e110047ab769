//! The way to the database: the operator's own, or the embedded one.

use std::{str::FromStr, sync::Arc, time::Duration};

use anyhow::{Context, bail};
use db::{
    DatabaseClock, Db, Role,
    embedded::{AlreadyRunning, Embedded, Options, Urls},
    migrate::{self, APP_ROLE},
    sqlx::{
        Connection, PgPool,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use domain::jobs;
use secrecy::ExposeSecret;

use crate::config::Config;

/// How long a request waits for a connection before it is told to try again: those that come while the database is
/// away must not pile up.
const PATIENCE: Duration = Duration::from_secs(5);

/// A connection that has rested for longer is asked whether it still is one before it is used.
const FRESH: Duration = Duration::from_secs(1);

/// When the database gives up a session of ours, so that what it holds (rows, the publisher's turn, the lead of the
/// workers) does not wait for a process that stands still or a machine that is gone: one that rests within a transaction,
/// which none of ours does, and one whose machine does not answer. In milliseconds and seconds.
const ENDS_OF_SILENCE: [(&str, &str); 5] = [
    ("idle_in_transaction_session_timeout", "10000"),
    ("tcp_keepalives_idle", "10"),
    ("tcp_keepalives_interval", "5"),
    ("tcp_keepalives_count", "2"),
    ("tcp_user_timeout", "20000"),
];

/// A database that is up, migrated, and reached as a role that cannot bypass row-level security.
pub struct Database {
    pub db: Db,
    embedded: Option<Embedded>,
}

/// Who opens it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A program that stays: it must be the only one on an embedded database. Workers have connections of their own.
    Serve { workers: bool },
    /// A command, which may join the program that runs.
    Command,
    /// A command that only reads: the schema stays as it is.
    Read,
}

impl Purpose {
    /// Connections that requests and the bodies of jobs share: what the workers' queue needs is taken off.
    fn connections(self, config: &Config) -> u32 {
        let queue = if self == (Self::Serve { workers: true }) { jobs::CONNECTIONS } else { 0 };
        config.database_max_connections - queue
    }
}

impl Database {
    /// Opens it; the embedded one is started and migrated first, the operator's own is migrated when the role may.
    ///
    /// # Errors
    /// Words that say what is missing.
    pub async fn open(config: &Config, purpose: Purpose) -> anyhow::Result<Self> {
        let (embedded, urls) = reach(config, purpose).await?;
        let (connections, clock) = (purpose.connections(config), Arc::<DatabaseClock>::default());
        let pool = connect(&urls.app, connections, &clock).await?;
        if purpose != Purpose::Read && is_behind(&pool).await? {
            migrate_as(&urls).await?;
        }
        migrate::check_not_too_new(&pool).await?;
        let pool = match Role::of(&pool).await?.could_bypass() {
            false => pool,
            true => {
                pool.close().await;
                as_app_role(&urls.app, connections, &clock).await?
            }
        };
        Ok(Self { db: Db::new(pool, clock), embedded })
    }

    /// Brings the schema up to date and nothing else.
    ///
    /// # Errors
    /// As [`Database::open`].
    pub async fn migrate(config: &Config) -> anyhow::Result<()> {
        Self::as_owner(config, Purpose::Command, async |urls| migrate_as(urls).await).await
    }

    /// Does something as the owner of a database that may be new; the embedded one runs meanwhile.
    ///
    /// # Errors
    /// When the embedded database does not start; else what the work says.
    pub async fn as_owner(
        config: &Config,
        purpose: Purpose,
        work: impl AsyncFnOnce(&Urls) -> anyhow::Result<()>,
    ) -> anyhow::Result<()> {
        let (embedded, urls) = reach(config, purpose).await?;
        let result = work(&urls).await;
        if let Some(embedded) = embedded {
            embedded.stop().await;
        }
        result
    }

    /// Stops what an opening started that was dropped half-way.
    ///
    /// # Errors
    /// When the embedded database does not stop.
    pub async fn abandon(config: &Config) -> anyhow::Result<()> {
        match config.database_url {
            Some(_) => Ok(()),
            None => Embedded::stop_left(&config.data_dir).await,
        }
    }

    /// Closes the connections and stops what was started.
    pub async fn close(self) {
        let system = self.db.system();
        if tokio::time::timeout(Duration::from_secs(5), system.pool().close()).await.is_err() {
            tracing::warn!("some database connections were still in use");
        }
        if let Some(embedded) = self.embedded {
            embedded.stop().await;
        }
    }
}

/// Where the database is: the operator's own, or the embedded one, which is started.
async fn reach(config: &Config, purpose: Purpose) -> anyhow::Result<(Option<Embedded>, Urls)> {
    match &config.database_url {
        Some(url) => Ok((None, own_urls(config, url.expose_secret()))),
        None => embedded(config, purpose).await,
    }
}

fn own_urls(config: &Config, url: &str) -> Urls {
    let owner = config.migration_database_url.as_ref().map_or(url, |url| url.expose_secret());
    Urls { owner: owner.to_owned(), app: url.to_owned() }
}

async fn embedded(config: &Config, purpose: Purpose) -> anyhow::Result<(Option<Embedded>, Urls)> {
    match Embedded::start(Options::new(&config.data_dir)).await {
        Ok(embedded) => {
            let urls = embedded.urls().clone();
            Ok((Some(embedded), urls))
        }
        Err(error) if !matches!(purpose, Purpose::Serve { .. }) && error.is::<AlreadyRunning>() => {
            let urls = Embedded::of_running(&config.data_dir).context("another biseda is just starting; try again")?;
            Ok((None, urls))
        }
        Err(error) => Err(error),
    }
}

async fn connect(url: &str, max_connections: u32, clock: &Arc<DatabaseClock>) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(url).context("the database's address cannot be read")?;
    pool(options, max_connections, clock).await
}

/// As the program's role, by whoever may become it. A setting of the session, so that `RESET ROLE` leads back to it.
async fn as_app_role(url: &str, max_connections: u32, clock: &Arc<DatabaseClock>) -> anyhow::Result<PgPool> {
    let options = PgConnectOptions::from_str(url)?.options([("role", APP_ROLE)]);
    let pool = pool(options, max_connections, clock).await.with_context(|| {
        format!("the role of DATABASE_URL could bypass row-level security, and cannot become {APP_ROLE} instead")
    })?;
    let role = Role::of(&pool).await?;
    if role.could_bypass() {
        bail!("the role {} could bypass row-level security; biseda does not serve with it", role.name);
    }
    tracing::info!("DATABASE_URL names a role that could bypass row-level security; working as {} instead", role.name);
    Ok(pool)
}

/// Connections on which the clock is kept right.
async fn pool(options: PgConnectOptions, max_connections: u32, clock: &Arc<DatabaseClock>) -> anyhow::Result<PgPool> {
    let options = options.options(ENDS_OF_SILENCE);
    let (at_first, again) = (clock.clone(), clock.clone());
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(Duration::from_secs(300))
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let clock = at_first.clone();
            Box::pin(async move { clock.follow(connection).await })
        })
        .before_acquire(move |connection, state| {
            let clock = again.clone();
            Box::pin(async move {
                if state.idle_for > FRESH {
                    connection.ping().await?;
                }
                clock.follow(connection).await?;
                Ok(true)
            })
        })
        .connect_with(options.application_name("biseda"))
        .await
        .context("cannot reach the database")
}

async fn is_behind(pool: &PgPool) -> anyhow::Result<bool> {
    Ok(migrate::pending(pool).await.context("cannot ask for the state of the schema")? > 0)
}

async fn migrate_as(urls: &Urls) -> anyhow::Result<()> {
    tracing::info!("bringing the database up to date");
    migrate::run(&urls.owner).await.context(
        "the schema is not up to date and cannot be changed; run `biseda migrate` with \
         BISEDA_MIGRATION_DATABASE_URL naming the owner of the schema",
    )
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use db::sqlx;

    use super::*;

    #[test]
    fn only_workers_take_connections_for_their_queue() {
        let config = Config::default();
        let [web, workers] = [false, true].map(|workers| Purpose::Serve { workers }.connections(&config));
        assert_eq!((web, workers), (24, 12));
        assert_eq!(Purpose::Command.connections(&config), 24);
    }

    #[tokio::test]
    async fn sessions_say_when_the_database_is_to_end_them() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let options = Options { data_dir: folder.path().join("data"), durable: false };
        let embedded = Embedded::start(options).await.unwrap();
        let pool = connect(&embedded.urls().app, 2, &Arc::default()).await.unwrap();
        let mut said = Vec::new();
        for (name, _) in ENDS_OF_SILENCE {
            let value: String = sqlx::query_scalar(&format!("show {name}")).fetch_one(&pool).await.unwrap();
            said.push(value);
        }
        assert_eq!(said, ["10s", "10", "5", "2", "20000"]);
        pool.close().await;
        embedded.stop().await;
    }
}
