use std::{sync::Arc, time::Duration};

use awa::{Client, PeriodicJob, QueueConfig};
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio_util::task::AbortOnDropHandle;
use uuid::Uuid;

use super::{
    Job,
    enqueue::Work,
    lead,
    perform::{Attempt, Workers},
    places::{self, Places},
    run,
};
use crate::Services;

/// Connections of the queue itself: listeners, the leader's lock, claims and heartbeats. Bodies use the services'.
pub const CONNECTIONS: u32 = 12;
/// A worker that was silent for this long is taken for dead. Its jobs are found within another rescue interval.
const SILENCE: Duration = Duration::from_secs(12);
/// Seconds by which this machine's clock may differ from the database's without a word.
const CLOCK_TOLERANCE: i64 = 2;
const HEARTBEAT: Duration = Duration::from_secs(3);
const RESCUE_INTERVAL: Duration = Duration::from_secs(4);
const DRAIN: Duration = Duration::from_secs(12);

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
        let workers = Arc::new(Workers { services: services.clone(), body, places: Places::default() });
        let client = Client::builder(pool.clone())
            // Those of a provider that hangs must not keep the others' visitors waiting.
            .queue("reply", queue(places::REPLIES, Duration::from_secs(300)))
            .queue("reply-surplus", queue(places::REPLIES, Duration::from_secs(300)))
            .queue("reply-last", queue(places::REPLIES, Duration::from_secs(300)))
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
            .register::<Work, _, _>(move |Work(job), context| {
                let (workers, attempt) = (workers.clone(), Attempt::of(context));
                async move { workers.perform(job, attempt).await }
            })
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
