use std::{path::Path, time::Duration};

use anyhow::bail;
use db::{
    Role,
    embedded::{Embedded, Installation, cache_dir},
    migrate,
    sqlx::{self, PgPool, postgres::PgPoolOptions},
};
use llm::LocalFiles;
use secrecy::ExposeSecret;

use crate::config::{Config, EmbeddingProvider};

/// The oldest version of pgvector that has what searches need.
const PGVECTOR: &str = "0.8";

/// Prints what is found, a line each, and counts what is missing.
#[derive(Default)]
struct Report {
    missing: usize,
}

impl Report {
    fn good(&self, name: &str, text: impl std::fmt::Display) {
        println!("ok       {name:<12} {text}");
    }

    fn note(&self, name: &str, text: impl std::fmt::Display) {
        println!("note     {name:<12} {text}");
    }

    fn bad(&mut self, name: &str, text: impl std::fmt::Display) {
        self.missing += 1;
        println!("missing  {name:<12} {text}");
    }
}

/// `biseda doctor`: looks and changes nothing.
pub async fn doctor(config: Config) -> anyhow::Result<()> {
    let mut report = Report::default();
    folder(&mut report, &config.data_dir);
    key(&mut report, &config);
    match database(&mut report, &config).await {
        Some(url) => schema(&mut report, &config, &url).await,
        None => report.note("schema", "not looked at, because the database does not run"),
    }
    model(&mut report, &config);
    mail(&mut report, &config).await?;
    site(&mut report, &config);
    match config.metrics_token {
        Some(_) => report.good("metrics", "read by those with the token"),
        None => report.note("metrics", "nobody reads /metrics (metrics_token)"),
    }
    report.note(
        "address",
        format_args!("browsers use {}, the program listens on {}", config.public_url(), config.listen),
    );
    match config.allowed_networks() {
        [] => report.good("outgoing", "private addresses are refused"),
        networks => report.note("outgoing", format_args!("these private networks may be fetched from: {networks:?}")),
    }
    match report.missing {
        0 => Ok(()),
        1 => bail!("one thing is missing"),
        count => bail!("{count} things are missing"),
    }
}

fn folder(report: &mut Report, path: &Path) {
    let existing = path.ancestors().find(|folder| folder.exists()).unwrap_or(Path::new("/"));
    let writable = nix::unistd::access(existing, nix::unistd::AccessFlags::W_OK).is_ok();
    match (path.exists(), writable) {
        (true, true) => report.good("data", path.display()),
        (false, true) => report.note("data", format_args!("{} will be made at the first start", path.display())),
        (_, false) => {
            report.bad("data", format_args!("{} cannot be written; choose another data_dir", existing.display()));
        }
    }
}

fn key(report: &mut Report, config: &Config) {
    let path = config.key_file();
    if !config.has_secret_key() && !path.exists() {
        report.note("key", format_args!("will be generated into {} at the first start", path.display()));
        return;
    }
    match config.secret_key() {
        Ok(_) if config.has_secret_key() => report.good("key", "from the setting secret_key"),
        Ok(_) => report.good("key", format_args!("{}; keep a copy of it", path.display())),
        Err(error) => report.bad("key", format_args!("{error:#}")),
    }
}

/// The address to ask, when something answers there or should.
async fn database(report: &mut Report, config: &Config) -> Option<String> {
    if let Some(url) = &config.database_url {
        report.good("database", "DATABASE_URL is set");
        return Some(url.expose_secret().to_owned());
    }
    match Installation::find() {
        Ok(Some(found)) => report.good("postgres", format_args!("embedded, in {}", found.root().display())),
        Ok(None) => report.note("postgres", "embedded, will be installed with pip at the first start"),
        Err(error) => report.bad("postgres", format_args!("{error:#}")),
    }
    let running = Embedded::of_running(&config.data_dir);
    if running.is_none() {
        report.note("database", "embedded, does not run now; `biseda serve` starts it");
    }
    running.map(|urls| urls.app)
}

