//! What the operator sets: a TOML file and environment variables, checked before anything starts.

#[cfg(test)]
mod described;
mod key;
mod networks;

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use domain::{SecretKey, mails::Mailer};
use figment::{
    Figment,
    providers::{Env, Format, Toml},
};
use outbound::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use networks::Networks;

/// Variables that are read elsewhere: by the embedded Postgres, the local model and the command line.
const NOT_SETTINGS: &[&str] = &["cache_dir", "config", "model_dir", "postgres_dir"];

/// The settings. Each can be given as `BISEDA_<NAME>` or in the file; the database also as `DATABASE_URL`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Folder for the embedded database, uploaded files and the generated key.
    pub data_dir: PathBuf,
    /// Megabytes that uploads leave free on the disk of `data_dir`.
    pub disk_reserve_mb: u64,
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Connections that are open at once, live sockets included; fewer where the system allows fewer open files.
    pub max_connections: u32,
    /// Address under which browsers reach the product; else made from `listen`.
    public_url: Option<String>,
    /// Postgres of the operator's own. Without it the embedded one is used.
    pub database_url: Option<SecretString>,
    /// The same database as the owner of the schema, when `database_url` names a role that may not change it.
    pub migration_database_url: Option<SecretString>,
    /// Connections of this process, those of the workers' queue included.
    pub database_max_connections: u32,
    /// 32 bytes in hexadecimal or base64; else generated into the data folder.
    secret_key: Option<SecretString>,
    /// The mail server: `smtps://user:password@host`, or `smtp://host:587?tls=required`. Without it mails are kept for
    /// platform admins to read.
    smtp_url: Option<SecretString>,
    /// From whom mails come: `Biseda <help@example.com>`.
    mail_from: Option<String>,
    allow_private_addresses: Networks,
    trusted_proxies: Networks,
    /// `pretty` or `json`.
    pub log_format: LogFormat,
    /// What is logged, in the words of `RUST_LOG`.
    pub log: String,
    /// Who sends it with `Authorization: Bearer` reads `/metrics`; without one nobody does.
    pub metrics_token: Option<SecretString>,
    /// Requests to the REST API per minute and API key (or signed-in member); four times as many per address.
    pub api_requests_per_minute: u32,
    /// For how many days events are kept.
    pub events_kept_days: u16,
    /// Folder of what browsers load, made by the build.
    pub site_root: PathBuf,
    /// `local` or `openai` (any service that speaks its protocol).
    pub embedding_provider: EmbeddingProvider,
    pub embedding_base_url: String,
    pub embedding_api_key: SecretString,
    pub embedding_model: String,
    /// Length of the vectors of `embedding_model`.
    pub embedding_dimension: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Pretty,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EmbeddingProvider {
    Local,
    Openai,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: default_data_dir(),
            disk_reserve_mb: 1024,
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            max_connections: 20_000,
            public_url: None,
            database_url: None,
            migration_database_url: None,
            database_max_connections: 24,
            secret_key: None,
            smtp_url: None,
            mail_from: None,
            allow_private_addresses: Networks::default(),
            trusted_proxies: Networks::default(),
            log_format: LogFormat::Pretty,
            log: "info,sqlx=warn,awa=warn,awa_worker=warn,awa_model=warn,tower_http=info".into(),
            metrics_token: None,
            api_requests_per_minute: api::API_REQUESTS_PER_MINUTE,
            events_kept_days: 30,
            site_root: default_site_root(),
            embedding_provider: EmbeddingProvider::Local,
            embedding_base_url: String::new(),
            embedding_api_key: SecretString::default(),
            embedding_model: "text-embedding-3-small".into(),
            embedding_dimension: 1536,
        }
    }
}

