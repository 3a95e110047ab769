//! The queue: durable jobs one by one, how soon they are begun, and whether one organization keeps another waiting. The
//! first two beside pg-boss of npm on the same database.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use domain::{
    Actor, Services,
    jobs::{self, Job, Runner},
};
use futures::future::try_join_all;
use serde::Deserialize;
use types::id::OrganizationId;
use uuid::Uuid;

use crate::{
    compare::Other,
    pace::evenly,
    report::{Report, Times, milliseconds},
    world::{Own, World},
};

/// Jobs of the first part; each is durable before its producer makes the next.
const JOBS: usize = 4_000;
const PRODUCERS: usize = 8;
/// As many as the program has for replies.
const WORKERS: usize = 32;
const RATE: u64 = 50;
const SECONDS: u64 = 20;
/// Jobs of another organization that wait.
const MANY: usize = 100_000;
/// In one transaction, so that making them takes no hour.
const AT_ONCE: usize = 500;
/// How long a job of the last part takes; a reply of a language model takes longer.
const LASTS: Duration = Duration::from_millis(200);
const PATIENCE: Duration = Duration::from_secs(120);
const GOAL: Duration = Duration::from_millis(20);

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let own = world.own_database("bench_jobs").await?;
    let measured = parts(&own, world.arguments.compare.as_deref(), report).await;
    world.drop_database(own).await?;
    measured
}

async fn parts(own: &Own, compare: Option<&Path>, report: &mut Report) -> anyhow::Result<()> {
    let queue = Queue::start(&own.services, Duration::ZERO).await?;
    let (sent, done) = queue.one_by_one().await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let waits = queue.waits().await?;
    queue.runner.stop().await;
    let ours = format!("{done:.0}/s done, {sent:.0}/s enqueued by {PRODUCERS} producers");
    match compare {
        Some(folder) => {
            let other = pg_boss(folder, &own.urls.owner).await?;
            let words = format!("{ours}; pg-boss 12: {:.0}/s done, {:.0}/s enqueued", other.done, other.sent);
            report.goal("durable jobs, one by one", "≥ pg-boss", words, done >= other.done);
            let words = format!("p50 {:.1} ms, p99 {:.1} ms", other.p50, other.p99);
            report.stated(&format!("the same pick-up at {RATE}/s with pg-boss 12"), words);
        }
        None => report.stated("durable jobs, one by one", ours),
    }
    let p99 = waits.percentile(99);
    report.goal(&format!("pick-up of a job at {RATE}/s"), "p99 ≤ 20 ms", waits.summary(), p99 <= GOAL);
    fairness(own, report).await
}

/// The wait of one organization's jobs, alone and beside a hundred thousand of another.
async fn fairness(own: &Own, report: &mut Report) -> anyhow::Result<()> {
    let queue = Queue::start(&own.services, LASTS).await?;
    let alone = queue.waits().await?;
    queue.runner.stop().await;
    println!("  {MANY} jobs of one organization");
    let busy = organization();
    for _ in 0..MANY / AT_ONCE {
        let mut cx = own.services.db.begin(busy, Actor::System).await?;
        for _ in 0..AT_ONCE {
            jobs::enqueue(&mut cx, reply(busy, Uuid::nil())).await?;
        }
        cx.commit().await?;
    }
    let queue = Queue::start(&own.services, LASTS).await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    let beside = queue.waits().await?;
    queue.runner.stop().await;
    let [before, during] = [&alone, &beside].map(|waits| (waits.percentile(50), waits.percentile(99)));
    let words = format!(
        "p50 {}, p99 {} alone; p50 {}, p99 {} beside {MANY} that wait",
        milliseconds(before.0),
        milliseconds(before.1),
        milliseconds(during.0),
        milliseconds(during.1)
    );
    let reached = during.0 <= before.0 * 2 && during.1 <= before.1 * 2;
    report.goal("another organization's jobs", "not twice the wait", words, reached);
    Ok(())
}

fn organization() -> OrganizationId {
    OrganizationId(Uuid::new_v4())
}

fn reply(organization: OrganizationId, id: Uuid) -> Job {
    Job::ReplyAsAgent {
        organization_id: organization,
        conversation_id: id.into(),
        agent_id: id.into(),
        message_id: id.into(),
        owner_epoch: 1,
    }
}

