//! What an earlier program left: a server that still runs, or a pid file of one that does not.

use std::{
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::bail;
use nix::{
    errno::Errno,
    sys::signal::{Signal, kill},
    unistd::Pid,
};

/// The port of the server that runs on this cluster, if one does.
pub(super) fn running_port(cluster: &Path) -> Option<u16> {
    let content = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    let pid = pid_of(&content)?;
    if !is_server_of(pid, cluster) {
        return None;
    }
    content.lines().nth(3)?.trim().parse().ok()
}

/// Stops a server that an earlier program left running when it was killed, so that the new one is our own child. A pid
/// file that names another process is removed: Postgres would take that process for a server.
pub(super) async fn stop(cluster: &Path) -> anyhow::Result<()> {
    let file = cluster.join("postmaster.pid");
    let Ok(content) = fs::read_to_string(&file) else { return Ok(()) };
    let Some(pid) = pid_of(&content) else {
        fs::remove_file(&file)?;
        return Ok(());
    };
    if !is_alive(pid) {
        // Postgres itself looks at the rest of the file: children of a killed server may still be there.
        return Ok(());
    }
    if !is_server_of(pid, cluster) {
        fs::remove_file(&file)?;
        return Ok(());
    }
    tracing::warn!(pid = pid.as_raw(), "stopping a Postgres that was left running");
    for (signal, patience) in [(Signal::SIGINT, 20), (Signal::SIGQUIT, 10), (Signal::SIGKILL, 5)] {
        kill(pid, signal).ok();
        if wait_gone(pid, Duration::from_secs(patience)).await {
            return Ok(());
        }
    }
    bail!("a Postgres (process {pid}) runs on {} and does not stop; end it by hand", cluster.display())
}

fn pid_of(content: &str) -> Option<Pid> {
    let pid: i32 = content.lines().next()?.trim().parse().ok()?;
    (pid > 1).then(|| Pid::from_raw(pid))
}

pub(super) fn is_alive(pid: Pid) -> bool {
    !is_zombie(pid) && matches!(kill(pid, None), Ok(()) | Err(Errno::EPERM))
}

/// In a container without an init process a dead server may stay as a zombie for ever.
fn is_zombie(pid: Pid) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with('Z')))
}

/// Whether a process is a Postgres on this cluster, by its command line.
fn is_server_of(pid: Pid, cluster: &Path) -> bool {
    let line = match fs::read(format!("/proc/{pid}/cmdline")) {
        Ok(bytes) => String::from_utf8_lossy(&bytes).replace('\0', " "),
        Err(_) if Path::new("/proc/self").exists() => return false,
        Err(_) => match Command::new("ps").args(["-o", "args=", "-p", &pid.to_string()]).output() {
            Ok(output) => String::from_utf8_lossy(&output.stdout).into_owned(),
            Err(_) => return false,
        },
    };
    line.contains("postgres") && line.contains(&*cluster.to_string_lossy()) && is_alive(pid)
}

async fn wait_gone(pid: Pid, patience: Duration) -> bool {
    let end = Instant::now() + patience;
    while Instant::now() < end {
        if !is_alive(pid) {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    false
}
