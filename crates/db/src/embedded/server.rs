use std::{net::TcpListener, path::Path, time::Duration};

use tokio::{process::Child, sync::oneshot, task::JoinHandle};

use super::{
    Installation,
    cluster::Cluster,
    launch::{Launch, START_PATIENCE, stop},
    leftovers,
    user::ServerUser,
};

/// The server process and the task that watches it.
pub(super) struct Server {
    port: u16,
    end: oneshot::Sender<End>,
    watcher: JoinHandle<()>,
}

enum End {
    Stop,
    #[cfg(feature = "testing")]
    Leave,
}

impl Server {
    pub(super) async fn start(
        installation: &Installation,
        cluster: &Cluster,
        user: ServerUser,
        log: &Path,
        durable: bool,
    ) -> anyhow::Result<Self> {
        let port = free_port()?;
        let launch = Launch {
            program: installation.program("postgres"),
            cluster: cluster.path().to_owned(),
            user,
            log: log.to_owned(),
            durable,
            port,
            probe_url: cluster.maintenance_url(port),
            patience: START_PATIENCE,
        };
        let child = launch.until_ready().await?;
        let (end, ended) = oneshot::channel();
        let watcher = tokio::spawn(watch(launch, child, ended));
        Ok(Self { port, end, watcher })
    }

    pub(super) fn port(&self) -> u16 {
        self.port
    }

    pub(super) async fn stop(self) {
        self.end.send(End::Stop).ok();
        self.watcher.await.ok();
    }

    #[cfg(feature = "testing")]
    pub(super) fn leave_running(self) {
        self.end.send(End::Leave).ok();
    }
}

/// Starts the server again whenever it ends by itself, on the same port, so that the pools find it.
async fn watch(launch: Launch, mut child: Child, mut ended: oneshot::Receiver<End>) {
    loop {
        tokio::select! {
            end = &mut ended => {
                // A dropped sender is a program that ends without having stopped us.
                if matches!(end, Ok(End::Stop) | Err(_)) {
                    stop(&mut child).await;
                }
                return;
            }
            status = child.wait() => tracing::error!(?status, "embedded Postgres died; starting it again"),
        }
        child = loop {
            tokio::select! {
                _ = &mut ended => {
                    // A process that was just being started has a pid file, if it came that far.
                    if let Err(error) = leftovers::stop(&launch.cluster).await {
                        tracing::error!("{error:#}");
                    }
                    return;
                }
                started = launch.until_ready() => match started {
                    Ok(child) => break child,
                    Err(error) => {
                        tracing::error!("embedded Postgres does not start: {error:#}");
                        tokio::time::sleep(Duration::from_secs(2)).await;
                    }
                }
            }
        };
        tracing::info!("embedded Postgres is up again");
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
