//! The database that is measured against, and the domain over it.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use anyhow::{Context, bail};
use db::{
    Db, SystemClock,
    embedded::{Embedded, Options, Urls},
    migrate,
    sqlx::{self, PgPool, postgres::PgPoolOptions},
};
use domain::{
    SecretKey, Services, Settings,
    accounts::{self, Authenticated, ClientInfo},
    knowledge::KnowledgeSettings,
    live::Bus,
};
use llm::{Embedder, LocalEmbedder, LocalFiles};
use types::id::OrganizationId;

use crate::{
    Arguments, fill,
    program::{Program, SECRET_KEY},
};

/// The password of everybody who can sign in.
pub const PASSWORD: &str = "a password of the bench";

/// A filled database, kept from run to run.
pub struct World<'a> {
    pub arguments: &'a Arguments,
    pub services: Services,
    /// The schema's owner, who sees all organizations.
    pub owner: PgPool,
    folder: PathBuf,
    postgres: Embedded,
}

impl<'a> World<'a> {
    /// Starts the database and fills it, unless an earlier run did.
    pub async fn open(arguments: &'a Arguments) -> anyhow::Result<Self> {
        let folder = &arguments.folder;
        let mark = folder.join("filled");
        let fingerprint = fingerprint();
        if std::fs::read_to_string(&mark).ok().as_ref() != Some(&fingerprint) {
            clear(folder)?;
        }
        let postgres = start(folder).await?;
        let urls = postgres.urls().clone();
        migrate::run(&urls.owner).await?;
        let owner = pool(&urls.owner, 4).await?;
        sqlx::raw_sql("create extension if not exists pg_stat_statements").execute(&owner).await?;
        let services =
            services(&urls, folder, Arc::new(LocalEmbedder::new(LocalFiles::find(db::embedded::cache_dir)?))).await?;
        let world = Self { arguments, services, owner, folder: folder.clone(), postgres };
        if !mark.exists() {
            fill::fill(&world).await.context("cannot fill the database")?;
            std::fs::write(&mark, fingerprint)?;
        }
        Ok(world)
    }

    /// Starts the program on this database.
    pub async fn program(&self) -> anyhow::Result<Program> {
        Program::start(self.arguments, &self.folder.join("program"), Some(&self.postgres.urls().app)).await
    }

    /// A new session of the owner of the large organization: the cookie's content, and who it is.
    pub async fn session(&self) -> anyhow::Result<(String, Authenticated)> {
        let client = ClientInfo::default();
        let signed_in = accounts::log_in(&self.services, &fill::email(0), PASSWORD, &client).await?;
        let who = accounts::authenticate(&self.services, &signed_in.token).await?;
        Ok((signed_in.token, who.context("the session is not valid")?))
    }

    /// New sessions of so many plain members of an organization. They were filled in without a password, and get the owner's.
    pub async fn colleagues(&self, organization: OrganizationId, count: i64) -> anyhow::Result<Vec<String>> {
        let emails: Vec<String> = sqlx::query_scalar(
            "update users set password_hash = (select password_hash from users where email = $2)
             where id in (select user_id from members where organization_id = $1 and role = 'member' order by id limit $3)
             returning email",
        )
        .bind(organization.0)
        .bind(fill::email(0))
        .bind(count)
        .fetch_all(&self.owner)
        .await?;
        let mut sessions = Vec::new();
        for email in emails {
            sessions.push(accounts::log_in(&self.services, &email, PASSWORD, &ClientInfo::default()).await?.token);
        }
        Ok(sessions)
    }

    /// The database's address as the schema's owner.
    pub fn owner_url(&self) -> &str {
        &self.postgres.urls().owner
    }

    /// A database beside the filled one, for what would leave too much behind.
    pub async fn own_database(&self, name: &str) -> anyhow::Result<Own> {
        let urls = self.empty_database(name).await?;
        migrate::run(&urls.owner).await?;
        let services = services(&urls, &self.folder, self.services.embedder.clone()).await?;
        Ok(Own { services, urls, name: name.to_owned() })
    }