/// When which job was begun.
type Begun = Mutex<HashMap<Uuid, Instant>>;

/// The program's own queue with bodies that only tell that they were begun.
struct Queue {
    services: Services,
    runner: Runner,
    begun: Arc<Begun>,
    done: Arc<AtomicUsize>,
}

impl Queue {
    async fn start(services: &Services, lasts: Duration) -> anyhow::Result<Self> {
        let (begun, done) = (Arc::<Begun>::default(), Arc::<AtomicUsize>::default());
        let (noted, counted) = (begun.clone(), done.clone());
        let runner = Runner::start_with(
            services,
            Arc::new(move |_, job| {
                let at = Instant::now();
                let (noted, counted) = (noted.clone(), counted.clone());
                Box::pin(async move {
                    if let Job::ReplyAsAgent { message_id, .. } = job {
                        lock(&noted).insert(message_id.0, at);
                        tokio::time::sleep(lasts).await;
                        counted.fetch_add(1, Ordering::Relaxed);
                    }
                    Ok(())
                })
            }),
        )
        .await?;
        // Until its workers listen.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Self { services: services.clone(), runner, begun, done })
    }

    async fn enqueue(&self, organization: OrganizationId, id: Uuid) -> anyhow::Result<()> {
        let mut cx = self.services.db.begin(organization, Actor::System).await?;
        jobs::enqueue(&mut cx, reply(organization, id)).await?;
        Ok(cx.commit().await?)
    }

    /// Jobs a second that were made, and that were done.
    async fn one_by_one(&self) -> anyhow::Result<(f64, f64)> {
        let begun = Instant::now();
        let producer = |_| async {
            for _ in 0..JOBS / PRODUCERS {
                // Each of an organization of its own: no share is used up.
                self.enqueue(organization(), Uuid::new_v4()).await?;
            }
            anyhow::Ok(())
        };
        try_join_all((0..PRODUCERS).map(producer)).await?;
        let sent = begun.elapsed();
        self.until(JOBS).await?;
        let rate = |time: Duration| JOBS as f64 / time.as_secs_f64();
        Ok((rate(sent), rate(begun.elapsed())))
    }

    async fn until(&self, count: usize) -> anyhow::Result<()> {
        let begun = Instant::now();
        while self.done.load(Ordering::Relaxed) < count {
            ensure!(begun.elapsed() < PATIENCE, "{} of {count} jobs were done", self.done.load(Ordering::Relaxed));
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }

    /// The time from the commit until the worker begins, at an even rate, each job of another organization.
    async fn waits(&self) -> anyhow::Result<Times> {
        let made = Mutex::new(Vec::new());
        evenly(0..RATE * SECONDS, RATE, |_| async {
            let id = Uuid::new_v4();
            self.enqueue(organization(), id).await?;
            lock(&made).push((id, Instant::now()));
            Ok(())
        })
        .await?;
        let (begun, mut waits) = (Instant::now(), Times::default());
        let made = std::mem::take(&mut *lock(&made));
        for (id, at) in made {
            let began = loop {
                match lock(&self.begun).get(&id).copied() {
                    Some(began) => break began,
                    None => ensure!(begun.elapsed() < PATIENCE, "a job was not begun"),
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            };
            waits.push(began.saturating_duration_since(at));
        }
        Ok(waits)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What `pg-boss.mjs` prints: jobs a second, and milliseconds.
#[derive(Deserialize)]
struct Theirs {
    sent: f64,
    done: f64,
    p50: f64,
    p99: f64,
}

async fn pg_boss(folder: &Path, url: &str) -> anyhow::Result<Theirs> {
    let numbers = [("JOBS", JOBS as u64), ("PRODUCERS", PRODUCERS as u64), ("WORKERS", WORKERS as u64), ("RATE", RATE)];
    let numbers = numbers.map(|(name, number)| (name, number.to_string()));
    let seconds = SECONDS.to_string();
    let mut environment: Vec<_> = numbers.iter().map(|(name, number)| (*name, number.as_str())).collect();
    environment.extend([("SECONDS", seconds.as_str()), ("DATABASE_URL", url)]);
    let mut node = Other::node(folder, "pg-boss.mjs", &environment)?;
    serde_json::from_str(&node.line().await?).context("pg-boss.mjs printed something else")
}
