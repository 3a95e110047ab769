use std::{fs, path::Path, time::Duration};

use db::{
    embedded::{Embedded, Options},
    sqlx::{self, PgPool},
};
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};

use super::folder;

/// A Postgres beside the program, as an operator would have it.
pub struct Postgres {
    server: Option<Embedded>,
    folder: tempfile::TempDir,
}

impl Postgres {
    pub async fn start() -> Self {
        let mut postgres = Self { server: None, folder: folder() };
        postgres.start_again().await;
        postgres
    }

    /// Starts it on what it had when it stopped.
    pub async fn start_again(&mut self) {
        let options = Options { data_dir: self.folder.path().join("data"), durable: false };
        self.server = Some(Embedded::start(options).await.unwrap());
    }

    pub async fn stop(&mut self) {
        self.server.take().unwrap().stop().await;
    }

    /// The owner's address, with every right.
    pub fn url(&self) -> String {
        self.server.as_ref().unwrap().urls().owner.clone()
    }

    pub fn port(&self) -> u16 {
        port_of(&self.url()).parse().unwrap()
    }

    /// The owner's address behind a proxy.
    pub fn url_through(&self, port: u16) -> String {
        self.url().replace(&format!(":{}/", self.port()), &format!(":{port}/"))
    }

    pub async fn pool(&self) -> PgPool {
        PgPool::connect(&self.url()).await.unwrap()
    }
}

/// Every row of every table, as text: bytes are written in hexadecimal.
pub async fn dump(pool: &PgPool) -> String {
    let tables: Vec<String> = sqlx::query_scalar(
        "select format('%I.%I', table_schema, table_name) from information_schema.tables
         where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    let rows = tables.iter().map(|table| format!("select '{table} ' || t::text from {table} t"));
    let query = rows.collect::<Vec<_>>().join(" union all ");
    sqlx::query_scalar::<_, String>(&query).fetch_all(pool).await.unwrap().join("\n")
}

fn port_of(url: &str) -> &str {
    url.rsplit(':').next().unwrap().split('/').next().unwrap()
}

impl Drop for Postgres {
    fn drop(&mut self) {
        end(&self.folder.path().join("data/postgres"));
    }
}

/// The process of the server on a cluster, while its pid file is there.
pub fn server_pid(cluster: &Path) -> Option<Pid> {
    let content = fs::read_to_string(cluster.join("postmaster.pid")).ok()?;
    content.lines().next()?.trim().parse().ok().map(Pid::from_raw)
}

/// Ends the server of a cluster whose folder is about to be removed.
pub fn end(cluster: &Path) {
    let Some(pid) = server_pid(cluster) else { return };
    kill(pid, Signal::SIGQUIT).ok();
    for _ in 0..100 {
        if !cluster.join("postmaster.pid").exists() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
