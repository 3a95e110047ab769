//! Disturbances beside the kills.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use futures::future::join_all;
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use tokio::time::sleep;

use super::{
    READY_WITHIN,
    frozen::{self, FROZEN},
    pool,
};
use crate::{
    Arguments,
    doubles::{Mood, Switch},
    node::Node,
    rule::Rule,
    stage::{Stage, is_ready},
};

/// The disk is full for so long.
const FULL: Duration = Duration::from_secs(3);
const RECEIVER: &str = "webhook receiver cut off";
const RESTART: &str = "database restarted";
const PROVIDER: &str = "language model cut off";
const MAIL: &str = "mail server cut off";
const JUMP: &str = "the database's clock ahead by an hour";
const AHEAD: &str = "a node's clock an hour ahead of the others";
const BEHIND: &str = "a node's clock an hour behind the others";
/// Only in full runs: short ones are over by then.
pub const SILENT: &str = "a service silent for longer than it is waited for";
/// Only made where a file system may be mounted.
pub const DISK: &str = "disk full";
/// All kinds, as they are counted.
pub const KINDS: [&str; 11] =
    [RECEIVER, RESTART, PROVIDER, pool::EXHAUSTED, MAIL, JUMP, AHEAD, BEHIND, FROZEN, SILENT, DISK];
/// The program waits for the first word of a model for 30 seconds, for a mail server for 20 and for a webhook for 15.
const SILENCE: Duration = Duration::from_secs(33);
/// Of so many cuts of a service one is such a silence: at the usual pace two or three in ten minutes.
const SILENT_ONCE_IN: usize = 8;
/// The database's clock goes ahead so often, and once more in the end. (What programs remember for a day is asked for.)
const JUMPS: usize = 5;
/// By so much, and by so much are clocks of nodes wrong. In seconds.
const HOUR: i64 = 3600;
/// A node's clock is wrong for so long.
const WRONG: Duration = Duration::from_secs(4);

/// Disturbs for ever: all kinds, one after the other, so that also a short run has each of them.
pub(super) async fn all(stage: &Stage, arguments: &Arguments, mut rng: StdRng) -> anyhow::Result<()> {
    let chance = StdRng::from_rng(&mut rng);
    let others = async {
        loop {
            cut(stage, arguments, &stage.doubles.receiver.switch, RECEIVER, &mut rng).await;
            restart(stage).await?;
            cut(stage, arguments, &stage.doubles.provider.1, PROVIDER, &mut rng).await;
            pool::exhaust(stage).await;
            cut(stage, arguments, &stage.doubles.mail.switch, MAIL, &mut rng).await;
            jump(stage).await?;
            fill_disk(stage).await?;
        }
    };
    tokio::select! {
        () = frozen::freeze(stage, arguments) => Ok(()),
        () = turn_clocks(stage, chance) => Ok(()),
        failed = others => failed,
    }
}

/// Waits until each kind was there at least once.
pub(super) async fn until_all_were_there(stage: &Stage) {
    let is_missing = |kind: &&str| {
        let is_possible = (stage.disk.is_own || *kind != DISK) && ![pool::EXHAUSTED, SILENT].contains(kind);
        is_possible && !stage.happened().troubles.contains_key(*kind)
    };
    while KINDS.iter().any(is_missing) {
        sleep(Duration::from_millis(200)).await;
    }
}

/// Puts everything right from outside: services answer, nobody stands still, clocks are right, there is room.
///
/// # Errors
/// When the clock cannot be moved.
pub(super) fn end(stage: &Stage) -> anyhow::Result<()> {
    for switch in [&stage.doubles.receiver.switch, &stage.doubles.provider.1, &stage.doubles.mail.switch] {
        switch.set(Mood::Well);
    }
    frozen::disarm(stage);
    stage.nodes().for_each(|node| node.set_clock(0));
    stage.disk.free();
    // Webhooks that failed more than once wait for minutes.
    stage.put_clock_ahead(HOUR)
}

/// The clocks of machines are wrong, one at a time, ahead and behind: when it is put right it jumps too.
async fn turn_clocks(stage: &Stage, mut rng: StdRng) {
    let nodes: Vec<&Node> = stage.nodes().collect();
    loop {
        for (kind, seconds) in [(AHEAD, HOUR), (BEHIND, -HOUR)] {
            let Some(node) = nodes.choose(&mut rng) else { continue };
            node.set_clock(seconds);
            sleep(WRONG).await;
            node.set_clock(0);
            stage.troubled(kind);
            sleep(Duration::from_secs(1)).await;
        }
    }
}

async fn cut(stage: &Stage, arguments: &Arguments, switch: &Switch, name: &'static str, rng: &mut StdRng) {
    let mood = *[Mood::Refuses, Mood::Hangs].choose(rng).unwrap_or(&Mood::Refuses);
    let time = Duration::from_millis(rng.random_range(1_500..3_500));
    let before = stage.happened().troubles.get(name).copied().unwrap_or_default();
    if arguments.is_full() && before % SILENT_ONCE_IN == 2 {
        switch.set(Mood::Hangs);
        sleep(SILENCE).await;
        stage.troubled(SILENT);
    } else {
        switch.set(mood);
        sleep(time).await;
    }
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

/// The clock that all go by goes ahead by an hour, a few times.
async fn jump(stage: &Stage) -> anyhow::Result<()> {
    if stage.happened().troubles.get(JUMP).is_none_or(|jumps| *jumps < JUMPS) {
        stage.put_clock_ahead(HOUR)?;
        stage.troubled(JUMP);
    }
    sleep(Duration::from_secs(1)).await;
    Ok(())
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

/// Waits until each node is ready after the database came back, and notes how long that took. One that was killed meanwhile
/// or stands still is not judged, and nobody while there are no connections or no room to be had.
pub(super) async fn judge_return(stage: &Stage) {
    let (back, strain) = (Instant::now(), stage.strain.load(Ordering::SeqCst));
    let each = stage.nodes().map(async |node| {
        let starts = node.starts();
        while !is_ready(node.address).await && back.elapsed() < Duration::from_secs(30) {
            if node.is_frozen() {
                return None;
            }
            sleep(Duration::from_millis(20)).await;
        }
        (node.starts() == starts).then(|| (node, back.elapsed()))
    });
    let each = join_all(each).await;
    if strain % 2 == 1 || stage.strain.load(Ordering::SeqCst) != strain {
        return;
    }
    for (node, took) in each.into_iter().flatten() {
        stage.returned(node.part, took);
        stage.ledger.looked(Rule::SoonReady);
        if took > READY_WITHIN {
            let what = format!("{}: {} ms after the database's return", node.name, took.as_millis());
            stage.ledger.broken(Rule::SoonReady, what);
        }
    }
}
