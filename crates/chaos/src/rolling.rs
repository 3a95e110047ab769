//! A rolling restart: every node is ended as an operator does it, one after the other, while the product is used.

use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use nix::sys::signal::Signal;
use tokio::time::sleep;

use crate::{
    Arguments,
    node::Node,
    rule::Rule,
    stage::{Stage, is_ready},
};

/// Rounds through all nodes. With two versions: to the other one, back, and over again.
pub const ROUNDS: usize = 3;
/// The load goes on for so long before, between and after.
const PAUSE: Duration = Duration::from_secs(2);
/// Connections that were just passed on are taken within this time.
const LAST: Duration = Duration::from_millis(300);
/// How long a node may take to end and to be ready again.
const PATIENCE: Duration = Duration::from_secs(30);
/// A socket must be welcome again within this after its end.
pub const RESUMED_WITHIN: Duration = Duration::from_secs(1);

/// Restarts every node some times, as `docs/operations.md` tells operators: a web node gets no new connections before it
/// is told to stop. In the end each web node once more without that: the proxy learns of it as it is refused, and what was
/// about to be answered may fail, but sockets are back as soon.
///
/// # Errors
/// When a node does not come back.
pub async fn restart(stage: &Stage, arguments: &Arguments) -> anyhow::Result<()> {
    sleep(PAUSE).await;
    let program = arguments.program.canonicalize().context("there is no such program")?;
    let earlier = arguments.from.as_ref().map(|earlier| earlier.canonicalize()).transpose()?;
    for round in 0..arguments.rounds {
        if let Some(earlier) = &earlier {
            stage.nodes().for_each(|node| node.replace(if round % 2 == 0 { &program } else { earlier }));
        }
        for (web, worker) in stage.webs.iter().zip(&stage.workers) {
            stage.proxy.remove(web.address);
            sleep(LAST).await;
            once(web).await?;
            stage.proxy.add(web.address);
            sleep(PAUSE).await;
            once(worker).await?;
            stage.troubled("web node and worker restarted");
            sleep(PAUSE).await;
        }
    }
    judge_requests(stage);
    for web in &stage.webs {
        once(web).await?;
        stage.troubled("web node restarted, unknown to the proxy");
        sleep(PAUSE).await;
    }
    judge_sockets(stage);
    Ok(())
}

async fn once(node: &Node) -> anyhow::Result<()> {
    let (starts, begun) = (node.starts(), Instant::now());
    node.signal(Signal::SIGTERM);
    while node.starts() == starts || !is_ready(node.address).await {
        ensure!(begun.elapsed() < PATIENCE, "{} did not come back", node.name);
        sleep(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// No request failed.
fn judge_requests(stage: &Stage) {
    let mut ledger = stage.ledger.open();
    let statuses = ledger.statuses.clone();
    for (status, count) in statuses {
        ledger.findings.looked(Rule::NoRequestFails, usize::try_from(count).unwrap_or(usize::MAX));
        if status == 0 || status >= 500 {
            ledger.findings.broke(Rule::NoRequestFails, format!("{count} answers with status {status}"));
        }
    }
}

/// All sockets are back, and were so soon each time.
fn judge_sockets(stage: &Stage) {
    let mut ledger = stage.ledger.open();
    let (resumed, away) = (ledger.resumed.clone(), ledger.away.clone());
    ledger.findings.looked(Rule::SocketsBack, resumed.len() + away.len());
    for took in resumed.iter().filter(|took| **took > RESUMED_WITHIN) {
        ledger.findings.broke(Rule::SocketsBack, format!("after {} ms", took.as_millis()));
    }
    for (name, since) in away.iter().filter(|(_, since)| since.elapsed() > RESUMED_WITHIN) {
        let what = format!("{name} has been away for {} ms, and is not back", since.elapsed().as_millis());
        ledger.findings.broke(Rule::SocketsBack, what);
    }
}
