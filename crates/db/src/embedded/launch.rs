use std::{
    fs::{self, OpenOptions},
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
use tokio::process::{Child, Command};

use super::{settings::settings, user::ServerUser};

/// How long a server that runs may give no answer at all.
pub(super) const START_PATIENCE: Duration = Duration::from_secs(60);
/// How often the log says that the server still recovers: after a crash it reads what was not yet on disk, for as long as
/// that takes.
const RECOVERY_NOTICE: Duration = Duration::from_secs(30);
/// How long a server that ends at once is started again: children of a killed one have yet to go.
const RETRY_FOR: Duration = Duration::from_secs(10);
/// What the server answers while it starts or recovers (SQLSTATE cannot_connect_now).
const STARTING_UP: &str = "57P03";
/// The log is begun anew when it has grown past this.
const LOG_LIMIT: u64 = 10 << 20;

/// What it takes to start the process again.
pub(super) struct Launch {
    pub program: PathBuf,
    pub cluster: PathBuf,
    pub user: ServerUser,
    pub log: PathBuf,
    pub durable: bool,
    pub port: u16,
    pub probe_url: String,
    pub patience: Duration,
}

impl Launch {
    /// Starts the process and waits until it answers, without end while it says that it starts or recovers; tries again
    /// while it ends at once.
    pub(super) async fn until_ready(&self) -> anyhow::Result<Child> {
        let begun = Instant::now();
        let mut told = begun;
        loop {
            let mut child = self.spawn()?;
            let mut heard = Instant::now();
            let status = loop {
                match PgConnection::connect(&self.probe_url).await {
                    Ok(_) => return Ok(child),
                    Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some(STARTING_UP) => {
                        heard = Instant::now();
                        if heard - told > RECOVERY_NOTICE {
                            told = heard;
                            let (seconds, log) = (begun.elapsed().as_secs(), self.log.display());
                            tracing::info!(seconds, %log, "embedded Postgres still recovers what was not yet on disk");
                        }
                    }
                    Err(sqlx::Error::Database(error)) => {
                        stop(&mut child).await;
                        return Err(sqlx::Error::Database(error)).context("Postgres refuses its owner");
                    }
                    Err(_) => {}
                }
                if let Some(status) = child.try_wait()? {
                    break Some(status);
                }
                if heard.elapsed() > self.patience {
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
        for (name, value) in settings(self.port, self.durable) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        self.user.apply(&mut command);
        command.spawn().with_context(|| format!("cannot run {}", self.program.display()))
    }
}

/// Ends a server process in good order, or at least ends it.
pub(super) async fn stop(child: &mut Child) {
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

fn tail(log: &Path) -> String {
    let content = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let lines: Vec<_> = text.lines().rev().take(8).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// Answers as a server that recovers.
    async fn say_starting_up(mut client: TcpStream) -> std::io::Result<()> {
        let fields = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0";
        // A request for encryption (8 bytes) is declined; what follows is who wants in.
        while client.read(&mut [0; 1024]).await? == 8 {
            client.write_all(b"N").await?;
        }
        client.write_all(b"E").await?;
        client.write_all(&(fields.len() as u32 + 4).to_be_bytes()).await?;
        client.write_all(fields).await
    }

    #[tokio::test]
    async fn a_server_that_says_that_it_recovers_is_waited_for_and_a_silent_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let program = folder.path().join("postgres");
        fs::write(&program, "#!/bin/sh\nexec sleep 600\n").unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let launch = Launch {
            program,
            cluster: folder.path().to_owned(),
            user: ServerUser::choose().unwrap(),
            log: folder.path().join("postgres.log"),
            durable: false,
            port,
            probe_url: format!("postgres://biseda:secret@127.0.0.1:{port}/postgres"),
            patience: Duration::from_millis(100),
        };
        // It recovers for ten times as long as it may say nothing; then nobody listens any more.
        let recovering = tokio::spawn(async move {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_secs(1) {
                say_starting_up(listener.accept().await.unwrap().0).await.unwrap();
            }
        });
        let error = launch.until_ready().await.unwrap_err();
        assert!(recovering.is_finished(), "{error:#}");
        assert!(error.to_string().contains("Postgres does not start"), "{error:#}");
    }
}
