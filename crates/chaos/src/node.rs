//! A process of the program, started again whenever it ends, as a service manager does.

use std::{
    fs::{self, OpenOptions},
    net::{SocketAddr, TcpListener},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{ExitStatus, Stdio},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI32, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::Context;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use tokio::{
    process::{Child, Command},
    task::JoinHandle,
};

/// Between the end of a process and the next start.
const REST: Duration = Duration::from_millis(100);

/// What it takes to start a process.
#[derive(Clone)]
pub struct Launch {
    pub program: PathBuf,
    /// `web` or `worker`.
    pub part: &'static str,
    pub folder: PathBuf,
    pub settings: Vec<(&'static str, String)>,
    /// Where it is told that its machine's clock is wrong.
    pub clock: PathBuf,
}

/// A process with its place: the address stays the same from start to start.
pub struct Node {
    pub name: String,
    pub part: &'static str,
    pub address: SocketAddr,
    clock: PathBuf,
    /// What is started next.
    program: Arc<Mutex<PathBuf>>,
    state: Arc<State>,
    supervisor: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Default)]
struct State {
    /// 0 while none runs.
    pid: AtomicI32,
    starts: AtomicUsize,
    /// Ends by SIGKILL: by us, or by the process itself at a named step.
    kills: AtomicUsize,
    is_over: AtomicBool,
    ends: Mutex<Vec<End>>,
}

/// An end that was not a kill.
#[derive(Debug, Clone, Copy)]
pub struct End {
    pub began: Instant,
    pub ended: Instant,
    pub status: ExitStatus,
}

impl Node {
    /// Starts the first process.
    pub fn start(launch: Launch, name: &str) -> anyhow::Result<Self> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let state = Arc::new(State::default());
        let log = launch.folder.join(format!("{name}.log"));
        let program = Arc::new(Mutex::new(launch.program.clone()));
        let (part, clock) = (launch.part, launch.clock.clone());
        let child = spawn(&launch, address, &log)?;
        let supervisor = tokio::spawn(supervise(launch, program.clone(), address, log, child, state.clone()));
        let supervisor = Mutex::new(Some(supervisor));
        Ok(Self { name: name.to_owned(), part, address, clock, program, state, supervisor })
    }

    /// Starts another program from now on, beginning with the next start.
    pub fn replace(&self, program: &Path) {
        *self.program.lock().unwrap_or_else(PoisonError::into_inner) = program.to_owned();
    }

    /// Sends a signal to the process, if one runs.
    pub fn signal(&self, signal: Signal) {
        let pid = self.state.pid.load(Ordering::SeqCst);
        if pid > 0 {
            // It may have ended just now.
            kill(Pid::from_raw(pid), signal).ok();
        }
    }

    /// Whether the process stands still: it has stopped itself at a step.
    pub fn is_frozen(&self) -> bool {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.state.pid.load(Ordering::SeqCst)));
        // The state stands behind the name, which is in brackets (proc_pid_stat(5)).
        stat.is_ok_and(|stat| stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('T')))
    }

    /// Lets a process that stands still go on.
    pub fn thaw(&self) {
        self.signal(Signal::SIGCONT);
    }

    /// Puts the clock of its machine ahead by so many seconds, or back.
    pub fn set_clock(&self, seconds: i64) {
        if let Err(error) = fs::write(&self.clock, seconds.to_string()) {
            eprintln!("  a clock cannot be moved: {error}");
        }
    }

    /// How many processes have been started in this place.
    pub fn starts(&self) -> usize {
        self.state.starts.load(Ordering::SeqCst)
    }

    pub fn kills(&self) -> usize {
        self.state.kills.load(Ordering::SeqCst)
    }

    /// Ends of processes that nobody had killed.
    pub fn ends(&self) -> Vec<End> {
        self.state.ends.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Ends it as an operator does, and starts none after it.
    pub async fn stop(&self) {
        self.state.is_over.store(true, Ordering::SeqCst);
        self.thaw();
        self.signal(Signal::SIGTERM);
        let supervisor = self.supervisor.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(supervisor) = supervisor else { return };
        if tokio::time::timeout(Duration::from_secs(30), supervisor).await.is_err() {
            self.signal(Signal::SIGKILL);
        }
    }
}

async fn supervise(
    mut launch: Launch,
    program: Arc<Mutex<PathBuf>>,
    address: SocketAddr,
    log: PathBuf,
    mut child: Child,
    state: Arc<State>,
) {
    loop {
        let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).unwrap_or_default();
        state.pid.store(pid, Ordering::SeqCst);
        state.starts.fetch_add(1, Ordering::SeqCst);
        let began = Instant::now();
        let status = child.wait().await;
        state.pid.store(0, Ordering::SeqCst);
        if state.is_over.load(Ordering::SeqCst) {
            return;
        }
        match status {
            Ok(status) if status.signal() == Some(Signal::SIGKILL as i32) => {
                state.kills.fetch_add(1, Ordering::SeqCst);
            }
            Ok(status) => {
                let end = End { began, ended: Instant::now(), status };
                state.ends.lock().unwrap_or_else(PoisonError::into_inner).push(end);
            }
            Err(error) => eprintln!("  a process cannot be waited for: {error}"),
        }
        child = loop {
            tokio::time::sleep(REST).await;
            launch.program = program.lock().unwrap_or_else(PoisonError::into_inner).clone();
            match spawn(&launch, address, &log) {
                Ok(child) => break child,
                Err(error) => eprintln!("  {error:#}"),
            }
        };
    }
}

fn spawn(launch: &Launch, address: SocketAddr, log: &Path) -> anyhow::Result<Child> {
    let log = OpenOptions::new().create(true).append(true).open(log)?;
    let mut command = Command::new(&launch.program);
    for (name, _) in std::env::vars() {
        if name == "DATABASE_URL" || name == "RUST_LOG" || (name.starts_with("BISEDA_") && name != "BISEDA_CACHE_DIR") {
            command.env_remove(name);
        }
    }
    command.envs(launch.settings.iter().map(|(name, value)| (*name, value)));
    command.env("BISEDA_LISTEN", address.to_string()).arg(launch.part).current_dir(&launch.folder);
    command.kill_on_drop(true).stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
    command.spawn().with_context(|| format!("cannot run {}", launch.program.display()))
}
