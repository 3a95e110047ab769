use crate::{config::Config, database::Database};

/// `biseda migrate`
pub async fn migrate(config: Config) -> anyhow::Result<()> {
    Database::migrate(&config).await?;
    println!("The database is up to date.");
    Ok(())
}
