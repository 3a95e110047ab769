//! One try of a job.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use awa::{JobContext, JobError, JobResult};
use db::hooks::step;
use tokio_util::task::AbortOnDropHandle;
use types::id::OrganizationId;

use super::{Body, Job, TurnOver, enqueue::enqueue_beyond_share, give_up::give_up, places::Places};
use crate::{Actor, Services};

/// How long an answer that is being written may go on when the program stops. It is begun anew elsewhere after that.
const GRACE: Duration = Duration::from_secs(8);
/// How long after a failed attempt to give up, or to let a reply wait with others, the next one is made.
const GIVE_UP_AGAIN: Duration = Duration::from_secs(5);

/// What the workers of a process share.
pub(super) struct Workers {
    pub(super) services: Services,
    pub(super) body: Body,
    pub(super) places: Places,
}

impl Workers {
    /// Runs a job's body and says what becomes of the job.
    ///
    /// # Errors
    /// When it is to be tried again, or is given up.
    pub(super) async fn perform(&self, job: Job, attempt: Attempt) -> Result<JobResult, JobError> {
        let (services, begun) = (&self.services, Instant::now());
        step("job-taken");
        if attempt.is_over {
            tracing::warn!(job = job.name(), ?job, "a job's last try was cut off");
            return end(services, &job, "its last try was cut off").await;
        }
        let _place = match job {
            Job::ReplyAsAgent { organization_id, .. } if attempt.queue == job.queue() => {
                let Some(place) = self.places.take(organization_id) else {
                    return put_beyond_share(services, organization_id, job).await;
                };
                Some(place)
            }
            _ => None,
        };
        // A task of its own: a panic is an error, and dropping the handle ends the work.
        let work = AbortOnDropHandle::new(tokio::spawn((self.body)(services.clone(), job.clone())));
        let result = tokio::select! {
            result = work => result.map_err(anyhow::Error::from).and_then(|result| result),
            () = attempt.stopped(&job) => {
                record(&job, "interrupted", begun);
                return Ok(JobResult::Snooze(Duration::ZERO));
            }
        };
        let Err(error) = result else {
            record(&job, "done", begun);
            step("job-done");
            return Ok(JobResult::Completed);
        };
        if error.is::<TurnOver>() {
            record(&job, "interrupted", begun);
            return Ok(JobResult::Snooze(Duration::ZERO));
        }
        record(&job, "failed", begun);
        tracing::error!(job = job.name(), ?job, last = attempt.is_last, "a job failed: {error:#}");
        match attempt.is_last {
            true => end(services, &job, &format!("{error:#}")).await,
            false => Err(JobError::retryable_msg(format!("{error:#}"))),
        }
    }
}

/// Lets a reply wait with those that are beyond their organizations' shares.
async fn put_beyond_share(
    services: &Services,
    organization: OrganizationId,
    reply: Job,
) -> Result<JobResult, JobError> {
    let moved = async {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        enqueue_beyond_share(&mut cx, reply).await?;
        services.commit(cx).await?;
        Ok::<_, anyhow::Error>(())
    };
    match moved.await {
        Ok(()) => Ok(JobResult::Completed),
        // That is no try: after the last one nobody would answer.
        Err(error) => {
            tracing::warn!(%organization, "a reply waits to be put beyond its organization's share: {error:#}");
            Ok(JobResult::Snooze(GIVE_UP_AGAIN))
        }
    }
}

/// What the queue says of this try.
pub(super) struct Attempt {
    queue: String,
    is_last: bool,
    /// The queue takes up a killed worker's job once more even when that was its last try.
    is_over: bool,
    stopping: Arc<AtomicBool>,
}

impl Attempt {
    pub(super) fn of(context: &JobContext) -> Self {
        let job = &context.job;
        Self {
            queue: job.queue.clone(),
            is_last: job.attempt >= job.max_attempts,
            is_over: job.attempt > job.max_attempts,
            stopping: context.cancellation_flag(),
        }
    }

    /// Ends when the program stops and this job has had the time that it gets then.
    async fn stopped(&self, job: &Job) {
        while !self.stopping.load(Ordering::SeqCst) {
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        if !job.is_long() {
            tokio::time::sleep(GRACE).await;
        }
    }
}

/// Ends a job that failed for the last time. What follows from that is tried until it is done: somebody waits.
async fn end(services: &Services, job: &Job, reason: &str) -> Result<JobResult, JobError> {
    if let Err(error) = give_up(services, job).await {
        tracing::error!(job = job.name(), "what should follow a failed job failed too: {error:#}");
        return Ok(JobResult::RetryAfter(GIVE_UP_AGAIN));
    }
    Err(JobError::terminal(reason))
}

fn record(job: &Job, result: &'static str, begun: Instant) {
    metrics::counter!("biseda_jobs_total", "kind" => job.name(), "result" => result).increment(1);
    metrics::histogram!("biseda_job_duration_seconds", "kind" => job.name()).record(begun.elapsed().as_secs_f64());
}
