//! The program that is measured, as a process of its own.

use std::{
    fs::File,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::{Child, Command},
};

use crate::Arguments;

/// The installation's key, in hexadecimal, the same for the program and for what the bench does itself.
pub const SECRET_KEY: [u8; 32] = [7; 32];
/// How long a start may take at most; the first one of an embedded database makes it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program. It is killed when this is dropped.
pub struct Program {
    pub address: SocketAddr,
    /// From the start of the process until it said that it is ready.
    pub ready_after: Duration,
    process: Child,
}

impl Program {
    /// Starts it on a data folder; without a database's address it brings its own.
    pub async fn start(arguments: &Arguments, data: &Path, database: Option<&str>) -> anyhow::Result<Self> {
        std::fs::create_dir_all(data)?;
        let log = File::create(data.join("program.log"))?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let mut command = Command::new(&arguments.program);
        // With none of the surroundings' settings, but with their models and their Postgres.
        for (name, _) in std::env::vars() {
            let is_kept = matches!(name.as_str(), "BISEDA_CACHE_DIR" | "BISEDA_MODEL_DIR" | "BISEDA_POSTGRES_DIR");
            if name == "DATABASE_URL" || name == "RUST_LOG" || (name.starts_with("BISEDA_") && !is_kept) {
                command.env_remove(name);
            }
        }
        command.arg("serve").kill_on_drop(true).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command.env("BISEDA_DATA_DIR", data).env("BISEDA_LISTEN", address.to_string());
        command.env("BISEDA_SITE_ROOT", &arguments.site);
        command.env("BISEDA_SECRET_KEY", hex::encode(SECRET_KEY));
        // Visitors of the bench come from many addresses, and the documentation is on this machine.
        command.env("BISEDA_TRUSTED_PROXIES", "127.0.0.1").env("BISEDA_ALLOW_PRIVATE_ADDRESSES", "true");
        // What is measured is the program, not the limit on one key.
        command.env("BISEDA_API_REQUESTS_PER_MINUTE", "4000000");
        // Conversations of the bench are up to a year old, and so are their events; it measures with all of them.
        command.env("BISEDA_EVENTS_KEPT_DAYS", "400");
        if let Some(url) = database {
            command.env("DATABASE_URL", url);
        }
        let begun = Instant::now();
        let process = command.spawn().with_context(|| format!("cannot run {}", arguments.program.display()))?;
        let mut program = Self { address, ready_after: Duration::ZERO, process };
        while !is_ready(address).await {
            if let Some(status) = program.process.try_wait()? {
                bail!("the program ended ({status}); see {}", data.join("program.log").display());
            }
            if begun.elapsed() > PATIENCE {
                bail!("the program did not become ready; see {}", data.join("program.log").display());
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        program.ready_after = begun.elapsed();
        Ok(program)
    }

    /// The id of its process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.process.id().context("the program has ended")
    }

    /// Where it answers.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it as an operator does, and waits.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        kill(Pid::from_raw(i32::try_from(self.pid()?)?), Signal::SIGTERM)?;
        self.process.wait().await?;
        Ok(())
    }
}

async fn is_ready(address: SocketAddr) -> bool {
    let ask = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(b"GET /health/ready HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        std::io::Result::Ok(answer)
    };
    ask.await.is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
}
