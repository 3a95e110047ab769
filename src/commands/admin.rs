use std::io::Read;

use anyhow::Context;
use clap::Subcommand;
use domain::{Token, accounts};

use crate::{
    config::Config,
    database::{Database, Purpose},
    services,
};

/// People who operate the service.
#[derive(Subcommand)]
pub enum Admin {
    /// Make a platform admin. Without --password-stdin a password is made up and printed.
    Create {
        #[arg(long)]
        email: String,
        #[arg(long)]
        name: String,
        /// Read the password from standard input.
        #[arg(long)]
        password_stdin: bool,
    },
}

impl Admin {
    /// `biseda admin …`
    pub async fn run(self, config: Config) -> anyhow::Result<()> {
        let Self::Create { email, name, password_stdin } = self;
        let given = password_stdin.then(read_password).transpose()?;
        let password = given.clone().unwrap_or_else(|| Token::random().secret);
        let database = Database::open(&config, Purpose::Command).await?;
        let services = services::build(&config, database.db.clone())?;
        let result = accounts::create_platform_admin(&services, &email, &name, &password).await;
        database.close().await;
        result?;
        println!("{email} is a platform admin. Sign in at {}/login", config.public_url());
        if given.is_none() {
            println!("Password: {password}");
        }
        Ok(())
    }
}

fn read_password() -> anyhow::Result<String> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).context("cannot read the password")?;
    Ok(text.trim_end_matches(['\r', '\n']).to_owned())
}
