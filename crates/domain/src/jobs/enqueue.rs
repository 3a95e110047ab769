use awa::{AwaError, InsertOpts, JobArgs, JobState, UniqueOpts};
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;

use super::{
    Job,
    share::{REPLY_SURPLUS, queue_for},
};
use crate::{Cx, Error, Result};

/// In these states a job is still to be done.
const OPEN: [JobState; 5] =
    [JobState::Scheduled, JobState::Available, JobState::Running, JobState::Retryable, JobState::WaitingExternal];

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
    insert(cx.conn(), job, queue).await.map_err(refused)
}

/// The same for a reply that is beyond its organization's share, however few there were.
pub(super) async fn enqueue_beyond_share(cx: &mut Cx, reply: Job) -> Result<()> {
    insert(cx.conn(), reply, REPLY_SURPLUS).await.map_err(refused)
}

/// The same for a job that belongs to no organization.
pub(crate) async fn enqueue_on(connection: &mut PgConnection, job: Job) -> Result<()> {
    let queue = job.queue();
    insert(connection, job, queue).await.map_err(refused)
}

/// The same for a job of which the queue takes one ([`Job::is_single`]): nothing, as long as that is still to be done. Gives
/// whether it was enqueued.
pub(crate) async fn enqueue_again(cx: &mut Cx, job: Job) -> Result<bool> {
    let queue = queue_for(&job, cx.now());
    cx.savepoint().await?;
    match insert(cx.conn(), job, queue).await {
        Ok(()) => Ok(true),
        Err(AwaError::UniqueConflict { .. }) => {
            cx.rollback_to_savepoint().await?;
            Ok(false)
        }
        Err(error) => Err(refused(error)),
    }
}

/// Whether the queue has a job still to be done of which it takes one.
pub(crate) async fn is_waiting(cx: &mut Cx, job: Job) -> Result<bool> {
    let queue = queue_for(&job, cx.now());
    cx.savepoint().await?;
    let inserted = insert(cx.conn(), job, queue).await;
    cx.rollback_to_savepoint().await?;
    match inserted {
        Ok(()) => Ok(false),
        Err(AwaError::UniqueConflict { .. }) => Ok(true),
        Err(error) => Err(refused(error)),
    }
}

async fn insert(connection: &mut PgConnection, job: Job, queue: &str) -> std::result::Result<(), AwaError> {
    let states = OPEN.iter().fold(0, |states, state| states | (1 << state.bit_position()));
    let options = InsertOpts {
        queue: queue.to_owned(),
        max_attempts: job.max_attempts(),
        unique: job.is_single().then(|| UniqueOpts { states, ..UniqueOpts::default() }),
        ..InsertOpts::default()
    };
    awa::insert_with(connection, &Work(job), options).await.map(drop)
}

fn refused(error: AwaError) -> Error {
    match error {
        // Also one that is away, which is to be told like everywhere else.
        AwaError::Database(error) => error.into(),
        error => Error::Internal(error.into()),
    }
}
