//! How soon the program is ready, and what it takes while nobody uses it.

use std::time::Duration;

use crate::{
    memory,
    report::{Report, Times, milliseconds},
    world::World,
};

const STARTS: usize = 10;
/// So long it idles before its memory is read.
const IDLE: Duration = Duration::from_secs(10);

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let mut times = Times::default();
    for _ in 1..STARTS {
        let program = world.program().await?;
        times.push(program.ready_after);
        program.stop().await?;
    }
    let program = world.program().await?;
    times.push(program.ready_after);
    tokio::time::sleep(IDLE).await;
    let idle = memory::of_process(program.pid()?, "VmRSS")?;
    program.stop().await?;
    let (median, longest) = (times.percentile(50), times.percentile(100));
    let measured = format!("{} median, {} longest of {STARTS}", milliseconds(median), milliseconds(longest));
    report.goal("start to ready, database up", "≤ 1 s", measured, longest <= Duration::from_secs(1));
    report.goal("idle memory before the model is used", "≤ 100 MB", format!("{idle:.0} MB"), idle <= 100.0);
    Ok(())
}
