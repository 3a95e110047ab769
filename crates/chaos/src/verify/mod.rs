//! Whether every promise was kept. What is stored is read as the schema's owner, beside the product.

pub mod leftovers;
mod processes;
mod resources;
mod sockets;
mod threads;
mod uploads;
mod webhooks;
mod work;

use std::time::{Duration, Instant};

use crate::{rule::Findings, stage::Stage};

/// What the system has come to.
pub struct Settled {
    /// From the end of the load.
    pub after: Duration,
    pub findings: Findings,
    pub figures: Vec<(String, String)>,
}

/// Looks again and again until every promise is kept: jobs are done, sockets and webhooks told. What is not by then is
/// broken.
///
/// # Errors
/// When the database cannot be read.
pub async fn until_settled(stage: &Stage, patience: Duration) -> anyhow::Result<Settled> {
    let begun = Instant::now();
    loop {
        let mut findings = look(stage).await?;
        if findings.broken().is_empty() || begun.elapsed() > patience {
            // What was seen while it happened does not pass.
            findings.add(stage.ledger.open().findings.clone());
            processes::look(stage, &mut findings);
            let figures = [webhooks::figure(stage), resources::figure(stage), leftovers::figure(stage).await?];
            return Ok(Settled { after: begun.elapsed(), findings, figures: figures.into() });
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn look(stage: &Stage) -> anyhow::Result<Findings> {
    let mut findings = Findings::default();
    threads::look(stage, &mut findings).await?;
    sockets::look(stage, &mut findings).await?;
    resources::look(stage, &mut findings).await?;
    uploads::look(stage, &mut findings).await?;
    leftovers::look(stage, &mut findings).await?;
    webhooks::look(stage, &mut findings).await?;
    work::look(stage, &mut findings).await?;
    Ok(findings)
}
