//! Whether every promise was kept. What is stored is read as the schema's owner, beside the product.

mod processes;
mod resources;
mod threads;
mod uploads;
mod webhooks;
mod work;

use std::time::{Duration, Instant};

use crate::{rule::Rule, stage::Stage};

/// A rule with what breaks it.
type Broken = Vec<(Rule, String)>;

/// What the system has come to.
pub struct Settled {
    /// From the end of the load.
    pub after: Duration,
    pub broken: Broken,
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
        let mut broken = look(stage).await?;
        if broken.is_empty() || begun.elapsed() > patience {
            // What was seen while it happened does not pass.
            broken.extend(stage.ledger.open().broken.clone());
            broken.extend(processes::look(stage));
            let figures = webhooks::figures(stage);
            return Ok(Settled { after: begun.elapsed(), broken, figures });
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

async fn look(stage: &Stage) -> anyhow::Result<Broken> {
    let mut broken = Broken::new();
    threads::look(stage, &mut broken).await?;
    resources::look(stage, &mut broken).await?;
    uploads::look(stage, &mut broken).await?;
    webhooks::look(stage, &mut broken).await?;
    work::look(stage, &mut broken).await?;
    Ok(broken)
}
