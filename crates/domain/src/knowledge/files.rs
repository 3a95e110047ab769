//! Files of sources on the disk, and the queue of those to be removed.

use std::path::Path;

use crate::{Result, Services};

/// Removes a file; one that is gone already is as good.
pub(super) async fn remove(path: &Path) {
    if let Err(error) = tokio::fs::remove_file(path).await
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "a file could not be removed");
    }
}

/// Removes the files whose sources are gone. Runs after each deletion, and with the schedule for those that a crash
/// left over.
///
/// # Errors
/// When the database does not answer.
pub(super) async fn sweep(services: &Services) -> Result<()> {
    let pool = services.db.system();
    let rows = sqlx::query!("select id, path from file_removals order by id limit 1000").fetch_all(pool.pool()).await?;
    for row in rows {
        remove(&services.settings.files_dir.join(&row.path)).await;
        sqlx::query!("delete from file_removals where id = $1", row.id).execute(pool.pool()).await?;
    }
    Ok(())
}
