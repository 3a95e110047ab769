//! Measures what `docs/benchmarks.md` promises, with the built program over HTTP and WebSocket on this machine.
//!
//! `scripts/bench [name…]` builds the release and runs it. The figures include the load generator's own share of the
//! machine, and a client's view of a request is a little longer than the server's.

mod api;
mod browser;
mod compare;
mod connection;
mod corpus;
mod cpu;
mod fan_out;
mod fill;
mod frames;
mod ingest;
mod jobs;
mod live;
mod memory;
mod pace;
mod page_rate;
mod pages;
mod program;
mod quality;
mod report;
mod row_security;
mod search;
mod sockets;
mod start;
mod webhooks;
mod world;

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, ValueEnum};

use report::Report;
use world::World;

/// Measures the program against its goals.
#[derive(Parser)]
struct Arguments {
    /// The built program.
    #[arg(long)]
    program: PathBuf,
    /// What browsers load, as the build made it.
    #[arg(long, default_value = "target/site")]
    site: PathBuf,
    /// Where the filled database is kept between runs.
    #[arg(long, default_value = "target/bench")]
    folder: PathBuf,
    /// A documentation site as HTML files, with `index.html`: what is read and searched.
    #[arg(long)]
    documentation: PathBuf,
    /// Where programs of npm are installed that are measured beside ours; without it, they are not.
    #[arg(long)]
    compare: Option<PathBuf>,
    /// What to measure; everything when nothing is named.
    what: Vec<Measure>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Measure {
    /// Time from start to ready, and memory before the model is used.
    Start,
    /// Time of every page with a million messages in the database.
    Pages,
    /// Reads, writes and sign-ins of the REST API.
    Api,
    /// Deliveries of webhooks, alone and beside dead endpoints.
    Webhooks,
    /// Time of a message to the other side's socket.
    Live,
    /// Memory of ten thousand open widgets, and the time of messages while a thousand of them talk.
    Sockets,
    /// Delivered messages for each second of a core, beside socket.io.
    FanOut,
    /// The queue: its rate and pick-up beside pg-boss, and its fairness.
    Jobs,
    /// Pages of the inbox a second.
    PageRate,
    /// What row-level security adds to the hottest queries.
    RowSecurity,
    /// Time and recall of the search.
    Search,
    /// The same by size of organization, up to 250,000 passages, also under writes.
    SearchSizes,
    /// Reading a documentation site.
    Ingest,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(anyhow::Error::from)
        .and_then(|runtime| runtime.block_on(run(arguments)));
    match result {
        Ok(report) if report.print() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> anyhow::Result<Report> {
    let what = if arguments.what.is_empty() { Measure::value_variants().to_vec() } else { arguments.what.clone() };
    let mut report = Report::default();
    if what.iter().any(|measure| *measure != Measure::Ingest) {
        let world = World::open(&arguments).await?;
        let measured = measure(&world, &what, &mut report).await;
        world.close().await;
        measured?;
    }
    if what.contains(&Measure::Ingest) {
        ingest::measure(&arguments, &mut report).await?;
    }
    Ok(report)
}

async fn measure(world: &World<'_>, what: &[Measure], report: &mut Report) -> anyhow::Result<()> {
    for measure in what {
        match measure {
            Measure::Start => start::measure(world, report).await?,
            Measure::Pages => pages::measure(world, report).await?,
            Measure::Api => api::measure(world, report).await?,
            Measure::Webhooks => webhooks::measure(world, report).await?,
            Measure::Live => live::measure(world, report).await?,
            Measure::Sockets => sockets::measure(world, report).await?,
            Measure::FanOut => fan_out::measure(world, report).await?,
            Measure::Jobs => jobs::measure(world, report).await?,
            Measure::PageRate => page_rate::measure(world, report).await?,
            Measure::RowSecurity => row_security::measure(world, report).await?,
            Measure::Search => search::measure(world, report).await?,
            Measure::SearchSizes => search::measure_sizes(world, report).await?,
            Measure::Ingest => {}
        }
    }
    Ok(())
}
