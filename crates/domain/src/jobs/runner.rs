use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use awa::{Client, JobContext, JobError, JobResult, PeriodicJob, QueueConfig};
use chrono::{DateTime, Utc};
use db::hooks::step;
use futures::future::BoxFuture;
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use super::{Job, TurnOver, enqueue::Work, give_up::give_up, lead, run};
use crate::Services;

/// Connections of the queue itself: listeners, the leader's lock, claims and heartbeats. Bodies use the services'.
pub const CONNECTIONS: u32 = 11;
/// A worker that was silent for this long is taken for dead. Its jobs are found within another rescue interval.
const SILENCE: Duration = Duration::from_secs(12);
/// Seconds by which this machine's clock may differ from the database's without a word.
const CLOCK_TOLERANCE: i64 = 2;
const HEARTBEAT: Duration = Duration::from_secs(3);
const RESCUE_INTERVAL: Duration = Duration::from_secs(4);
/// How long an answer that is being written may go on when the program stops. It is begun anew elsewhere after that.
const GRACE: Duration = Duration::from_secs(8);
const DRAIN: Duration = Duration::from_secs(12);

/// How long after a failed attempt to give up the next one is made.
const GIVE_UP_AGAIN: Duration = Duration::from_secs(5);

/// What runs jobs: [`run`], unless a test gives another.
pub type Body = Arc<dyn Fn(Services, Job) -> BoxFuture<'static, anyhow::Result<()>> + Send + Sync>;

/// The workers of this process.
pub struct Runner {
    client: Client,
    pool: PgPool,
    /// Looks at whether the one that leads is alive.
    _watch: AbortOnDropHandle<()>,
}

impl Runner {
    /// Starts taking jobs.
    ///
    /// # Errors
    /// When the database is not there or the queue's tables are missing.
    pub async fn start(services: &Services) -> anyhow::Result<Self> {
        Self::start_with(services, Arc::new(|services, job| Box::pin(async move { run(&services, job).await }))).await
    }

    /// Starts with a body of the caller's.
    ///
    /// # Errors
    /// As [`Runner::start`].
    pub async fn start_with(services: &Services, body: Body) -> anyhow::Result<Self> {
        // Of this process alone, by which it knows its own sessions.
        let name = format!("biseda queue {}", Uuid::new_v4().simple());
        let options = services.db.system().pool().connect_options();
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(Duration::from_secs(10))
            .connect_lazy_with(options.as_ref().clone().application_name(&name));
        let tick =
            PeriodicJob::builder("tick", "*/30 * * * * *").queue("tick").max_attempts(1).build(&Work(Job::Tick))?;
        // The queue compares beginnings by the database's clock with the end of the silence by this machine's.
        let silence = SILENCE + ahead(&pool).await?;
        let state = Arc::new((services.clone(), body));
        let client = Client::builder(pool.clone())
            // A reply mostly waits for a provider; those of one that hangs must not keep the others' visitors waiting.
            .queue("reply", queue(32, Duration::from_secs(300)))
            .queue("reply-surplus", queue(32, Duration::from_secs(300)))
            // Long syncs must not keep visitors waiting.
            .queue("sync", queue(2, Duration::from_secs(24 * 3600)))
            .queue("sync-surplus", queue(1, Duration::from_secs(24 * 3600)))
            .queue("mail", queue(4, Duration::from_secs(120)))
            .queue("tick", queue(1, Duration::from_secs(300)))
            // Nor may they keep waiting what has to be removed in time.
            .queue("upkeep", queue(1, Duration::from_secs(24 * 3600)))
            .heartbeat_interval(HEARTBEAT)
            .heartbeat_staleness(silence)
            .heartbeat_rescue_interval(RESCUE_INTERVAL)
            .leader_election_interval(Duration::from_secs(3))
            .leader_check_interval(Duration::from_secs(5))
            .completed_retention(Duration::from_secs(3600))
            .periodic(tick)
            .register::<Work, _, _>(move |Work(job), context| perform(state.clone(), job, Attempt::of(context)))
            .build()?;
        client.start().await?;
        let watch = AbortOnDropHandle::new(tokio::spawn(lead::watch(services.clone(), name)));
        Ok(Self { client, pool, _watch: watch })
    }

    /// Takes no more jobs and waits for those in hand; what does not end in time is begun anew by another worker.
    pub async fn stop(self) {
        self.client.shutdown(DRAIN).await;
        // What was cut off may still hold a connection.
        tokio::time::timeout(Duration::from_secs(2), self.pool.close()).await.ok();
    }
}

/// By how much this machine's clock is ahead of the database's. More than a moment is said in the log.
///
/// # Errors
/// When the database does not answer.
#[expect(clippy::disallowed_methods, reason = "the machine's own clock is what is looked at")]
async fn ahead(pool: &PgPool) -> Result<Duration, sqlx::Error> {
    let database: DateTime<Utc> = sqlx::query_scalar("select clock_timestamp()").fetch_one(pool).await?;
    let seconds = (Utc::now() - database).num_seconds();
    if seconds.abs() > CLOCK_TOLERANCE {
        tracing::warn!(
            seconds,
            "this machine's clock is ahead of the database's (behind it, if negative); set both by NTP"
        );
    }
    Ok(Duration::from_secs(seconds.max(0).unsigned_abs()))
}

fn queue(workers: u32, deadline: Duration) -> QueueConfig {
    QueueConfig {
        max_workers: workers,
        // Enqueueing wakes the workers; polling finds what a lost connection missed.
        poll_interval: Duration::from_millis(500),
        deadline_duration: deadline,
        ..QueueConfig::default()
    }
}

/// What the queue says of this try.
struct Attempt {
    is_last: bool,
    /// The queue takes up a killed worker's job once more even when that was its last try.
    is_over: bool,
    stopping: Arc<AtomicBool>,
}

impl Attempt {
    fn of(context: &JobContext) -> Self {
        let job = &context.job;
        Self {
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

async fn perform(state: Arc<(Services, Body)>, job: Job, attempt: Attempt) -> Result<JobResult, JobError> {
    let (services, body) = &*state;
    let begun = Instant::now();
    step("job-taken");
    if attempt.is_over {
        tracing::warn!(job = job.name(), ?job, "a job's last try was cut off");
        return end(services, &job, "its last try was cut off").await;
    }
    // A task of its own: a panic is an error, and dropping the handle ends the work.
    let work = AbortOnDropHandle::new(tokio::spawn(body(services.clone(), job.clone())));
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
