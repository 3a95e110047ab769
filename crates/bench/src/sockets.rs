//! What ten thousand open widgets cost, and whether a thousand of them can talk.

use std::time::{Duration, Instant};

use anyhow::Context;
use futures::{StreamExt, TryStreamExt, stream};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::task::JoinHandle;

use crate::{
    cpu,
    live::{Clocks, Scene, Visitor, talk},
    memory,
    program::Program,
    report::Report,
    world::World,
};

const SOCKETS: usize = 10_000;
/// Memory is read after so many more.
const STEP: usize = 2_500;
/// Longer than from one ping to the next.
const SETTLE: Duration = Duration::from_secs(30);
/// Sockets that are being opened at the same time.
const AT_ONCE: usize = 32;
const TALKING: usize = 1_000;
/// Bytes of the program's memory for each socket.
const GOAL: f64 = 8_000.0;
/// The dearest step may cost so much more than the cheapest and still count as linear.
const LINEAR: f64 = 1.25;

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, hard, hard).context("cannot open that many sockets")?;
    let scene = Scene::set(world, "Sockets").await?;
    // They arrive at a program of its own: what their requests leave behind in its memory is not to be used by sockets.
    let program = world.program().await?;
    println!("  {SOCKETS} visitors arrive");
    let arrived = scene.visitors(&program, SOCKETS).await;
    program.stop().await?;
    let measured = match arrived {
        Ok(visitors) => with(world, &scene, visitors, report).await,
        Err(error) => Err(error),
    };
    scene.clear(world).await?;
    measured
}

async fn with(world: &World<'_>, scene: &Scene, mut visitors: Vec<Visitor>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    visitors.iter_mut().for_each(|visitor| visitor.turn_to(&program));
    let clocks = Clocks::default();
    let result = idle_and_talk(&program, scene, &visitors, &clocks, report).await;
    program.stop().await?;
    result?;
    clocks.report(&format!(", {TALKING} visitors, {} more sockets open", SOCKETS - TALKING), report);
    Ok(())
}

async fn idle_and_talk(
    program: &Program,
    scene: &Scene,
    visitors: &[Visitor],
    clocks: &Clocks,
    report: &mut Report,
) -> anyhow::Result<()> {
    // The first page is rendered, the first message written before memory counts.
    scene.member(program)?.page("/app/inbox").await?;
    tokio::time::sleep(SETTLE).await;
    let mut memory = vec![resident(program)?];
    let mut readers: Vec<JoinHandle<()>> = Vec::new();
    for step in visitors.chunks(STEP) {
        let opened: Vec<_> = stream::iter(step)
            .map(|visitor| visitor.listen(program, clocks.clone()))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        readers.extend(opened);
        tokio::time::sleep(SETTLE).await;
        memory.push(resident(program)?);
        println!("  {} sockets: {:.1} MB", readers.len(), memory[memory.len() - 1] / 1e6);
    }
    let (before, begun) = (cpu::seconds(program.pid()?)?, Instant::now());
    tokio::time::sleep(SETTLE).await;
    let busy = (cpu::seconds(program.pid()?)? - before) / begun.elapsed().as_secs_f64();
    judge(&memory, busy, report);
    let talked = talk(program, scene, &visitors[..TALKING], clocks).await;
    readers.iter().for_each(JoinHandle::abort);
    talked
}

fn resident(program: &Program) -> anyhow::Result<f64> {
    Ok(memory::of_process(program.pid()?, "VmRSS")? * 1e6)
}

fn judge(memory: &[f64], busy: f64, report: &mut Report) {
    let each = (memory[memory.len() - 1] - memory[0]) / SOCKETS as f64;
    let steps: Vec<f64> = memory.windows(2).map(|pair| (pair[1] - pair[0]) / STEP as f64).collect();
    let (least, most) = steps.iter().fold((f64::MAX, f64::MIN), |(a, b), step| (a.min(*step), b.max(*step)));
    let measured = format!(
        "{each:.0} bytes each, {least:.0} to {most:.0} from step to step; {:.0} MB in all, {:.1} % of a core",
        memory[memory.len() - 1] / 1e6,
        busy * 100.0
    );
    let reached = each <= GOAL && most <= least * LINEAR;
    report.goal(&format!("{SOCKETS} idle widget sockets"), "≤ 8 kB of memory each, linear", measured, reached);
}
