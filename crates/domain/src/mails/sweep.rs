use chrono::Duration;

use crate::{Result, Services};

/// How long mails can be looked up.
const KEPT: Duration = Duration::days(30);

/// Removes mails of a month ago. Part of the daily upkeep.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn sweep(services: &Services) -> Result<()> {
    sqlx::query!("delete from mails where created_at < $1", services.db.now() - KEPT)
        .execute(services.db.system().pool())
        .await?;
    Ok(())
}
