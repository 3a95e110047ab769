use std::collections::HashMap;

use awa::{
    AwaError, JobState,
    awa_model::admin::{self, ListJobsFilter},
};
use db::queue;
use serde_json::{Value, json};
use types::platform::{JobRow, Jobs, QueueFigures};

use super::{Operator, log::Act};
use crate::{Error, Result, Services};

/// Failures that are listed, of each kind.
const LISTED: i64 = 100;

/// The queues, and the jobs that failed or are to be tried again.
///
/// # Errors
/// When the database does not answer.
pub async fn jobs(services: &Services, _: &Operator) -> Result<Jobs> {
    let pool = services.db.system();
    let mut failures = Vec::new();
    for state in [JobState::Failed, JobState::Retryable] {
        let filter = ListJobsFilter { state: Some(state), limit: Some(LISTED), ..ListJobsFilter::default() };
        let rows = admin::list_jobs(pool.pool(), &filter).await.map_err(internal)?;
        failures.extend(rows.into_iter().map(row));
    }
    Ok(Jobs { queues: queues(services).await?, failures })
}

/// The queues by name.
pub(super) async fn queues(services: &Services) -> Result<Vec<QueueFigures>> {
    let system = services.db.system();
    let queues = admin::queue_overviews(system.pool()).await.map_err(internal)?;
    // The overviews leave out most of what runs.
    let running = format!("select queue, count(*) from ({}) jobs group by queue", queue::IN_HAND);
    let running: HashMap<String, i64> = sqlx::query_as(&running).fetch_all(system.pool()).await?.into_iter().collect();
    let mut queues: Vec<_> = queues
        .into_iter()
        .map(|queue| QueueFigures {
            running: running.get(&queue.queue).copied().unwrap_or_default(),
            name: queue.queue,
            waiting: queue.available + queue.scheduled,
            retrying: queue.retryable,
            failed: queue.failed,
            oldest_seconds: queue.lag_seconds,
            completed_last_hour: queue.completed_last_hour,
        })
        .collect();
    queues.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(queues)
}

/// Begins a job anew that was given up.
///
/// # Errors
/// [`Error::NotFound`] when there is none, or it goes on by itself.
pub async fn retry_job(services: &Services, operator: &Operator, id: i64) -> Result<()> {
    let pool = services.db.system();
    let gone = |error| match error {
        AwaError::JobNotFound { .. } => Error::NotFound("job"),
        error => internal(error),
    };
    let job = admin::get_job(pool.pool(), id).await.map_err(gone)?;
    if job.state != JobState::Failed {
        return Err(Error::NotFound("job"));
    }
    admin::retry(pool.pool(), id).await.map_err(gone)?;
    // The queue retries on a connection of its own: what is noted afterwards has happened.
    let mut tx = pool.begin().await?;
    let after = Some(json!({"job": id, "name": name(&job.args), "queue": job.queue}));
    let act = Act { action: "job.retried", resource: services.db.new_id(), before: None, after };
    operator.note(services, &mut tx, act).await?;
    tx.commit().await?;
    Ok(())
}

fn row(job: awa::JobRow) -> JobRow {
    JobRow {
        id: job.id,
        name: name(&job.args),
        error: job.errors.as_deref().and_then(|errors| errors.last()).map(reason),
        queue: job.queue,
        attempt: job.attempt,
        max_attempts: job.max_attempts,
        run_at: job.run_at,
        created_at: job.created_at,
        has_failed: job.state == JobState::Failed,
    }
}

/// The word for what a job does. The rest of its arguments may be somebody's address.
fn name(arguments: &Value) -> String {
    arguments["job"].as_str().unwrap_or("?").to_owned()
}

fn reason(error: &Value) -> String {
    match error.get("error").unwrap_or(error) {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn internal(error: AwaError) -> Error {
    Error::Internal(error.into())
}
