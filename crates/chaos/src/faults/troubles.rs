//! Disturbances beside the kills.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::time::sleep;

use super::{READY_WITHIN, pool};
use crate::{
    Arguments,
    doubles::{Mood, Switch},
    rule::Rule,
    stage::{Stage, is_ready},
};

/// The disk is full for so long.
const FULL: Duration = Duration::from_secs(3);
const RECEIVER: &str = "webhook receiver cut off";
const RESTART: &str = "database restarted";
const PROVIDER: &str = "language model cut off";
const MAIL: &str = "mail server cut off";
const JUMP: &str = "clock ahead by an hour";
const FROZEN: &str = "worker frozen beyond its lease";
/// Only made where a file system may be mounted.
pub const DISK: &str = "disk full";
/// All kinds, as they are counted.
pub const KINDS: [&str; 8] = [RECEIVER, RESTART, PROVIDER, pool::EXHAUSTED, MAIL, JUMP, FROZEN, DISK];
/// The clock goes ahead so often, and once more in the end.
const JUMPS: usize = 5;

/// Disturbs for ever: all kinds, one after the other, so that also a short run has each of them.
pub(super) async fn all(stage: &Stage, arguments: &Arguments, mut rng: StdRng) -> anyhow::Result<()> {
    let is_long = arguments.kills > 50;
    // In a long run frozen for a minute; in any beyond the lease of 16 seconds.
    let frozen = Duration::from_secs(if is_long { 60 } else { 18 });
    let mut chance = StdRng::from_rng(&mut rng);
    let freezing = async {
        loop {
            let worker = &stage.workers[chance.random_range(0..stage.workers.len())];
            sleep(Duration::from_secs(3)).await;
            worker.freeze(true);
            sleep(frozen).await;
            worker.freeze(false);
            stage.troubled(FROZEN);
            sleep(frozen).await;
        }
    };
    let others = async {
        loop {
            cut(stage, &stage.doubles.receiver.switch, RECEIVER, &mut rng).await;
            restart(stage).await?;
            cut(stage, &stage.doubles.provider.1, PROVIDER, &mut rng).await;
            pool::exhaust(stage).await;
            cut(stage, &stage.doubles.mail.switch, MAIL, &mut rng).await;
            jump(stage).await;
            fill_disk(stage).await?;
        }
    };
    tokio::select! {
        () = freezing => Ok(()),
        failed = others => failed,
    }
}

/// Puts everything right from outside: services answer, nobody stands still, there is room.
pub(super) fn end(stage: &Stage) {
    for switch in [&stage.doubles.receiver.switch, &stage.doubles.provider.1, &stage.doubles.mail.switch] {
        switch.set(Mood::Well);
    }
    for worker in &stage.workers {
        worker.freeze(false);
    }
    stage.disk.free();
    // Webhooks that failed more than once wait for minutes.
    ahead(stage);
}

async fn cut(stage: &Stage, switch: &Switch, name: &'static str, rng: &mut StdRng) {
    switch.set(*[Mood::Refuses, Mood::Hangs].choose(rng).unwrap_or(&Mood::Refuses));
    sleep(Duration::from_millis(rng.random_range(1_500..3_500))).await;
    switch.set(Mood::Well);
    stage.troubled(name);
    sleep(Duration::from_secs(1)).await;
}

async fn restart(stage: &Stage) -> anyhow::Result<()> {
    stage.database.restart().await?;
    judge_return(stage).await;
    stage.troubled(RESTART);
    sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// The clock of all processes goes ahead by an hour, a few times. (What programs remember for a day is asked for.)
async fn jump(stage: &Stage) {
    if stage.happened().troubles.get(JUMP).is_none_or(|jumps| *jumps < JUMPS) {
        ahead(stage);
    }
    sleep(Duration::from_secs(1)).await;
}

fn ahead(stage: &Stage) {
    let jumps = stage.happened().troubles.get(JUMP).copied().unwrap_or_default();
    if std::fs::write(stage.hooks.join("clock"), ((jumps + 1) * 3600).to_string()).is_ok() {
        stage.troubled(JUMP);
    }
}

/// Neither the database nor uploads nor logs find room for a while.
async fn fill_disk(stage: &Stage) -> anyhow::Result<()> {
    if stage.disk.is_own {
        stage.strain.fetch_add(1, Ordering::SeqCst);
        // It takes no new connections while there is no room for what they need.
        let begun = Instant::now();
        stage.disk.fill()?;
        sleep(FULL).await;
        stage.disk.free();
        stage.strain.fetch_add(1, Ordering::SeqCst);
        stage.troubled(DISK);
        stage.database.until_back(begun).await?;
    }
    sleep(Duration::from_secs(1)).await;
    Ok(())
}

/// Waits until each web node is ready after the database came back, and notes how long that took. A node that was killed
/// meanwhile is not judged, and nobody while there are no connections or no room to be had.
pub(super) async fn judge_return(stage: &Stage) {
    let (back, strain) = (Instant::now(), stage.strain.load(Ordering::SeqCst));
    let each = stage.webs.iter().map(async |web| {
        let starts = web.starts();
        while !is_ready(web.address).await && back.elapsed() < Duration::from_secs(30) {
            sleep(Duration::from_millis(20)).await;
        }
        (web.starts() == starts).then(|| back.elapsed())
    });
    let each = join_all(each).await;
    if strain % 2 == 1 || stage.strain.load(Ordering::SeqCst) != strain {
        return;
    }
    for took in each.into_iter().flatten() {
        stage.returned(took);
        if took > READY_WITHIN {
            let what = format!("{} ms after the database's return", took.as_millis());
            stage.ledger.broken(Rule::SoonReady, what);
        }
    }
}
