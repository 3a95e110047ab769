use std::path::PathBuf;

use anyhow::bail;
use backup::Tally;
use clap::Args;
use domain::SecretKey;

use crate::{
    config::Config,
    database::{Database, Purpose},
};

/// What of the archive is meant.
#[derive(Args)]
pub struct Backup {
    /// The archive (.tar.gz). It must not exist.
    file: PathBuf,
}

impl Backup {
    /// `biseda backup FILE`
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let key = config.existing_secret_key()?;
        let database = Database::open(&config, Purpose::Read).await?;
        let saved = backup::save(&database.db, &config.files_dir(), key_check(&key), &self.file).await;
        database.close().await;
        let tally = saved?;
        println!("{} holds {}.", self.file.display(), words(&tally));
        faults(&tally)
    }
}

/// Tells of a key, and nothing about it.
pub(super) fn key_check(key: &SecretKey) -> String {
    hex::encode(&key.sign("key check of backups", b"")[..16])
}

/// How much is in an archive.
pub(super) fn words(tally: &Tally) -> String {
    let Tally { jobs, files, file_bytes, .. } = tally;
    let tables = tally.rows.iter().filter(|(_, rows)| *rows > 0).count();
    format!("{} rows of {tables} tables, {jobs} jobs and {files} files ({file_bytes} bytes)", tally.all_rows())
}

/// Fails when files were missing: somebody should look, though the archive is whole.
pub(super) fn faults(tally: &Tally) -> anyhow::Result<()> {
    for path in &tally.faulty_files {
        eprintln!("missing or damaged: {path}");
    }
    match tally.faulty_files.len() {
        0 => Ok(()),
        1 => bail!("the archive is written, but one file was missing on the disk or damaged"),
        count => bail!("the archive is written, but {count} files were missing on the disk or damaged"),
    }
}
