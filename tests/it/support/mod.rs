//! A running program, a Postgres, browsers, and the services outside that the program asks.

mod browser;
mod functions;
mod postgres;
mod program;
mod provider;
mod proxy;
mod site;

use std::{os::unix::fs::PermissionsExt, time::Duration};

pub use browser::{Answer, Browser, http};
pub use functions::{Field, Function, NOTHING, functions};
pub use postgres::{Postgres, dump, server_pid};
pub use program::{METRICS_TOKEN, Program, pairs, run};
pub use provider::Provider;
pub use proxy::Proxy;
pub use site::{Gate, Site};

/// A folder that the database's user can enter when root runs the tests.
pub fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

/// Asks until there is an answer. A minute and a half: the machine may be busy with other tests.
#[track_caller]
pub fn until<T, F: Future<Output = Option<T>>>(what: &str, ask: impl FnMut() -> F) -> impl Future<Output = T> {
    until_within(what, Duration::from_secs(90), ask)
}

async fn until_within<T, F: Future<Output = Option<T>>>(
    what: &str,
    patience: Duration,
    mut ask: impl FnMut() -> F,
) -> T {
    let begun = std::time::Instant::now();
    loop {
        if let Some(found) = ask().await {
            return found;
        }
        assert!(begun.elapsed() < patience, "{what}: not within {patience:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
