use awa::{InsertOpts, JobArgs};
use serde::{Deserialize, Serialize};

use super::Job;
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
    let options =
        InsertOpts { queue: job.queue().to_owned(), max_attempts: job.max_attempts(), ..InsertOpts::default() };
    awa::insert_with(cx.conn(), &Work(job), options).await.map_err(|error| Error::Internal(error.into()))?;
    Ok(())
}
