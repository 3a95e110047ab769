use std::time::{Duration, Instant};

use futures::{StreamExt, stream::FuturesUnordered};
use tokio::{task::JoinHandle, time::MissedTickBehavior};

use super::{
    clocks::{Clocks, Side},
    scene::Scene,
    socket::{listen, open},
    visitor::Visitor,
};
use crate::{browser::Browser, program::Program};

/// Tabs of members with the inbox open; each gets every event of the organization.
pub const MEMBERS: usize = 5;
/// Messages a second, half of them from visitors.
pub const RATE: u64 = 100;
const SECONDS: u64 = 40;
/// Messages of the first seconds are not counted.
const WARM_UP: Duration = Duration::from_secs(3);

/// Lets visitors, whose sockets are listened to already, and a member write to each other.
pub async fn talk(program: &Program, scene: &Scene, visitors: &[Visitor], clocks: &Clocks) -> anyhow::Result<()> {
    let member = scene.member(program)?;
    let mut readers = Vec::new();
    for _ in 0..MEMBERS {
        let socket = open(program, "/live", &member.socket_headers()).await?;
        readers.push(listen(socket, clocks.clone(), Side::Member));
    }
    let reply = member.function(&format!("/app/inbox/{}", visitors[0].conversation), "post_message").await?;
    println!("  {RATE} messages a second for {SECONDS} seconds");
    write(visitors, &member, &reply, clocks).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    readers.iter().for_each(JoinHandle::abort);
    Ok(())
}

/// Sends at an even rate, whether answers come or not.
async fn write(visitors: &[Visitor], member: &Browser, reply: &str, clocks: &Clocks) -> anyhow::Result<()> {
    let mut tick = tokio::time::interval(Duration::from_micros(1_000_000 / RATE));
    tick.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let begun = Instant::now();
    let work = async |number: u64| -> anyhow::Result<()> {
        let visitor = &visitors[number as usize % visitors.len()];
        let id = format!("bench-{number}");
        let direction = if number.is_multiple_of(2) { Side::Member } else { Side::Visitor };
        clocks.start(&id, direction, begun.elapsed() > WARM_UP);
        match direction {
            Side::Member => {
                visitor.write(&id).await?;
            }
            Side::Visitor => {
                let form = [("id", visitor.conversation.as_str()), ("content", &id), ("client_id", &id)];
                member.call(reply, &form).await?;
            }
        }
        clocks.answered(&id);
        Ok(())
    };
    let mut sends = FuturesUnordered::new();
    for number in 0..RATE * SECONDS {
        loop {
            tokio::select! {
                _ = tick.tick() => break,
                Some(sent) = sends.next(), if !sends.is_empty() => sent?,
            }
        }
        // An even number from one visitor after the other, then an odd one.
        sends.push(work(number + number / (2 * visitors.len() as u64)));
    }
    while let Some(sent) = sends.next().await {
        sent?;
    }
    Ok(())
}
