//! The Postgres beside the program, which is killed and restarted too.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use db::embedded::{Embedded, Options, Urls};
use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{
    Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};

/// As long as it may take to come back.
const PATIENCE: Duration = Duration::from_secs(60);

/// The server. It is started again by the embedded server's watcher whenever it ends.
pub struct Database {
    server: Embedded,
    cluster: PathBuf,
    /// The schema's owner, who sees all organizations.
    pub owner: PgPool,
    pub kills: AtomicUsize,
    pub restarts: AtomicUsize,
    /// From when until when it was away.
    absences: Mutex<Vec<(Instant, Instant)>>,
}

impl Database {
    pub async fn start(folder: &Path) -> anyhow::Result<Self> {
        let server = Embedded::start(Options::new(folder)).await?;
        let options = PgConnectOptions::from_str(&server.urls().owner)?.application_name("chaos");
        let owner = PgPoolOptions::new().max_connections(3).connect_lazy_with(options);
        log_in_quickly(&owner, server.urls()).await?;
        Ok(Self {
            server,
            cluster: folder.join("postgres"),
            owner,
            kills: AtomicUsize::new(0),
            restarts: AtomicUsize::new(0),
            absences: Mutex::default(),
        })
    }

    pub fn urls(&self) -> &Urls {
        self.server.urls()
    }

    /// Kills the server and waits until another one answers.
    pub async fn kill(&self) -> anyhow::Result<()> {
        self.kills.fetch_add(1, Ordering::SeqCst);
        self.away(Signal::SIGKILL).await
    }

    /// Restarts the server: connections are cut off, as by `pg_ctl restart`.
    pub async fn restart(&self) -> anyhow::Result<()> {
        self.restarts.fetch_add(1, Ordering::SeqCst);
        self.away(Signal::SIGINT).await
    }

    async fn away(&self, signal: Signal) -> anyhow::Result<()> {
        let pid = self.pid().context("the database has no process")?;
        let begun = Instant::now();
        match kill(pid, signal) {
            // It has just gone, by another fault at the same moment.
            Ok(()) | Err(Errno::ESRCH) => {}
            Err(error) => return Err(error.into()),
        }
        while self.pid() == Some(pid) && begun.elapsed() < PATIENCE {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.until_back(begun).await
    }

    /// Waits until it answers, and notes that it may have been away since a moment.
    pub async fn until_back(&self, begun: Instant) -> anyhow::Result<()> {
        while !self.answers().await {
            anyhow::ensure!(begun.elapsed() < PATIENCE, "the database did not come back");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        self.absences.lock().unwrap_or_else(PoisonError::into_inner).push((begun, Instant::now()));
        Ok(())
    }

    /// Whether the server was away at some moment between two.
    pub fn was_away(&self, began: Instant, ended: Instant) -> bool {
        let absences = self.absences.lock().unwrap_or_else(PoisonError::into_inner);
        absences.iter().any(|(from, until)| *from <= ended && began <= *until)
    }

    async fn answers(&self) -> bool {
        PgConnection::connect(&self.urls().owner).await.is_ok()
    }

    fn pid(&self) -> Option<Pid> {
        let content = fs::read_to_string(self.cluster.join("postmaster.pid")).ok()?;
        content.lines().next()?.trim().parse().ok().map(Pid::from_raw)
    }

    pub async fn stop(self) {
        self.owner.close().await;
        self.server.stop().await;
    }
}

/// Lets passwords be checked in fewer rounds than the usual 4,096: those are a millisecond or two for any other build of
/// the program, but a tenth of a second for an unoptimized one, at each new connection, in which it does nothing else.
async fn log_in_quickly(owner: &PgPool, urls: &Urls) -> anyhow::Result<()> {
    let mut connection = owner.acquire().await?;
    sqlx::raw_sql("set scram_iterations = 16").execute(&mut *connection).await?;
    for url in [&urls.owner, &urls.app] {
        let (_, rest) = url.split_once("//").context("an address of the database")?;
        let (role, rest) = rest.split_once(':').context("an address with a role")?;
        let (password, _) = rest.split_once('@').context("an address with a password")?;
        sqlx::raw_sql(&format!("alter role {role} password '{password}'")).execute(&mut *connection).await?;
    }
    sqlx::raw_sql("reset scram_iterations").execute(&mut *connection).await?;
    Ok(())
}
