//! What only debug builds have, for `make chaos`: steps at which the process ends itself, and a clock that can be moved.
//!
//! Tests use debug builds anyway, so this needs no build of its own; in a release build [`step`] is empty and the clock
//! is the machine's.

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
/// which then ends like one that is killed. The file `clock` in it says by how many seconds the clock is ahead.
#[cfg(debug_assertions)]
const VARIABLE: &str = "CHAOS_HOOKS";

/// Comes to a step: a process that is to end here does.
#[cfg(debug_assertions)]
pub fn step(name: &str) {
    use nix::{
        sys::signal::{Signal, kill},
        unistd::Pid,
    };
    debug_assert!(STEPS.contains(&name), "{name} is no step");
    if let Some(folder) = folder()
        && std::fs::remove_file(folder.join(name)).is_ok()
    {
        kill(Pid::this(), Signal::SIGKILL).ok();
    }
}

/// Comes to a step: nothing in a release build.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub fn step(_: &str) {}

/// How far the clock is ahead of the machine's.
#[cfg(debug_assertions)]
pub(crate) fn shift() -> chrono::Duration {
    let seconds = folder().and_then(|folder| std::fs::read_to_string(folder.join("clock")).ok());
    chrono::Duration::seconds(seconds.and_then(|seconds| seconds.trim().parse().ok()).unwrap_or_default())
}

/// The clock is the machine's in a release build.
#[cfg(not(debug_assertions))]
#[inline(always)]
pub(crate) fn shift() -> chrono::Duration {
    chrono::Duration::zero()
}

#[cfg(debug_assertions)]
fn folder() -> Option<&'static std::path::Path> {
    use std::{path::PathBuf, sync::OnceLock};
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER.get_or_init(|| std::env::var_os(VARIABLE).map(PathBuf::from)).as_deref()
}
