//! The hold on files: while a backup reads, files whose rows are deleted stay on the disk.
//!
//! The backup takes the hold before its snapshot of the rows. Who removes files reads which, and only then asks whether
//! they may go: when nobody holds them at that moment, their rows were deleted before any snapshot that is still to come.

use sqlx::{PgConnection, PgPool};

const LOCK: i64 = 0x6269_7365_6669;

/// Keeps files on the disk until the connection ends.
///
/// # Errors
/// When the database does not answer.
pub async fn hold(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("select pg_advisory_lock_shared($1)").bind(LOCK).execute(connection).await?;
    Ok(())
}

/// Whether the files that were found to be without a row may be removed now.
///
/// # Errors
/// When the database does not answer.
pub async fn may_go(pool: &PgPool) -> Result<bool, sqlx::Error> {
    // Not by trying to take the lock: two who ask at once would be in each other's way.
    sqlx::query_scalar(
        "select not exists (
           select from pg_locks where locktype = 'advisory' and objsubid = 1
             and database = (select oid from pg_database where datname = current_database())
             and classid::bigint = $1 >> 32 and objid::bigint = $1 & 4294967295)",
    )
    .bind(LOCK)
    .fetch_one(pool)
    .await
}
