use std::{sync::atomic::Ordering, time::Duration};

use anyhow::Context;
use axum::serve::ListenerExt;
use db::embedded::Embedded;
use domain::{Services, events::Publisher, jobs::Runner, live, webhooks::Dispatcher};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    net::TcpListener,
    signal::unix::{Signal, SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use crate::{
    config::Config,
    database::{Database, Purpose},
    http::{self, Health},
    services, telemetry,
};

/// How long answers that are under way may take when the program stops.
const DRAIN: Duration = Duration::from_secs(10);

/// Which halves of the program run in this process.
#[derive(Clone, Copy)]
pub struct Parts {
    web: bool,
    worker: bool,
}

impl Parts {
    pub const ALL: Self = Self { web: true, worker: true };
    pub const WEB: Self = Self { web: true, worker: false };
    pub const WORKER: Self = Self { web: false, worker: true };
}

/// `biseda serve`, `biseda web` and `biseda worker`: until SIGTERM or SIGINT.
pub async fn serve(config: Config, parts: Parts) -> anyhow::Result<()> {
    let mut signals = Signals::listen()?;
    let metrics = telemetry::start_metrics()?;
    let limits = http::Limits::of(connections(config.max_connections, open_files()));
    // Before the database: an address that is taken is told at once.
    let listener = TcpListener::bind(config.listen).await.with_context(|| cannot_listen(&config))?;
    let database = tokio::select! {
        opened = Database::open(&config, Purpose::Serve { workers: parts.worker }) => opened?,
        () = signals.told() => {
            tracing::info!("stopped before it was ready");
            return Database::abandon(&config).await;
        }
    };
    let services = services::build(&config, database.db.clone())?;
    let result = run(&config, parts, listener, limits, services, metrics, signals).await;
    database.close().await;
    tracing::info!("stopped");
    result
}

/// How many files may be open. Each open widget is one to the system, whose usual limit of 1,024 a process may raise by
/// itself.
fn open_files() -> u64 {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, most)| setrlimit(Resource::RLIMIT_NOFILE, most, most).map(|()| most));
    match raised {
        Ok(most) => most,
        Err(error) => {
            tracing::warn!(%error, "the limit on open files, and so on live sockets, stays as it was");
            getrlimit(Resource::RLIMIT_NOFILE).map_or(1024, |(now, _)| now)
        }
    }
}

/// How many connections are taken: those that are wanted, as far as an eighth of the files stays free for the database,
/// uploads and what is asked of others.
fn connections(wanted: u32, files: u64) -> usize {
    let (room, wanted) = (files - files / 8, u64::from(wanted));
    if room < wanted {
        tracing::info!(files, "the limit on open files allows {room} connections, not {wanted} (max_connections)");
    }
    usize::try_from(room.min(wanted)).unwrap_or(usize::MAX)
}

fn cannot_listen(config: &Config) -> String {
    let known = if config.database_url.is_none() && Embedded::of_running(&config.data_dir).is_some() {
        format!("; another biseda runs on the data folder {}", config.data_dir.display())
    } else {
        String::new()
    };
    format!("cannot listen on {} (setting listen){known}", config.listen)
}

async fn run(
    config: &Config,
    parts: Parts,
    listener: TcpListener,
    limits: http::Limits,
    services: Services,
    metrics: metrics_exporter_prometheus::PrometheusHandle,
    mut signals: Signals,
) -> anyhow::Result<()> {
    let health = Health::new(services.db.clone());
    // Both in every process: workers too have events to publish and signals to send to the sockets of other nodes.
    let background = CancellationToken::new();
    let publisher = tokio::spawn(Publisher::run(services.clone(), background.clone()));
    let bus = services.live.clone();
    let live = tokio::spawn(live::run(services.clone(), background.clone()));
    let runner = if parts.worker { Some(Runner::start(&services).await?) } else { None };
    let webhooks = parts.worker.then(|| tokio::spawn(Dispatcher::run(services.clone(), background.clone())));
    let operator = http::operator_routes(health.clone(), metrics, config.metrics_token.clone());
    let app = if parts.web { http::router(config, services, operator) } else { http::worker_router(config, operator) };
    health.ready.store(true, Ordering::SeqCst);
    let address = listener.local_addr()?;
    tracing::info!(%address, "ready: {}", config.public_url());

    let (stop, stopped) = tokio::sync::watch::channel(false);
    let listener = listener.tap_io(|connection| http::tune(connection));
    let server = tokio::spawn(http::serve(listener, app, limits, stopped));
    signals.told().await;
    tracing::info!("stopping");
    health.ready.store(false, Ordering::SeqCst);
    stop.send(true).ok();
    tokio::spawn(async move {
        signals.told().await;
        tracing::warn!("told to stop twice: ending at once");
        std::process::exit(130);
    });
    let workers = async {
        if let Some(runner) = runner {
            runner.stop().await;
        }
    };
    // Sockets are told at once where to go. What happens until each has gone is still told on it.
    let sockets = tokio::time::timeout(DRAIN, bus.leave());
    let (drained, _, ()) = tokio::join!(tokio::time::timeout(DRAIN, server), sockets, workers);
    background.cancel();
    for task in [publisher, live].into_iter().chain(webhooks) {
        task.await.context("a background task failed")?;
    }
    match drained {
        Ok(ended) => ended.context("the server failed"),
        Err(_) => {
            tracing::warn!("some answers were cut off");
            Ok(())
        }
    }
}

/// SIGTERM and SIGINT, which from then on end nothing by themselves.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> std::io::Result<Self> {
        Ok(Self { terminate: signal(SignalKind::terminate())?, interrupt: signal(SignalKind::interrupt())? })
    }

    /// Waits until the program is told to stop.
    async fn told(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::connections;

    #[test]
    fn connections_leave_files_for_the_rest() {
        assert_eq!(connections(20_000, u64::MAX), 20_000);
        assert_eq!(connections(20_000, 65_536), 20_000);
        assert_eq!(connections(20_000, 1_024), 896);
    }
}
