mod load;
mod target;

use std::{path::Path, str::FromStr};

use anyhow::{Context, bail};
use db::migrate;
use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::{
    archive::{Head, Kind, Tally, check},
    snapshot::SESSION,
};

/// An archive that this installation can be restored from.
pub struct Backup<'a> {
    from: &'a Path,
    pub head: Head,
    pub tally: Tally,
}

impl<'a> Backup<'a> {
    /// Reads an archive from beginning to end and changes nothing. `fits` says whether this installation's key has this
    /// key check.
    ///
    /// # Errors
    /// When the archive is damaged, not whole, of a newer program or of another key.
    pub fn open(from: &'a Path, fits: impl FnOnce(&str) -> bool) -> anyhow::Result<Self> {
        let (head, tally) = check(from, Kind::Backup)?;
        let known = migrate::known();
        if let Some(step) = head.schema.iter().find(|step| known.iter().all(|known| known.version != step.version)) {
            bail!("{} was written by a newer program: its schema has migration {}", from.display(), step.version);
        }
        if !known.starts_with(&head.schema) {
            bail!("{} was written by a program with other migrations than this one", from.display());
        }
        if !head.key_check.as_deref().is_some_and(fits) {
            bail!(
                "{} belongs to an installation with another key; set secret_key to that one, or put its file secret.key \
                 into the data folder",
                from.display()
            );
        }
        Ok(Self { from, head, tally })
    }

    /// Brings the installation back: into a database in which nothing is, and a folder of files in which nothing is. Rows
    /// come in one transaction, after the files: a restore that is cut off leaves no rows and can be begun again.
    ///
    /// # Errors
    /// When the database or the folder is not empty, when a program works on the database, when the role does not own it,
    /// or when something in the archive contradicts itself. Nothing is restored then.
    pub async fn restore(&self, owner_url: &str, files_dir: &Path) -> anyhow::Result<()> {
        let options = PgConnectOptions::from_str(owner_url).context("the database's address cannot be read")?;
        let connection = PgConnection::connect_with(&options.disable_statement_logging()).await;
        let mut connection = connection.context("cannot reach the database")?;
        target::check_database(&mut connection, &self.head).await?;
        let marker = target::take_folder(files_dir)?;
        migrate::run_first(owner_url, self.head.schema.len()).await?;

        sqlx::raw_sql(SESSION).execute(&mut connection).await?;
        let mut tx = connection.begin().await?;
        target::check_empty(&mut tx).await?;
        let loosened = target::loosen(&mut tx).await?;
        load::entries(&mut tx, self.from, &self.head, &self.tally, files_dir).await?;
        loosened.tighten(&mut tx).await?;
        tx.commit().await.context("the database did not keep what was restored")?;

        std::fs::remove_file(marker)?;
        sqlx::raw_sql("analyze").execute(&mut connection).await?;
        connection.close().await?;
        migrate::run(owner_url).await
    }
}