async fn schema(report: &mut Report, config: &Config, url: &str) {
    let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(Duration::from_secs(5)).connect(url).await;
    match pool {
        Ok(pool) => {
            if let Err(error) = ask(report, config, &pool).await {
                report.bad("database", format_args!("does not answer: {error:#}"));
            }
        }
        Err(error) => report.bad("database", format_args!("cannot be reached: {error}")),
    }
}

async fn ask(report: &mut Report, config: &Config, pool: &PgPool) -> anyhow::Result<()> {
    let version: String = sqlx::query_scalar("show server_version").fetch_one(pool).await?;
    let number: String = sqlx::query_scalar("show server_version_num").fetch_one(pool).await?;
    match number.parse::<u32>() {
        Ok(number) if number >= 160_000 => report.good("database", format_args!("answers; Postgres {version}")),
        _ => report.bad("database", format_args!("is Postgres {version}; 16 or newer is needed")),
    }
    let role = Role::of(pool).await?;
    match role.could_bypass() {
        false => report.good("role", format_args!("{} is bound by row-level security", role.name)),
        true => report.note(
            "role",
            format_args!("{} could bypass row-level security; the program will work as biseda_app", role.name),
        ),
    }
    for (name, least) in [("vector", PGVECTOR), ("pg_trgm", ""), ("btree_gin", "")] {
        let found: Option<(String, String)> = sqlx::query_as(
            "select coalesce(installed_version, default_version),
               case when installed_version is null then 'available' else 'installed' end
             from pg_available_extensions where name = $1",
        )
        .bind(name)
        .fetch_optional(pool)
        .await?;
        match found {
            Some((version, state)) if numbers(&version) >= numbers(least) => {
                report.good("extension", format_args!("{name}: {state}, {version}"));
            }
            Some((version, state)) => report.bad(
                "extension",
                format_args!(
                    "{name} {version} is {state}; {least} or newer is needed (`alter extension {name} update`)"
                ),
            ),
            None => report.bad("extension", format_args!("{name} is not there; install it on the database's machine")),
        }
    }
    match migrate::pending(pool).await? {
        0 => report.good("schema", "up to date"),
        count if config.migration_database_url.is_some() || migrate::may_run(pool).await? => {
            report.note("schema", format_args!("{count} migrations will run at the next start"));
        }
        count => {
            report.bad("schema", format_args!("{count} migrations are missing; run `biseda migrate` as the owner"))
        }
    }
    Ok(())
}

/// The numbers of a version, in the order in which versions are compared.
fn numbers(version: &str) -> Vec<u32> {
    version.split('.').map_while(|number| number.parse().ok()).collect()
}

fn model(report: &mut Report, config: &Config) {
    match config.embedding_provider {
        EmbeddingProvider::Openai => {
            report.good("embeddings", format_args!("{} of an OpenAI-compatible service", config.embedding_model));
        }
        EmbeddingProvider::Local => match LocalFiles::find(cache_dir) {
            Ok(files) => match files.check() {
                Ok(()) => report.good("embeddings", files.model_dir.display()),
                Err(error) => report.bad("embeddings", error),
            },
            Err(error) => report.bad("embeddings", error),
        },
    }
}

async fn mail(report: &mut Report, config: &Config) -> anyhow::Result<()> {
    let mailer = config.mailer()?;
    if !mailer.is_configured() {
        report.note("mail", "no mail server; platform admins read mails at /admin/mail (smtp_url, mail_from)");
        return Ok(());
    }
    match mailer.check().await {
        Ok(()) => report.good("mail", "the mail server answers"),
        Err(error) => report.bad("mail", error),
    }
    Ok(())
}

fn site(report: &mut Report, config: &Config) {
    match config.site_root.join("build.txt").is_file() {
        true => report.good("site", config.site_root.display()),
        false => report.bad(
            "site",
            format_args!("{} holds no built site; run `make run`, or set site_root", config.site_root.display()),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for enough in ["0.8", "0.8.0", "0.8.1", "0.10.0", "1.0"] {
            assert!(numbers(enough) >= numbers(PGVECTOR), "{enough}");
        }
        for old in ["0.7.4", "0.5", "0"] {
            assert!(numbers(old) < numbers(PGVECTOR), "{old}");
        }
    }
}
