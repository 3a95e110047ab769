//! What only debug builds have, for `make chaos`: steps at which the process ends itself or stands still, and clocks that
//! can be moved.
//!
//! Tests use debug builds anyway, so this needs no build of its own; in a release build [`step`] is empty and the
//! clocks are what they are.

#[cfg(debug_assertions)]
use std::{
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// The steps between receiving something, committing it, working it off and acknowledging it.
pub const STEPS: [&str; 19] = [
    "message-received",
    "message-written",
    "message-committed",
    "request-written",
    "request-committed",
    "upload-stored",
    "upload-noted",
    "job-taken",
    "job-done",
    "reply-composed",
    "reply-written",
    "reply-committed",
    "events-numbered",
    "events-published",
    "webhook-sent",
    "webhook-recorded",
    "mail-sent",
    "page-written",
    "sync-finished",
];

/// Names a folder. A file in it that is called like a step is taken away by the first process that comes to that step,
/// which then ends like one that is killed; with `.stop` behind its name, it stands still until it is told to go on. The
/// file `clock` in it says by how many seconds the database's clock is ahead.
#[cfg(debug_assertions)]
const VARIABLE: &str = "CHAOS_HOOKS";
/// Names a file that says by how many seconds the clock of the machine that this process is on is ahead.
#[cfg(debug_assertions)]
const OWN_CLOCK: &str = "CHAOS_CLOCK";

/// Comes to a step: a process that is to end or to stand still here does.
#[cfg(debug_assertions)]
pub fn step(name: &str) {
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    debug_assert!(STEPS.contains(&name), "{name} is no step");
    let Some(folder) = folder() else { return };
    for (file, signal) in [(format!("{name}.stop"), Signal::SIGSTOP), (name.to_owned(), Signal::SIGKILL)] {
        if std::fs::remove_file(folder.join(file)).is_ok() {
            kill(Pid::this(), signal).ok();
        }
    }
}

/// Comes to a step: nothing in a release build.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn step(_: &str) {}

/// How far the database's clock is ahead of what it says.
#[cfg(debug_assertions)]
pub(crate) fn databases_shift() -> chrono::Duration {
    folder().map_or_else(chrono::Duration::zero, |folder| seconds_in(&folder.join("clock")))
}

/// How far the machine's clock is ahead of what it says.
#[cfg(debug_assertions)]
pub(crate) fn machines_shift() -> chrono::Duration {
    static FILE: OnceLock<Option<PathBuf>> = OnceLock::new();
    let file = FILE.get_or_init(|| std::env::var_os(OWN_CLOCK).map(PathBuf::from));
    file.as_deref().map_or_else(chrono::Duration::zero, seconds_in)
}

#[cfg(debug_assertions)]
fn seconds_in(file: &Path) -> chrono::Duration {
    let seconds = std::fs::read_to_string(file).ok().and_then(|seconds| seconds.trim().parse().ok());
    chrono::Duration::seconds(seconds.unwrap_or_default())
}

/// The clocks are what they are in a release build.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn databases_shift() -> chrono::Duration {
    chrono::Duration::zero()
}

/// As [`databases_shift`].
#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn machines_shift() -> chrono::Duration {
    chrono::Duration::zero()
}

#[cfg(debug_assertions)]
fn folder() -> Option<&'static Path> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os(VARIABLE).map(PathBuf::from)).as_deref()
}
