use std::path::PathBuf;

use backup::Backup;
use clap::Args;

use super::backup::{key_check, words};
use crate::{
    config::Config,
    database::{Database, Purpose},
};

/// From where.
#[derive(Args)]
pub struct Restore {
    /// The archive that `biseda backup` wrote.
    file: PathBuf,
    /// Only look whether it is whole and fits this program and its key.
    #[arg(long)]
    check: bool,
}

impl Restore {
    /// `biseda restore FILE`
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let key = config.existing_secret_key()?;
        let archive = Backup::open(&self.file, |check| check == key_check(&key))?;
        let what = words(&archive.tally);
        if self.check {
            println!("{} is whole: {what}, as of {}.", self.file.display(), archive.head.created_at);
            return Ok(());
        }
        // The only one on the database: no program may work on it.
        let files_dir = config.files_dir();
        Database::as_owner(&config, Purpose::Serve { workers: false }, async |urls| {
            archive.restore(&urls.owner, &files_dir).await
        })
        .await?;
        println!("Restored {what}.");
        Ok(())
    }
}
