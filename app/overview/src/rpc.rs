//! What the overview asks of the server.

use base::AppError;
use leptos::prelude::*;
use types::overview::Overview;

/// The organization's figures.
#[server]
pub async fn load_overview() -> Result<Overview, AppError> {
    let mut cx = base::server::cx().await?;
    Ok(domain::overview::get(&mut cx).await?)
}
