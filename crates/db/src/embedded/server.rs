use std::{
    fs::{self, OpenOptions},
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use sqlx::{Connection, PgConnection};
use tokio::{
    process::{Child, Command},
    sync::oneshot,
    task::JoinHandle,
};

use super::{Installation, cluster::Cluster, leftovers, user::ServerUser};

/// How long a start may take: recovery after a crash reads the log of what was not yet on disk.
const START_PATIENCE: Duration = Duration::from_secs(60);
/// How long a server that ends at once is started again: children of a killed one have yet to go.
const RETRY_FOR: Duration = Duration::from_secs(10);
/// What the server answers while it starts or recovers (SQLSTATE cannot_connect_now).
const STARTING_UP: &str = "57P03";
/// The log is begun anew when it has grown past this.
const LOG_LIMIT: u64 = 10 << 20;

/// The server process and the task that watches it.
pub(super) struct Server {
    port: u16,
    end: oneshot::Sender<End>,
    watcher: JoinHandle<()>,
}

enum End {
    Stop,
    #[cfg(feature = "testing")]
    Leave,
}

/// What it takes to start the process again.
struct Launch {
    program: PathBuf,
    cluster: PathBuf,
    user: ServerUser,
    log: PathBuf,
    durable: bool,
    port: u16,
    probe_url: String,
}

impl Server {
    pub(super) async fn start(
        installation: &Installation,
        cluster: &Cluster,
        user: ServerUser,
        log: &Path,
        durable: bool,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let launch = Launch {
            program: installation.program("postgres"),
            cluster: cluster.path().to_owned(),
            user,
            log: log.to_owned(),
            durable,
            port,
            probe_url: cluster.maintenance_url(port),
        };
        let child = launch.until_ready().await?;
        let (end, ended) = oneshot::channel();
        let watcher = tokio::spawn(watch(launch, child, ended));
        Ok(Self { port, end, watcher })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) async fn stop(self) {
        self.end.send(End::Stop).ok();
        self.watcher.await.ok();
    }

    #[cfg(feature = "testing")]
    pub(super) fn leave_running(self) {
        self.end.send(End::Leave).ok();
    }
}

/// Starts the server again whenever it ends by itself, on the same port, so that the pools find it.
async fn watch(launch: Launch, mut child: Child, mut ended: oneshot::Receiver<End>) {
    loop {
        tokio::select! {
            end = &mut ended => {
                // A dropped sender is a program that ends without having stopped us.
                if matches!(end, Ok(End::Stop) | Err(_)) {
                    stop(&mut child).await;
                }
                return;
            }
            status = child.wait() => tracing::error!(?status, "embedded Postgres died; starting it again"),
        }
        child = loop {
            tokio::select! {
                _ = &mut ended => {
                    // A process that was just being started has a pid file, if it came that far.
                    if let Err(error) = leftovers::stop(&launch.cluster).await {
                        tracing::error!("{error:#}");
                    }
                    return;
                }
                started = launch.until_ready() => match started {
                    Ok(child) => break child,
                    Err(error) => {
                        tracing::error!("embedded Postgres does not start: {error:#}");
                        tokio::time::sleep(Duration::from_secs(2)).await;
                    }
                }
            }
        };
        tracing::info!("embedded Postgres is up again");
    }
}

async fn stop(child: &mut Child) {
    let Some(pid) = child.id().and_then(|id| i32::try_from(id).ok()) else { return };
    // Fast shutdown: ends connections, writes a checkpoint. Immediate, when that takes too long: recovery at the next
    // start.
    for (signal, patience) in [(Signal::SIGINT, 30), (Signal::SIGQUIT, 10)] {
        kill(Pid::from_raw(pid), signal).ok();
        if tokio::time::timeout(Duration::from_secs(patience), child.wait()).await.is_ok() {
            return;
        }
    }
    child.kill().await.ok();
}

impl Launch {
    /// Starts the process and waits until it answers; tries again while it ends at once.
    async fn until_ready(&self) -> anyhow::Result<Child> {
        let begun = Instant::now();
        loop {
            let mut child = self.spawn()?;
            let status = loop {
                match PgConnection::connect(&self.probe_url).await {
                    Ok(_) => return Ok(child),
                    Err(sqlx::Error::Database(error)) if error.code().as_deref() != Some(STARTING_UP) => {
                        stop(&mut child).await;
                        return Err(sqlx::Error::Database(error)).context("Postgres refuses its owner");
                    }
                    Err(_) => {}
                }
                if let Some(status) = child.try_wait()? {
                    break Some(status);
                }
                if begun.elapsed() > START_PATIENCE {
                    stop(&mut child).await;
                    break None;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            };
            if status.is_none() || begun.elapsed() > RETRY_FOR {
                bail!("Postgres does not start; the end of {} says:\n{}", self.log.display(), tail(&self.log));
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    fn spawn(&self) -> anyhow::Result<Child> {
        let long = fs::metadata(&self.log).is_ok_and(|data| data.len() > LOG_LIMIT);
        let log = OpenOptions::new()
            .create(true)
            .write(true)
            .append(!long)
            .truncate(long)
            .open(&self.log)
            .with_context(|| format!("cannot write {}", self.log.display()))?;
        let mut command = Command::new(&self.program);
        command.arg("-D").arg(&self.cluster).current_dir("/");
        for (name, value) in self.settings() {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.user.apply(&mut command);
        command.spawn().with_context(|| format!("cannot run {}", self.program.display()))
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let durable = if self.durable { "on" } else { "off" };
        [
            ("listen_addresses", "127.0.0.1"),
            ("port", &self.port.to_string()),
            ("unix_socket_directories", ""),
            ("max_connections", "100"),
            ("shared_buffers", &format!("{}MB", shared_buffers())),
            ("work_mem", "8MB"),
            ("maintenance_work_mem", "128MB"),
            ("effective_cache_size", "1GB"),
            ("random_page_cost", "1.1"),
            ("max_wal_size", "1GB"),
            ("fsync", durable),
            ("synchronous_commit", durable),
            ("full_page_writes", durable),
            // Compiling costs more than the short queries of the product gain.
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
        ]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
    }
}

/// Megabytes of the database's own cache: an eighth of the machine's memory, from 128 MB to 1 GB. Taken as it fills.
fn shared_buffers() -> u64 {
    let information = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let total = information.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kilobytes = total.and_then(|words| words.split_whitespace().next()?.parse::<u64>().ok());
    (kilobytes.unwrap_or_default() / 1024 / 8).clamp(128, 1024)
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn tail(log: &Path) -> String {
    let content = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let lines: Vec<_> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
