//! What has to be done from time to time: to remove sessions that ran out, old mails, organizations whose grace period is
//! over, uploads that nobody sent, files without a row, old events and deliveries; to make anew what another embedding
//! model made.

mod disk;
mod tenants;

use chrono::Duration;
use futures::future::BoxFuture;

use crate::{
    Result, Services, accounts,
    jobs::{self, Job},
    knowledge, mails, organizations,
};

/// Under this name `platform_settings` keeps when the last upkeep began, and what documents were made with then.
const NAME: &str = "upkeep";
/// How often it is done. By the database's note and not by the time of day: the program may never run at night.
const EVERY: Duration = Duration::days(1);
/// How soon after the last one it is done when documents are made with something else since. Nodes of two versions or
/// settings, as in an upgrade, do not take turns with it.
const SOON: Duration = Duration::minutes(10);

/// Enqueues the upkeep when the last one is a day old, or when the embedding model is another than then. Called with every tick, on any number of nodes.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn begin_when_due(services: &Services) -> Result<()> {
    let now = services.db.now();
    let mut tx = services.db.system().begin().await?;
    let taken = sqlx::query!(
        "insert into platform_settings as s (name, value, updated_at) values ($1, $2, $3)
         on conflict (name) do update set value = $2, updated_at = $3
           where s.updated_at <= $4 or s.value <> $2 and s.updated_at <= $5",
        NAME,
        serde_json::Value::from(knowledge::sync::recipe(services)),
        now,
        now - EVERY,
        now - SOON
    )
    .execute(&mut *tx)
    .await?;
    if taken.rows_affected() == 1 {
        jobs::enqueue_on(&mut tx, Job::Upkeep).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Removes what nobody needs any more, and makes anew what is outdated. May run twice.
///
/// # Errors
/// The first, when the database or the disk does not answer: one part's trouble is not the others'.
pub async fn run(services: &Services) -> Result<()> {
    let parts: [(&str, BoxFuture<Result<()>>); 5] = [
        ("accounts", Box::pin(accounts::sweep(services))),
        ("mails", Box::pin(mails::sweep(services))),
        ("deleted organizations", Box::pin(organizations::purge_due(services))),
        ("files", Box::pin(disk::sweep(services))),
        ("organizations", Box::pin(tenants::tend(services))),
    ];
    let mut outcome = Ok(());
    for (part, work) in parts {
        let done = work.await;
        if let Err(error) = &done {
            tracing::warn!(part, ?error, "a part of the upkeep waits for the next one");
        }
        outcome = outcome.and(done);
    }
    outcome
}
