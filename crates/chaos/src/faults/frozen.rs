//! A worker that stands still with a job in hand, while its machine answers for it: its lease ends, and another one does
//! the job.

use std::{
    collections::HashSet,
    fs,
    path::PathBuf,
    time::{Duration, Instant},
};

use db::queue;
use tokio::time::sleep;

use crate::{Arguments, node::Node, rule::Rule, stage::Stage};

pub(super) const FROZEN: &str = "worker frozen with a job in hand";

/// Another worker has the job after this at the latest: the lease is of 16 seconds, who led the workers may be the one that
/// stands still and keeps the lead for 45, and the other one and the database are killed meanwhile.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(120);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// The workers rest for so long between two of them.
const REST: Duration = Duration::from_secs(3);

/// Lets the worker stand still that takes the next job, until long after another one has it; for ever.
pub(super) async fn freeze(stage: &Stage, arguments: &Arguments) {
    // Long enough for the other one to do the job meanwhile.
    let least = Duration::from_secs(if arguments.kills > 50 { 60 } else { 20 });
    loop {
        sleep(REST).await;
        let worker = one(stage).await;
        let begun = Instant::now();
        let starts = worker.starts();
        if let Some(took) = until_taken_over(stage, worker).await {
            stage.ledger.looked(Rule::TakenOver);
            stage.taken_over(took);
        }
        sleep(least.saturating_sub(begun.elapsed())).await;
        if worker.starts() == starts && worker.is_frozen() {
            stage.troubled(FROZEN);
        }
        worker.thaw();
    }
}

/// Nobody is to stand still any more.
pub(super) fn disarm(stage: &Stage) {
    fs::remove_file(hook(stage)).ok();
    stage.workers.iter().for_each(Node::thaw);
}

/// Whoever takes a job stops here before anything of it is done.
fn hook(stage: &Stage) -> PathBuf {
    stage.hooks.join("job-taken.stop")
}

/// Waits until a worker stands still, and never lets two of them.
async fn one(stage: &Stage) -> &Node {
    loop {
        if let Err(error) = fs::write(hook(stage), "") {
            eprintln!("  nobody can be frozen: {error}");
        }
        while hook(stage).exists() {
            sleep(LOOK / 10).await;
        }
        // Somebody has come by, and stops in this moment, or was killed in it.
        for _ in 0..20 {
            if let Some(worker) = stage.workers.iter().find(|worker| worker.is_frozen()) {
                return worker;
            }
            sleep(LOOK / 10).await;
        }
    }
}

/// Waits until no job is in hand any more that was so when the worker came to stand still, and says how long that took.
/// Nothing when the worker was killed instead.
async fn until_taken_over(stage: &Stage, worker: &Node) -> Option<Duration> {
    let (begun, starts) = (Instant::now(), worker.starts());
    let mut held = HashSet::new();
    while begun.elapsed() < TAKEN_OVER_WITHIN {
        if worker.starts() != starts || !worker.is_frozen() {
            return None;
        }
        // While the database is away, nobody takes anything.
        match in_hand(stage).await {
            Ok(jobs) if held.is_empty() => held = jobs,
            Ok(jobs) if held.is_disjoint(&jobs) => return Some(begun.elapsed()),
            Ok(_) | Err(_) => {}
        }
        sleep(LOOK).await;
    }
    let what = format!("{} stood still for {TAKEN_OVER_WITHIN:?}, and of {held:?} some are still in hand", worker.name);
    stage.ledger.looked(Rule::TakenOver);
    stage.ledger.broken(Rule::TakenOver, what);
    None
}

/// Jobs that somebody has in hand, each with the number of the try.
async fn in_hand(stage: &Stage) -> Result<HashSet<(i64, i16)>, sqlx::Error> {
    let jobs: Vec<(i64, i16)> = sqlx::query_as(&format!("select job_id, attempt from ({}) jobs", queue::IN_HAND))
        .fetch_all(&stage.database.owner)
        .await?;
    Ok(jobs.into_iter().collect())
}
