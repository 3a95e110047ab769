//! Kills, stops and starves the built program while visitors, members and programs use it, and checks that nothing that
//! it acknowledged is lost or doubled. `docs/operations.md` says what is promised; `make chaos` runs this.
//!
//! What was acknowledged stands in a ledger in this process, outside the product. Clients behave as the widget and good
//! API clients do: they repeat what was not answered, under the same id.

mod client;
mod database;
mod disk;
mod doubles;
mod enough;
mod faults;
mod ledger;
mod load;
mod node;
mod proxy;
mod report;
mod rolling;
mod rule;
mod stage;
mod verify;

use std::{path::PathBuf, process::ExitCode, time::Duration};

use clap::Parser;
use rand::{Rng, SeedableRng, rngs::StdRng};

use report::Report;
use stage::Stage;

/// How long the system may take to bring everything to its end after the last fault.
const SETTLE: Duration = Duration::from_secs(90);
/// The full run, of `make chaos`: so many seconds and kills are enough for everything that can be tried.
const SECONDS: u64 = 600;
const KILLS: usize = 200;

/// Tries the program under faults.
#[derive(Parser)]
pub struct Arguments {
    /// The built program. Only a debug build dies at named steps and lets its clock be moved.
    #[arg(long)]
    program: PathBuf,
    /// Chooses what happens when; a run that failed names it.
    #[arg(long)]
    seed: Option<u64>,
    /// So long faults are injected.
    #[arg(long, default_value_t = SECONDS)]
    seconds: u64,
    /// How often a process is killed in that time.
    #[arg(long, default_value_t = KILLS)]
    kills: usize,
    /// Restarts web nodes and workers one after the other instead, as for a new version.
    #[arg(long)]
    rolling: bool,
    /// How often each node is restarted so.
    #[arg(long, requires = "rolling", default_value_t = rolling::ROUNDS)]
    rounds: usize,
    /// Begins a rolling restart with this program, of an earlier version: each node goes over to the other one, back, and
    /// over again.
    #[arg(long, requires = "rolling")]
    from: Option<PathBuf>,
    /// Keeps the folder with the database and the logs.
    #[arg(long)]
    keep: bool,
}

impl Arguments {
    /// Whether there is time for everything that can be tried.
    fn is_full(&self) -> bool {
        self.kills >= KILLS && self.seconds >= SECONDS
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(&arguments)));
    match result {
        Ok(report) if report.print() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: &Arguments) -> anyhow::Result<Report> {
    let seed = arguments.seed.unwrap_or_else(|| rand::rng().random_range(0..1_000_000));
    match arguments.rolling {
        true => println!("seed {seed}: rolling restarts"),
        false => println!("seed {seed}: {} kills within {} seconds", arguments.kills, arguments.seconds),
    }
    let mut rng = StdRng::seed_from_u64(seed);
    let stage = Stage::open(arguments).await?;
    println!("  the program runs; logs are in {}", stage.folder().display());
    let mut load = load::start(&stage, arguments, &mut rng);
    let injected = match arguments.rolling {
        true => rolling::restart(&stage, arguments).await,
        false => faults::inject(&stage, arguments, &mut rng).await,
    };
    let settled = match injected {
        Ok(()) => {
            println!("  no more faults; what was begun comes to its end");
            load.end(SETTLE).await;
            settle(&stage, arguments).await
        }
        Err(error) => Err(error),
    };
    let report = settled.map(|settled| Report::of(&stage, arguments, seed, settled));
    load.close().await;
    let is_kept = arguments.keep || report.as_ref().map_or(true, |report| !report.is_good());
    stage.close(is_kept).await;
    report
}

/// Waits until everything that was begun has come to its end, and looks at it.
async fn settle(stage: &Stage, arguments: &Arguments) -> anyhow::Result<verify::Settled> {
    if !arguments.rolling {
        verify::leftovers::age(stage).await?;
    }
    verify::until_settled(stage, SETTLE).await
}