impl Config {
    /// Reads the file (the given one, else `./biseda.toml` if it is there) and the environment.
    ///
    /// # Errors
    /// Words that name each setting that is unknown or wrong, and where it stands.
    pub fn load(file: Option<PathBuf>) -> anyhow::Result<Self> {
        let mut figment = Figment::new();
        let path = file.clone().unwrap_or_else(|| "biseda.toml".into());
        if path.exists() {
            figment = figment.merge(Toml::file_exact(&path));
        } else if file.is_some() {
            bail!("the settings file {} does not exist", path.display());
        }
        let figment =
            figment.merge(Env::raw().only(&["DATABASE_URL"])).merge(Env::prefixed("BISEDA_").ignore(NOT_SETTINGS));
        let config: Self = figment.extract().map_err(|errors| {
            let lines: Vec<_> = errors.into_iter().map(|error| describe(&error)).collect();
            anyhow::anyhow!("the settings are wrong:\n  {}", lines.join("\n  "))
        })?;
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        if let Some(url) = &self.public_url
            && !matches!(outbound::Url::parse(url), Ok(url) if matches!(url.scheme(), "http" | "https") && url.path() == "/")
        {
            bail!("the setting public_url is {url:?}; it must look like https://help.example.com, without a path");
        }
        for (name, url) in
            [("database_url", &self.database_url), ("migration_database_url", &self.migration_database_url)]
        {
            let scheme = url.as_ref().map(|url| url.expose_secret().split(':').next().unwrap_or_default().to_owned());
            if scheme.is_some_and(|scheme| !matches!(scheme.as_str(), "postgres" | "postgresql")) {
                bail!("the setting {name} must begin with postgres://");
            }
        }
        if self.migration_database_url.is_some() && self.database_url.is_none() {
            bail!("the setting migration_database_url needs database_url beside it");
        }
        if self.max_connections == 0 {
            bail!("the setting max_connections must be at least 1");
        }
        if self.database_max_connections < 15 {
            bail!("the setting database_max_connections must be at least 15");
        }
        if self.events_kept_days < 7 {
            bail!("the setting events_kept_days must be at least 7");
        }
        if self.embedding_provider == EmbeddingProvider::Openai && !(1..=16_000).contains(&self.embedding_dimension) {
            bail!("the setting embedding_dimension must be the length of the model's vectors, from 1 to 16000");
        }
        self.mailer()?;
        Ok(())
    }

    /// The way to the mail server; one that keeps every mail when none is set.
    ///
    /// # Errors
    /// Words about the setting that cannot be used.
    pub fn mailer(&self) -> anyhow::Result<Mailer> {
        let (url, from) = match (&self.smtp_url, &self.mail_from) {
            (None, None) => return Ok(Mailer::default()),
            (Some(url), Some(from)) => (url, from),
            _ => bail!("the settings smtp_url and mail_from need each other"),
        };
        let public = outbound::Url::parse(&self.public_url()).ok();
        let host = public.as_ref().and_then(|url| url.host_str()).unwrap_or("localhost");
        Mailer::smtp(url.expose_secret(), from, host)
            .map_err(|words| anyhow::anyhow!("the setting smtp_url or mail_from {words}"))
    }

    /// The address that browsers use, without a slash at the end.
    pub fn public_url(&self) -> String {
        match &self.public_url {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None if self.listen.ip().is_unspecified() || self.listen.ip().is_loopback() => {
                format!("http://localhost:{}", self.listen.port())
            }
            None => format!("http://{}", self.listen),
        }
    }

    /// Private networks that may be fetched from.
    pub fn allowed_networks(&self) -> &[IpNet] {
        &self.allow_private_addresses.0
    }

    /// Networks of the proxies that are believed when they say who asks.
    pub fn trusted_proxies(&self) -> &[IpNet] {
        &self.trusted_proxies.0
    }

    /// The key: the setting, else the file in the data folder, which is made on first use.
    ///
    /// # Errors
    /// When the setting is no key, or the file cannot be read or written.
    pub fn secret_key(&self) -> anyhow::Result<SecretKey> {
        match &self.secret_key {
            Some(text) => key::parse(text.expose_secret())
                .context("the setting secret_key must be 32 bytes in hexadecimal or base64 (`openssl rand -hex 32`)"),
            None => key::read_or_create(&self.key_file()),
        }
    }

    /// The key of an installation that has one: none is made.
    ///
    /// # Errors
    /// As [`Config::secret_key`], and when there is none.
    pub fn existing_secret_key(&self) -> anyhow::Result<SecretKey> {
        let path = self.key_file();
        if !self.has_secret_key() && !path.exists() {
            bail!("the key is missing: the setting secret_key is empty, and {} is not there", path.display());
        }
        self.secret_key()
    }

