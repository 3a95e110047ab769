use std::path::PathBuf;

use clap::Args;

use super::backup::{faults, words};
use crate::{
    config::Config,
    database::{Database, Purpose},
};

/// Whose rows, and where to.
#[derive(Args)]
pub struct Export {
    /// The organization's id or slug.
    organization: String,
    /// The archive (.tar.gz). It must not exist.
    file: PathBuf,
}

impl Export {
    /// `biseda export ORGANIZATION FILE`
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let database = Database::open(&config, Purpose::Read).await?;
        let exported = backup::export(&database.db, &config.files_dir(), &self.organization, &self.file).await;
        database.close().await;
        let tally = exported?;
        println!("{} holds {}.", self.file.display(), words(&tally));
        faults(&tally)
    }
}
