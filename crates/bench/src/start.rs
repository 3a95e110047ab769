//! How soon the program is ready, and what it takes while nobody uses it.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::Context;
use db::sqlx;
use url::Url;

use crate::{
    compare::Other,
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
    match world.arguments.compare.as_deref().filter(|folder| folder.join("flowise/node_modules").exists()) {
        Some(folder) => flowise(world, folder, report).await,
        None => Ok(()),
    }
}

/// The same of Flowise, on a database of its own that it has set up before.
async fn flowise(world: &World<'_>, folder: &Path, report: &mut Report) -> anyhow::Result<()> {
    let name = "bench_flowise";
    let address = Url::parse(&world.empty_database(name).await?.owner)?;
    // It takes this function from an extension, which not every Postgres has.
    let function = "create function uuid_generate_v4() returns uuid language sql as 'select gen_random_uuid()'";
    let pool = sqlx::PgPool::connect(address.as_str()).await?;
    sqlx::raw_sql(function).execute(&pool).await?;
    pool.close().await;
    let home = folder.join("flowise/home");
    let port = address.port().unwrap_or(5432).to_string();
    let environment = [
        ("HOME", home.to_str().context("the folder is no text")?),
        ("DATABASE_HOST", address.host_str().unwrap_or_default()),
        ("DATABASE_PORT", &port),
        ("DATABASE_USER", address.username()),
        ("DATABASE_PASSWORD", address.password().unwrap_or_default()),
        ("DATABASE_NAME", name),
    ];
    let mut first = Other::node(folder, "flowise.mjs", &environment)?;
    first.address().await?;
    first.stop().await?;
    let begun = Instant::now();
    let mut other = Other::node(folder, "flowise.mjs", &environment)?;
    other.address().await?;
    let ready = begun.elapsed();
    tokio::time::sleep(IDLE).await;
    let idle = memory::of_process(other.pid()?, "VmRSS")?;
    other.stop().await?;
    report.stated("the same with Flowise 3.1", format!("ready after {}, {idle:.0} MB", milliseconds(ready)));
    world.drop(name).await
}