    /// Where the key is kept that is made when none is set.
    pub fn key_file(&self) -> PathBuf {
        self.data_dir.join("secret.key")
    }

    /// Folder of uploaded files.
    pub fn files_dir(&self) -> PathBuf {
        self.data_dir.join("files")
    }

    /// Whether the key is set rather than generated.
    pub fn has_secret_key(&self) -> bool {
        self.secret_key.is_some()
    }
}

fn describe(error: &figment::Error) -> String {
    let name = error.path.join(".");
    let origin = match &error.metadata {
        Some(metadata) if metadata.name.contains("environment") => " (environment)".to_owned(),
        Some(metadata) => metadata.source.as_ref().map(|source| format!(" ({source})")).unwrap_or_default(),
        None => String::new(),
    };
    if name.is_empty() { format!("{}{origin}", error.kind) } else { format!("{name}: {}{origin}", error.kind) }
}

fn default_data_dir() -> PathBuf {
    if nix::unistd::Uid::effective().is_root() {
        return "/var/lib/biseda".into();
    }
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("XDG_DATA_HOME")
        .or_else(|| variable("HOME").map(|home| home.join(".local/share")))
        .map_or_else(|| "data".into(), |folder| folder.join("biseda"))
}

/// Beside the program when it was installed so, else where the build puts it.
fn default_site_root() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|program| Some(program.parent()?.join("site")));
    beside.filter(|folder| folder.is_dir()).unwrap_or_else(|| Path::new("target/site").to_owned())
}

#[cfg(test)]
#[expect(clippy::result_large_err, reason = "figment's Jail asks for its error")]
mod tests {
    use figment::Jail;

    use super::*;

    #[test]
    fn the_environment_comes_before_the_file() {
        Jail::expect_with(|jail| {
            jail.clear_env();
            jail.create_file("biseda.toml", "listen = \"127.0.0.1:4000\"\nlog_format = \"json\"")?;
            jail.set_env("BISEDA_LISTEN", "0.0.0.0:5000");
            jail.set_env("DATABASE_URL", "postgres://app@db/biseda");
            let config = Config::load(None).unwrap();
            assert_eq!(config.listen.port(), 5000);
            assert_eq!(config.log_format, LogFormat::Json);
            assert_eq!(config.database_url.as_ref().unwrap().expose_secret(), "postgres://app@db/biseda");
            assert_eq!(config.public_url(), "http://localhost:5000");
            Ok(())
        });
    }

    #[test]
    fn errors_name_the_setting() {
        Jail::expect_with(|jail| {
            jail.clear_env();
            for (name, value, words) in [
                ("BISEDA_LISTEM", "x", "listem"),
                ("BISEDA_LISTEN", "nowhere", "listen"),
                ("BISEDA_PUBLIC_URL", "help.example.com", "public_url"),
                ("BISEDA_DATABASE_URL", "mysql://x", "database_url"),
                ("BISEDA_ALLOW_PRIVATE_ADDRESSES", "10.0.0.0/99", "allow_private_addresses"),
                ("BISEDA_LOG_FORMAT", "xml", "log_format"),
                ("BISEDA_EVENTS_KEPT_DAYS", "6", "events_kept_days"),
                ("BISEDA_SMTP_URL", "smtp://localhost", "mail_from"),
            ] {
                jail.clear_env();
                jail.set_env(name, value);
                let error = format!("{:#}", Config::load(None).unwrap_err());
                assert!(error.contains(words), "{name}: {error}");
            }
            Ok(())
        });
    }

    #[test]
    fn private_networks_are_given_as_a_flag_or_a_list() {
        Jail::expect_with(|jail| {
            jail.clear_env();
            assert!(Config::load(None).unwrap().allowed_networks().is_empty());
            for (value, count) in [("true", 2), ("false", 0), ("10.0.0.0/8, 127.0.0.1", 2), ("[\"10.0.0.0/8\"]", 1)] {
                jail.set_env("BISEDA_ALLOW_PRIVATE_ADDRESSES", value);
                assert_eq!(Config::load(None).unwrap().allowed_networks().len(), count, "{value}");
            }
            Ok(())
        });
    }
}
