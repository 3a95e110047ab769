use awa::{AwaError, InsertOpts, JobArgs};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::{Job, share::queue_for};
use crate::{Cx, Error, Result};

/// A job as the queue stores it.
#[derive(Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Work(pub(super) Job);

impl JobArgs for Work {
    fn kind() -> &'static str {
        "job"
    }
}

/// Enqueues a job in the caller's transaction: it exists if, and only if, that commits.
///
/// # Errors
/// When the database refuses.
pub async fn enqueue(cx: &mut Cx, job: Job) -> Result<()> {
    let queue = queue_for(&job, cx.now());
    insert(cx.conn(), job, queue).await
}

/// The same for a job that belongs to no organization.
pub(crate) async fn enqueue_on(connection: &mut PgConnection, job: Job) -> Result<()> {
    let queue = job.queue();
    insert(connection, job, queue).await
}

async fn insert(connection: &mut PgConnection, job: Job, queue: &str) -> Result<()> {
    let options = InsertOpts { queue: queue.to_owned(), max_attempts: job.max_attempts(), ..InsertOpts::default() };
    match awa::insert_with(connection, &Work(job), options).await {
        Ok(_) => Ok(()),
        // Also one that is away, which is to be told like everywhere else.
        Err(AwaError::Database(error)) => Err(error.into()),
        Err(error) => Err(Error::Internal(error.into())),
    }
}