    /// A database with nothing in it, in place of an earlier one of that name.
    pub async fn empty_database(&self, name: &str) -> anyhow::Result<Urls> {
        self.drop(name).await?;
        sqlx::raw_sql(&format!("create database {name}")).execute(&self.owner).await?;
        let at = |url: &str| url.rsplit_once('/').map(|(server, _)| format!("{server}/{name}")).unwrap_or_default();
        Ok(Urls { owner: at(&self.postgres.urls().owner), app: at(&self.postgres.urls().app) })
    }

    /// Removes it.
    pub async fn drop_database(&self, own: Own) -> anyhow::Result<()> {
        own.services.db.system().pool().close().await;
        self.drop(&own.name).await
    }

    /// Removes a database of that name, if there is one.
    pub async fn drop(&self, name: &str) -> anyhow::Result<()> {
        sqlx::raw_sql(&format!("drop database if exists {name} with (force)")).execute(&self.owner).await?;
        Ok(())
    }

    /// Stops the database.
    pub async fn close(self) {
        self.owner.close().await;
        self.services.db.system().pool().close().await;
        self.postgres.stop().await;
    }
}

/// Starts Postgres with the module that takes the time of queries, which counts only for those who ask it to.
async fn start(folder: &Path) -> anyhow::Result<Embedded> {
    let postgres = Embedded::start(Options::new(folder)).await?;
    let owner = pool(&postgres.urls().owner, 1).await?;
    let loaded: String = sqlx::query_scalar("show shared_preload_libraries").fetch_one(&owner).await?;
    if loaded.contains("pg_stat_statements") {
        return Ok(postgres);
    }
    for setting in ["shared_preload_libraries = 'pg_stat_statements'", "pg_stat_statements.track = none"] {
        sqlx::query(&format!("alter system set {setting}")).execute(&owner).await?;
    }
    owner.close().await;
    postgres.stop().await;
    Embedded::start(Options::new(folder)).await
}

/// A database beside the filled one.
pub struct Own {
    pub services: Services,
    pub urls: Urls,
    name: String,
}

/// The domain over a database, as the program's role.
pub async fn services(urls: &Urls, folder: &Path, embedder: Arc<dyn Embedder>) -> anyhow::Result<Services> {
    let here = outbound::Policy { allowed_networks: vec!["127.0.0.0/8".parse()?], ..outbound::Policy::default() };
    let outbound = outbound::Client::new(here)?;
    Ok(Services {
        db: Db::new(pool(&urls.app, 8).await?, Arc::new(SystemClock)),
        live: Bus::new(),
        secret_key: Arc::new(SecretKey::new(SECRET_KEY)),
        outbound: outbound.clone(),
        embedder,
        mailer: domain::mails::Mailer::default(),
        models: Arc::new(llm::Providers::new(outbound, llm::Timeouts::default())),
        settings: Arc::new(Settings {
            public_url: "http://localhost".into(),
            files_dir: folder.join("files"),
            disk_reserve: 0,
            events_kept_days: 30,
            knowledge: KnowledgeSettings::default(),
        }),
    })
}

/// Connections to a database.
pub async fn pool(url: &str, connections: u32) -> anyhow::Result<PgPool> {
    Ok(PgPoolOptions::new().max_connections(connections).connect(url).await?)
}

/// Changes when the schema does, or what is filled in.
fn fingerprint() -> String {
    let migrations = migrate::MIGRATIONS.iter().flat_map(|migration| migration.checksum.iter());
    let hash = migrations.fold(fill::VERSION, |hash, byte| hash.wrapping_mul(31).wrapping_add(u64::from(*byte)));
    format!("{hash:016x}")
}

/// Removes what an earlier run left. Only a folder that such a run made is touched.
fn clear(folder: &Path) -> anyhow::Result<()> {
    if !folder.exists() {
        return Ok(());
    }
    let is_empty = std::fs::read_dir(folder)?.next().is_none();
    if !is_empty && !folder.join("postgres").exists() && !folder.join("filled").exists() {
        bail!("{} holds something else; name another folder", folder.display());
    }
    let cluster = folder.join("postgres");
    if cluster.is_symlink() {
        std::fs::remove_dir_all(cluster.canonicalize()?)?;
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}
