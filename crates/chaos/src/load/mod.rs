//! Those who use the product while it is disturbed.

mod member;
mod program;
mod reader;
mod socket;
mod visitor;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::{
    Arguments,
    client::{Client, Refused},
    rule::Rule,
    stage::Stage,
};

const VISITORS: usize = 14;
/// Each visitor has one, and a member.
pub const SOCKETS: usize = VISITORS + 1;
const MEMBERS: usize = 2;
const PROGRAMS: usize = 2;

/// Whether to go on.
#[derive(Clone, Default)]
struct Shift(Arc<AtomicBool>);

impl Shift {
    fn goes_on(&self) -> bool {
        !self.0.load(Ordering::SeqCst)
    }

    /// Rests for a while between two deeds.
    async fn rest(&self, rng: &mut StdRng, milliseconds: std::ops::Range<u64>) {
        tokio::time::sleep(Duration::from_millis(rng.random_range(milliseconds))).await;
    }
}

/// Everybody at work.
pub struct Load {
    shift: Shift,
    work: JoinSet<()>,
    sockets: JoinSet<()>,
}

/// Lets everybody begin.
pub fn start(stage: &Stage, arguments: &Arguments, rng: &mut StdRng) -> Load {
    let mut load = Load { shift: Shift::default(), work: JoinSet::new(), sockets: JoinSet::new() };
    let client = |address: String| {
        let client = Client::new(&stage.base(), stage.ledger.clone(), &address);
        // In a rolling restart every request must succeed at once.
        client.map(|client| if arguments.rolling { client } else { client.hasty() })
    };
    let organization = &stage.organization;
    for number in 0..VISITORS {
        let Ok(client) = client(format!("198.18.0.{}", number + 1)) else { continue };
        let visitor = visitor::Visitor {
            name: format!("v{number}"),
            channel_key: organization.channel_key.clone(),
            shift: load.shift.clone(),
        };
        let rng = StdRng::from_rng(rng);
        let (shown, show) = tokio::sync::oneshot::channel();
        load.work.spawn(visitor.work(client, rng, shown));
        load.sockets.spawn(async move {
            if let Ok(widget) = show.await {
                socket::visitor(widget).await;
            }
        });
    }
    for number in 0..MEMBERS {
        let Ok(client) = client(format!("198.18.1.{}", number + 1)) else { continue };
        let client = client.with("cookie", organization.session.clone());
        if number == 0 {
            load.sockets.spawn(socket::member(client.clone()));
        }
        load.work.spawn(member::work(client, format!("m{number}"), StdRng::from_rng(rng), load.shift.clone()));
    }
    for number in 0..PROGRAMS {
        let Ok(client) = client(format!("198.18.2.{}", number + 1)) else { continue };
        let client = client.with("authorization", format!("Bearer {}", organization.api_key));
        let name = format!("p{number}");
        let id = organization.id.clone();
        load.work.spawn(program::work(client, name, id, StdRng::from_rng(rng), load.shift.clone()));
    }
    if let Ok(client) = client("198.18.3.1".to_owned()) {
        let client = client.with("authorization", format!("Bearer {}", organization.api_key));
        load.work.spawn(reader::work(client, stage.doubles.site, StdRng::from_rng(rng), load.shift.clone()));
    }
    load
}

impl Load {
    /// Begins nothing new, and waits until everything that was begun is answered.
    pub async fn end(&mut self, patience: Duration) {
        self.shift.0.store(true, Ordering::SeqCst);
        let work = async { while self.work.join_next().await.is_some() {} };
        tokio::time::timeout(patience, work).await.ok();
    }

    /// Closes the sockets.
    pub async fn close(mut self) {
        self.work.shutdown().await;
        self.sockets.shutdown().await;
    }
}

/// An id in an answer.
fn id(value: &serde_json::Value) -> Uuid {
    value.as_str().and_then(|id| id.parse().ok()).unwrap_or_default()
}

/// Notes that something was refused that the product should have taken.
fn refused(client: &Client, what: &str, refused: &Refused) {
    if refused.status > 0 {
        client.ledger().broken(Rule::RightNotRefused, format!("{what}: {} {}", refused.status, refused.text));
    }
}
