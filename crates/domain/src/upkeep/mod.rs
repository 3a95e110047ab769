//! What has to be removed from time to time: sessions that ran out, old mails, organizations whose
//! grace period is over, uploads that nobody sent, files without a row.

mod disk;

use chrono::Duration;

use crate::{
    Result, Services, accounts,
    jobs::{self, Job},
    mails, organizations,
};

/// Under this name `platform_settings` keeps when the last upkeep began.
const NAME: &str = "upkeep";
/// How often it is done. By the database's note and not by the time of day: the program may never run at night.
const EVERY: Duration = Duration::days(1);

/// Enqueues the upkeep when the last one is a day old. Called with every tick, on any number of nodes.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn begin_when_due(services: &Services) -> Result<()> {
    let now = services.db.now();
    let mut tx = services.db.system().begin().await?;
    let taken = sqlx::query!(
        "insert into platform_settings as s (name, value, updated_at) values ($1, 'null', $2)
         on conflict (name) do update set updated_at = $2 where s.updated_at <= $3",
        NAME,
        now,
        now - EVERY
    )
    .execute(&mut *tx)
    .await?;
    if taken.rows_affected() == 1 {
        jobs::enqueue_on(&mut tx, Job::Upkeep).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes what nobody needs any more. May run twice.
///
/// # Errors
/// When the database or the disk does not answer; what was removed before stays removed.
pub async fn run(services: &Services) -> Result<()> {
    accounts::sweep(services).await?;
    mails::sweep(services).await?;
    organizations::purge_due(services).await?;
    disk::sweep(services).await
}
