use anyhow::bail;
use clap::Subcommand;
use domain::platform::{self, Chain};

use crate::{
    config::Config,
    database::{Database, Purpose},
    services,
};

/// The logs of who changed what.
#[derive(Subcommand)]
pub enum Audit {
    /// Look whether the logs are whole: every organization's and the operators' own. Fails when one is not.
    Verify {
        /// One organization's log alone, by its id or slug.
        #[arg(long)]
        organization: Option<String>,
    },
}

impl Audit {
    /// `biseda audit …`
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Verify { organization } = self;
        let database = Database::open(&config, Purpose::Command).await?;
        let services = services::build(&config, database.db.clone())?;
        let mut broken = 0;
        let walked = platform::walk_chains(&services, organization.as_deref(), |chain| {
            broken += usize::from(chain.walk.broken.is_some());
            println!("{}", line(&chain));
        });
        let walked = walked.await;
        database.close().await;
        walked?;
        match broken {
            0 => Ok(()),
            1 => bail!("one log is not whole"),
            count => bail!("{count} logs are not whole"),
        }
    }
}

fn line(Chain { organization, slug, walk }: &Chain) -> String {
    let whose = organization.map_or_else(|| "the operators' log".to_owned(), |id| id.to_string());
    match walk.broken {
        None => format!("ok      {slug} ({whose}): {} rows", walk.rows),
        Some(row) => format!("broken  {slug} ({whose}): row {row} is missing or was changed"),
    }
}
