use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::{http, until};

/// An address that nothing listens on.
fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// The program with this data folder and these settings, and none of the surroundings' own.
fn command(data: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_biseda"));
    for (name, _) in std::env::vars() {
        let is_kept = matches!(name.as_str(), "BISEDA_CACHE_DIR" | "BISEDA_MODEL_DIR" | "BISEDA_POSTGRES_DIR");
        if name == "DATABASE_URL" || name == "RUST_LOG" || (name.starts_with("BISEDA_") && !is_kept) {
            command.env_remove(name);
        }
    }
    command.env("BISEDA_DATA_DIR", data).envs(settings.iter().copied()).args(arguments);
    // Without a biseda.toml.
    command.current_dir(data.parent().unwrap()).stdin(Stdio::null());
    command
}

/// The setting with which [`Program::figures`] are read.
pub const METRICS_TOKEN: (&str, &str) = ("BISEDA_METRICS_TOKEN", "token-of-the-figures");

/// Settings as programs and commands take them.
pub fn pairs<'a>(settings: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    settings.iter().map(|(name, value)| (*name, value.as_str())).collect()
}

/// What a command that ended said.
#[derive(Debug)]
pub struct Output {
    pub success: bool,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command to its end.
pub async fn run(data: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = command(data, arguments, settings);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    Output {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// A program that stays.
pub struct Program {
    child: Child,
    pub address: SocketAddr,
    pub data: PathBuf,
    log: PathBuf,
}

impl Program {
    /// Starts it; what it logs goes into a file.
    pub fn start(data: &Path, part: &str, settings: &[(&str, &str)]) -> Self {
        let address = free_address();
        let log = data.with_file_name(format!("{part}-{}.log", address.port()));
        let file = File::create(&log).unwrap();
        let mut command = command(data, &[part], settings);
        command.env("BISEDA_LISTEN", address.to_string()).stdout(file.try_clone().unwrap()).stderr(file);
        Self { child: command.spawn().unwrap(), address, data: data.to_owned(), log }
    }

    /// Starts it and waits until it is ready.
    pub async fn ready(data: &Path, part: &str, settings: &[(&str, &str)]) -> Self {
        let mut program = Self::start(data, part, settings);
        program.wait_ready().await;
        program
    }

    pub async fn wait_ready(&mut self) {
        let url = self.url("/health/ready");
        loop {
            assert!(self.child.try_wait().unwrap().is_none(), "the program ended:\n{}", self.log());
            if http().get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                return;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn pid(&self) -> i32 {
        self.child.id().try_into().unwrap()
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Status and text of a page.
    pub async fn get(&self, path: &str) -> (u16, String) {
        let answer = http().get(self.url(path)).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// What `/metrics` answers those with the token.
    pub async fn figures(&self) -> String {
        let answer = http().get(self.url("/metrics")).bearer_auth(METRICS_TOKEN.1).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.text().await.unwrap()
    }

    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Whether all its threads have stopped, after SIGSTOP.
    pub fn stands_still(&self) -> bool {
        let threads = std::fs::read_dir(format!("/proc/{}/task", self.pid())).unwrap();
        // The state stands behind the name, which is in brackets (proc_pid_stat(5)).
        let stopped = |stat: String| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T'));
        threads.flatten().all(|thread| std::fs::read_to_string(thread.path().join("stat")).is_ok_and(stopped))
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    pub async fn ended(&mut self) -> ExitStatus {
        let child = &mut self.child;
        until("the end of the program", || std::future::ready(child.try_wait().unwrap())).await
    }

    /// Tells it to stop and waits until it has.
    pub async fn stop(mut self) {
        self.signal(Signal::SIGTERM);
        assert!(self.ended().await.success(), "{}", self.log());
    }

    /// Ends it without any notice.
    pub async fn kill(mut self) {
        self.signal(Signal::SIGKILL);
        self.ended().await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            self.child.kill().ok();
            self.child.wait().ok();
            if std::thread::panicking() {
                eprintln!("--- {}\n{}", self.log.display(), self.log());
            }
        }
        super::postgres::end(&self.data.join("postgres"));
    }
}
