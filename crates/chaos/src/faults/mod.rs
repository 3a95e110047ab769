//! What is done to the system while it is used.

mod frozen;
mod pool;
mod steps;
mod troubles;

use std::time::{Duration, Instant};

use nix::sys::signal::Signal;
use rand::{
    Rng, SeedableRng,
    rngs::StdRng,
    seq::{IndexedRandom, SliceRandom},
};
use tokio::time::sleep;

use crate::{Arguments, stage::Stage};

pub use pool::EXHAUSTED;
pub use troubles::{DISK, KINDS, SILENT};

/// The load goes on for so long after the last fault.
const CALM: Duration = Duration::from_secs(2);
/// The database may take no longer than this to be of use to the program again, from when it answers.
pub const READY_WITHIN: Duration = Duration::from_secs(3);

/// There is no more than one kill in this time, however late it is.
const PACE: Duration = Duration::from_secs(1);

/// What is killed in ten kills, in an order of chance: so short a run, too, has each of them.
const DECK: [Victim; 10] = {
    use Victim::{Database, Step, Web, Worker};
    [Web, Web, Worker, Worker, Worker, Database, Step, Step, Step, Step]
};
/// On a machine that is too slow there is so much more time, for all that is left to be tried.
const LATE: Duration = Duration::from_secs(60);

/// What is killed next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Victim {
    Web,
    Worker,
    Database,
    /// Whoever comes to a step.
    Step,
}

/// Kills and disturbs until there were as many kills as asked for and every kind of disturbance. On a machine that is too
/// slow for that it goes on for as long again, and ends with fewer, which breaks a rule.
///
/// # Errors
/// When the database does not come back at all.
pub async fn inject(stage: &Stage, arguments: &Arguments, rng: &mut StdRng) -> anyhow::Result<()> {
    let time = Duration::from_secs(arguments.seconds);
    let troubles = troubles::all(stage, arguments, StdRng::from_rng(rng));
    let mut steps = steps::Steps::new(rng);
    let killed = async {
        kill(stage, arguments, &mut steps, rng).await?;
        troubles::until_all_were_there(stage).await;
        anyhow::Ok(())
    };
    tokio::select! {
        killed = killed => killed?,
        // They go on for ever, beside the kills.
        failed = troubles => failed?,
        () = sleep(time * 2 + LATE) => {}
    }
    steps.disarm(stage);
    troubles::end(stage)?;
    sleep(CALM).await;
    Ok(())
}

/// Kills one process after another.
async fn kill(stage: &Stage, arguments: &Arguments, steps: &mut steps::Steps, rng: &mut StdRng) -> anyhow::Result<()> {
    let begun = Instant::now();
    let mut deck = Vec::new();
    while stage.kills() < arguments.kills {
        // As much time for each of those that are left.
        let left = Duration::from_secs(arguments.seconds).saturating_sub(begun.elapsed());
        let share = left.as_secs_f64() / (arguments.kills - stage.kills()) as f64;
        sleep(Duration::from_secs_f64(share * rng.random_range(0.4..1.2)).max(PACE)).await;
        if deck.is_empty() {
            deck = DECK.to_vec();
            deck.shuffle(rng);
        }
        match deck.pop() {
            Some(Victim::Web) => {
                if let Some(web) = stage.webs.choose(rng) {
                    web.signal(Signal::SIGKILL);
                }
            }
            Some(Victim::Worker) => {
                let mut workers: Vec<_> = stage.workers.iter().filter(|worker| !worker.is_frozen()).collect();
                workers.shuffle(rng);
                if let Some(worker) = workers.first() {
                    worker.signal(Signal::SIGKILL);
                }
            }
            Some(Victim::Database) => {
                stage.database.kill().await?;
                troubles::judge_return(stage).await;
            }
            Some(Victim::Step) | None => steps.next(stage).await,
        }
    }
    Ok(())
}
