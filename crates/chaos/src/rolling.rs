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
const ROUNDS: usize = 3;
/// The load goes on for so long before, between and after.
const PAUSE: Duration = Duration::from_secs(2);
/// Connections that were just passed on are taken within this time.
const LAST: Duration = Duration::from_millis(300);
/// How long a node may take to end and to be ready again.
const PATIENCE: Duration = Duration::from_secs(30);
/// A socket must be welcome again within this after its end.
pub const RESUMED_WITHIN: Duration = Duration::from_secs(1);

/// Restarts every node some times. A web node gets no new connections while it ends.
///
/// # Errors
/// When a node does not come back.
pub async fn restart(stage: &Stage, arguments: &Arguments) -> anyhow::Result<()> {
    sleep(PAUSE).await;
    let program = arguments.program.canonicalize().context("there is no such program")?;
    let earlier = arguments.from.as_ref().map(|earlier| earlier.canonicalize()).transpose()?;
    for round in 0..ROUNDS {
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
    judge(stage);
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

/// No request failed, and sockets were back soon.
fn judge(stage: &Stage) {
    let mut ledger = stage.ledger.open();
    let failed: Vec<_> =
        ledger.statuses.iter().filter(|(status, _)| **status == 0 || **status >= 500).map(|(s, n)| (*s, *n)).collect();
    for (status, count) in failed {
        ledger.broken.push((Rule::NoRequestFails, format!("{count} answers with status {status}")));
    }
    let late = ledger.resumed.iter().filter(|took| **took > RESUMED_WITHIN).copied().collect::<Vec<_>>();
    for took in late {
        ledger.broken.push((Rule::SocketsBack, format!("after {} ms", took.as_millis())));
    }
}
