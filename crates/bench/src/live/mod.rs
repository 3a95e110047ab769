//! The way of a message to the other side's socket, in both directions at once.
//!
//! The clock of a message starts before its request is sent and stops when a socket has its event: that is more than
//! the goal speaks of (from the commit), by the request and the transaction. All of it is in this process.

mod clocks;
mod scene;
mod socket;
mod talk;
mod visitor;

use tokio::task::JoinHandle;

use crate::{report::Report, world::World};

pub use clocks::Clocks;
pub use scene::Scene;
pub use socket::open;
pub use talk::talk;
pub use visitor::Visitor;

/// Visitors with an open widget. Each writes seldom enough for the limits on a visitor and an address.
const VISITORS: usize = 400;

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    let scene = Scene::set(world, "Live").await?;
    let visitors = scene.visitors(&program, VISITORS).await?;
    let clocks = Clocks::default();
    let mut readers = Vec::new();
    for visitor in &visitors {
        readers.push(visitor.listen(&program, clocks.clone()).await?);
    }
    let talked = talk(&program, &scene, &visitors, &clocks).await;
    readers.iter().for_each(JoinHandle::abort);
    program.stop().await?;
    scene.clear(world).await?;
    talked?;
    clocks.report("", report);
    Ok(())
}
