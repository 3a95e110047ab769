use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use rand::{Rng, distr::Alphanumeric};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};
use tokio::process::Command;

use super::{Installation, Urls, user::ServerUser};
use crate::migrate::APP_ROLE;

/// The database of the product in the embedded server.
const DATABASE: &str = "biseda";
const OWNER: &str = "biseda_owner";
const MAJOR_VERSION: &str = "18";

/// A folder made by `initdb`, and the passwords of its two roles.
pub(super) struct Cluster {
    path: PathBuf,
    passwords: Passwords,
}

#[derive(Serialize, Deserialize)]
struct Passwords {
    owner: String,
    app: String,
}

impl Passwords {
    fn random() -> Self {
        let word = || rand::rng().sample_iter(Alphanumeric).take(32).map(char::from).collect();
        Self { owner: word(), app: word() }
    }
}

/// Where the cluster of a data folder is.
pub(super) fn location(data_dir: &Path) -> PathBuf {
    let path = data_dir.join("postgres");
    path.canonicalize().unwrap_or(path)
}

impl Cluster {
    pub(super) fn open(path: PathBuf) -> anyhow::Result<Self> {
        let file = path.join("biseda.json");
        let content = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(Self { path, passwords: serde_json::from_slice(&content)? })
    }

    pub(super) async fn open_or_create(
        data_dir: &Path,
        installation: &Installation,
        user: ServerUser,
        durable: bool,
    ) -> anyhow::Result<Self> {
        if !user.reaches(installation.root()) {
            bail!(
                "Postgres at {} cannot be used: it must not run as root, and the user it runs as cannot reach that folder; \
                 set BISEDA_CACHE_DIR to a folder that everybody can enter",
                installation.root().display()
            );
        }
        let path = location(data_dir);
        if !path.join("PG_VERSION").exists() {
            let path = place(data_dir, user)?;
            create(&path, installation, user, durable).await?;
            return Self::open(path.canonicalize()?);
        }
        let version = fs::read_to_string(path.join("PG_VERSION"))?;
        if version.trim() != MAJOR_VERSION {
            bail!("{} was made by Postgres {}, this program brings {MAJOR_VERSION}", path.display(), version.trim());
        }
        if !user.reaches(&path) {
            bail!("the user that Postgres runs as cannot reach {}", path.display());
        }
        Self::open(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn urls(&self, port: u16) -> Urls {
        Urls {
            owner: url(OWNER, &self.passwords.owner, port, DATABASE),
            app: url(APP_ROLE, &self.passwords.app, port, DATABASE),
        }
    }

    /// The owner's way in before there is a database of ours.
    pub(super) fn maintenance_url(&self, port: u16) -> String {
        url(OWNER, &self.passwords.owner, port, "postgres")
    }

    /// Makes the database and the program's role, where they are missing.
    pub(super) async fn prepare(&self, port: u16) -> Result<(), sqlx::Error> {
        let mut connection = PgConnection::connect(&self.maintenance_url(port)).await?;
        let exists: bool = sqlx::query_scalar("select exists (select from pg_database where datname = $1)")
            .bind(DATABASE)
            .fetch_one(&mut connection)
            .await?;
        if !exists {
            sqlx::raw_sql(&format!("create database {DATABASE}")).execute(&mut connection).await?;
        }
        let password = &self.passwords.app;
        sqlx::raw_sql(&format!(
            "do $$ begin
               if not exists (select from pg_roles where rolname = '{APP_ROLE}') then
                 create role {APP_ROLE} login nosuperuser nobypassrls password '{password}';
               end if;
             end $$"
        ))
        .execute(&mut connection)
        .await?;
        connection.close().await
    }
}

fn url(role: &str, password: &str, port: u16, database: &str) -> String {
    format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}")
}

/// Where a new cluster goes: below the data folder, unless the server's user cannot come there (root's home). Then it
/// is in `/var/lib/biseda`, and the data folder has a link to it.
fn place(data_dir: &Path, user: ServerUser) -> anyhow::Result<PathBuf> {
    let link = data_dir.join("postgres");
    if user.reaches(data_dir) {
        return Ok(link);
    }
    let name: String = data_dir.to_string_lossy().chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
    let folder = Path::new("/var/lib/biseda").join(format!("postgres{name}"));
    fs::create_dir_all("/var/lib/biseda").context("cannot make /var/lib/biseda")?;
    tracing::warn!(
        "the user that Postgres runs as cannot enter {}; its data is kept in {}",
        data_dir.display(),
        folder.display()
    );
    if link.is_symlink() {
        fs::remove_file(&link)?;
    }
    symlink(&folder, &link)?;
    Ok(folder)
}

/// Runs `initdb` beside the final place and renames, so that a start that is cut off leaves no half cluster.
async fn create(path: &Path, installation: &Installation, user: ServerUser, durable: bool) -> anyhow::Result<()> {
    let draft = path.with_extension("new");
    if draft.exists() {
        fs::remove_dir_all(&draft)?;
    }
    fs::create_dir(&draft).with_context(|| format!("cannot make {}", draft.display()))?;
    fs::set_permissions(&draft, fs::Permissions::from_mode(0o700))?;
    user.own(&draft)?;
    let passwords = Passwords::random();
    let password_file = path.with_extension("password");
    write_private(&password_file, passwords.owner.as_bytes(), user)?;

    let mut command = Command::new(installation.program("initdb"));
    command.arg("--pgdata").arg(&draft).arg("--pwfile").arg(&password_file);
    command.args(["--username", OWNER, "--auth=scram-sha-256", "--encoding=UTF8"]);
    command.args(["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
    if !durable {
        command.arg("--no-sync");
    }
    command.current_dir("/");
    user.apply(&mut command);
    command.kill_on_drop(true);
    let output = command.output().await;
    fs::remove_file(&password_file)?;
    let output = output.context("cannot run initdb")?;
    if !output.status.success() {
        bail!("initdb failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    write_private(&draft.join("biseda.json"), &serde_json::to_vec(&passwords)?, user)?;
    if path.exists() {
        // An empty folder, or one without PG_VERSION: not ours to delete when something is in it.
        fs::remove_dir(path).with_context(|| format!("{} exists and is no Postgres cluster", path.display()))?;
    }
    fs::rename(&draft, path)?;
    Ok(())
}

fn write_private(path: &Path, content: &[u8], user: ServerUser) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(content)?;
    user.own(path)
}
