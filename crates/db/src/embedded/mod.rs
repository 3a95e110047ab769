//! The Postgres that the program brings along, for machines where `DATABASE_URL` is not set.
//!
//! Everything is below one data folder: `postgres/` (the cluster, with its passwords in `biseda.json`),
//! `postgres.log`, and `biseda.lock`, which the program holds while it runs.

mod binaries;
mod cluster;
mod launch;
mod leftovers;
mod lock;
mod server;
mod settings;
mod user;

use std::path::{Path, PathBuf};

use anyhow::Context;

pub use binaries::{Installation, cache_dir};
use cluster::Cluster;
use lock::Lock;
use server::Server;
use user::ServerUser;

/// How to run the embedded server.
#[derive(Debug, Clone)]
pub struct Options {
    /// Folder that holds the cluster, its log and the lock.
    pub data_dir: PathBuf,
    /// Whether commits wait for the disk. Only tests switch it off.
    pub durable: bool,
}

impl Options {
    /// The options of an installation.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self { data_dir: data_dir.into(), durable: true }
    }
}

/// Where the database answers.
#[derive(Debug, Clone)]
pub struct Urls {
    /// As the owner of the schema, for migrations.
    pub owner: String,
    /// As the program's role, which owns nothing and cannot bypass row-level security.
    pub app: String,
}

/// Another program holds the data folder.
#[derive(Debug, thiserror::Error)]
#[error(
    "another biseda (process {pid}) runs on the data folder {}; stop it first, or choose another folder with BISEDA_DATA_DIR",
    .data_dir.display()
)]
pub struct AlreadyRunning {
    /// The process that holds it.
    pub pid: String,
    /// The folder.
    pub data_dir: PathBuf,
}

/// The running server. It is watched, and started again when it dies, until [`Embedded::stop`].
pub struct Embedded {
    server: Server,
    urls: Urls,
    _lock: Lock,
}

impl Embedded {
    /// Takes the data folder, makes the cluster on first use, and starts the server. What an earlier program left
    /// running there is stopped first.
    ///
    /// # Errors
    /// [`AlreadyRunning`] when another program holds the folder; else words that say what to do.
    pub async fn start(options: Options) -> anyhow::Result<Self> {
        std::fs::create_dir_all(&options.data_dir)
            .with_context(|| format!("cannot make the data folder {}", options.data_dir.display()))?;
        let data_dir = options.data_dir.canonicalize()?;
        let lock = Lock::take(&data_dir)?;
        let installation = binaries::find_or_install().await?;
        let user = ServerUser::choose()?;
        let cluster = Cluster::open_or_create(&data_dir, &installation, user, options.durable).await?;
        leftovers::stop(cluster.path()).await?;
        let server =
            Server::start(&installation, &cluster, user, &data_dir.join("postgres.log"), options.durable).await?;
        let urls = cluster.urls(server.port());
        cluster.prepare(server.port()).await.context("cannot prepare the embedded database")?;
        tracing::info!(folder = %cluster.path().display(), port = server.port(), "embedded Postgres is up");
        Ok(Self { server, urls, _lock: lock })
    }

    /// The addresses of the server that another program runs on this folder, if one does.
    pub fn of_running(data_dir: &Path) -> Option<Urls> {
        let path = cluster::location(data_dir);
        let port = leftovers::running_port(&path)?;
        Some(Cluster::open(path).ok()?.urls(port))
    }

    /// Stops a server that was left running on this folder by a start that was given up.
    ///
    /// # Errors
    /// When it does not stop.
    pub async fn stop_left(data_dir: &Path) -> anyhow::Result<()> {
        leftovers::stop(&cluster::location(data_dir)).await
    }

    /// Where it answers.
    pub fn urls(&self) -> &Urls {
        &self.urls
    }

    /// Stops the server: connections are ended, everything is on disk.
    pub async fn stop(self) {
        self.server.stop().await;
    }

    /// Leaves the server running without anybody who watches it.
    #[cfg(feature = "testing")]
    pub(crate) fn leave_running(self) -> Urls {
        self.server.leave_running();
        self.urls
    }
}
