use std::path::PathBuf;

use backup::Tally;
use clap::Args;
use db::{Actor, Db};
use domain::audit;

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
        let exported = self.export(&config, &database.db).await;
        database.close().await;
        let tally = exported?;
        println!("{} holds {}.", self.file.display(), words(&tally));
        faults(&tally)
    }

    async fn export(&self, config: &Config, db: &Db) -> anyhow::Result<Tally> {
        // An archive that is there, or cannot be made, is nothing that anybody has taken.
        anyhow::ensure!(!self.file.exists(), "{} exists already", self.file.display());
        let id = backup::organization(db, &self.organization).await?;
        // First of all: whoever reads the log is to know of every archive.
        let mut cx = db.begin(id, Actor::System).await?;
        audit::record(&mut cx, "organization.exported", id, None, None).await?;
        cx.commit().await?;
        backup::export(db, &config.files_dir(), &id.to_string(), &self.file).await
    }
}
