//! One message to a thousand sockets: what a core delivers, and what it delivers with socket.io of npm.
//!
//! Delivered messages are counted for each second of processor time that the serving process had, the system's part of
//! it included, because the load generator and the database share the machine. Ours are stored, ordered and can be
//! asked for again; those of socket.io are only passed on.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use futures::{StreamExt, TryStreamExt, future::BoxFuture, stream};
use tokio::{net::TcpStream, task::JoinHandle};

use crate::{
    browser::Browser,
    compare::Other,
    cpu, frames,
    live::{Scene, Visitor, open},
    pace::evenly,
    program::Program,
    report::Report,
    world::World,
};

/// Tabs of members, each of which gets every message of the organization.
const SOCKETS: usize = 1_000;
/// The members, each of whom may have a hundred.
const MEMBERS: i64 = 11;
/// Sockets that are being opened at the same time.
const AT_ONCE: usize = 32;
/// Visitors who write in turn. Each writes seldom enough for the limits.
const VISITORS: usize = 400;
const MESSAGES_A_SECOND: u64 = 40;
const WARM_UP: u64 = 3;
const SECONDS: u64 = 20;
/// Time for the last messages to arrive.
const GRACE: Duration = Duration::from_secs(5);
/// Delivered messages for each second of processor time.
const GOAL: f64 = 30_000.0;
const TEXT: &str = "Where is my parcel? It was to come on Monday.";
/// How a frame with an event begins, ours and that of socket.io.
const EVENT: &[u8] = b"{\"event\":";
const OTHER_EVENT: &[u8] = b"42[";

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    let scene = Scene::set(world, "Fan-out").await?;
    let measured = ours(world, &program, &scene).await;
    program.stop().await?;
    scene.clear(world).await?;
    let (outcome, frame) = measured?;
    let what = format!("fan-out to {SOCKETS} sockets, messages of {} bytes", frame.len());
    let reached = outcome.per_core() >= GOAL && outcome.lost == 0;
    report.goal(&what, "≥ 30,000 delivered a second and core", outcome.words(), reached);
    if let Some(folder) = &world.arguments.compare {
        let other = socket_io(folder, &frame).await?;
        report.stated("the same with socket.io 4.8, nothing stored", other.words());
    }
    Ok(())
}

/// What was delivered, and what it took.
struct Outcome {
    delivered: u64,
    lost: u64,
    seconds: f64,
    cpu: f64,
}

impl Outcome {
    fn per_core(&self) -> f64 {
        self.delivered as f64 / self.cpu
    }

    fn words(&self) -> String {
        format!(
            "{:.0}/s and core ({} in {:.1} s with {:.1} s of processor time; {} lost)",
            self.per_core(),
            self.delivered,
            self.seconds,
            self.cpu,
            self.lost
        )
    }
}

/// Also gives a frame.
async fn ours(world: &World<'_>, program: &Program, scene: &Scene) -> anyhow::Result<(Outcome, Vec<u8>)> {
    let mut members = Vec::new();
    for session in world.colleagues(scene.organization, MEMBERS).await? {
        members.push(Browser::new(program, &session)?.socket_headers());
    }
    let visitors = scene.visitors(program, VISITORS).await?;
    let connect = |number: usize| {
        let headers = &members[number % members.len()];
        async move { anyhow::Ok(open(program, "/live", headers).await?.into_inner()) }
    };
    let mut sample = connect(0).await?;
    visitors[0].write(TEXT).await?;
    // What else happened, as visitors arrived, may come first.
    let mut frame = frames::first(&mut sample, EVENT).await?;
    while !frame.windows(TEXT.len()).any(|part| part == TEXT.as_bytes()) {
        frame = frames::first(&mut sample, EVENT).await?;
    }
    drop(sample);
    let streams = stream::iter(0..SOCKETS).map(connect).buffered(AT_ONCE).try_collect().await?;
    let send = |number: u64| -> BoxFuture<'_, anyhow::Result<()>> {
        let visitor: &Visitor = &visitors[number as usize % VISITORS];
        Box::pin(async move { visitor.write(&format!("{TEXT} ({number})")).await.map(drop) })
    };
    Ok((deliver(streams, EVENT, program.pid()?, send).await?, frame))
}

async fn socket_io(folder: &Path, frame: &[u8]) -> anyhow::Result<Outcome> {
    let mut node = Other::node(folder, "socket-io.mjs", &[])?;
    let address = node.address().await?;
    let connect = || async {
        let mut stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        frames::upgrade(&mut stream, "/socket.io/?EIO=4&transport=websocket").await?;
        // The session of engine.io, then that of socket.io.
        frames::first(&mut stream, b"0").await?;
        tokio::io::AsyncWriteExt::write_all(&mut stream, &frames::masked(1, b"40")).await?;
        frames::first(&mut stream, b"40").await?;
        anyhow::Ok(stream)
    };
    let streams = stream::iter(0..SOCKETS).map(|_| connect()).buffered(AT_ONCE).try_collect().await?;
    let http = reqwest::Client::builder().no_proxy().build()?;
    let body = String::from_utf8(frame.to_vec())?;
    let send = |_| -> BoxFuture<'_, anyhow::Result<()>> {
        let request = http.post(format!("http://{address}/")).body(body.clone());
        Box::pin(async move { Ok(request.send().await?.error_for_status().map(drop)?) })
    };
    let outcome = deliver(streams, OTHER_EVENT, node.pid()?, send).await?;
    node.stop().await?;
    Ok(outcome)
}

/// Sends at an even rate and counts what arrives at all sockets together.
async fn deliver<'a>(
    streams: Vec<TcpStream>,
    begin: &'static [u8],
    server: u32,
    send: impl Fn(u64) -> BoxFuture<'a, anyhow::Result<()>>,
) -> anyhow::Result<Outcome> {
    let counted = Arc::new(AtomicU64::new(0));
    let readers: Vec<JoinHandle<anyhow::Result<()>>> =
        streams.into_iter().map(|stream| tokio::spawn(frames::count(stream, begin, counted.clone()))).collect();
    evenly(0..MESSAGES_A_SECOND * WARM_UP, MESSAGES_A_SECOND, &send).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;

    let (delivered, spent, begun) = (counted.load(Ordering::Relaxed), cpu::seconds(server)?, Instant::now());
    let first = MESSAGES_A_SECOND * WARM_UP;
    evenly(first..first + MESSAGES_A_SECOND * SECONDS, MESSAGES_A_SECOND, &send).await?;
    let expected = MESSAGES_A_SECOND * SECONDS * SOCKETS as u64;
    let arrived = || counted.load(Ordering::Relaxed) - delivered;
    let waiting = Instant::now();
    while arrived() < expected && waiting.elapsed() < GRACE {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let outcome = Outcome {
        delivered: arrived(),
        lost: expected.saturating_sub(arrived()),
        seconds,
        cpu: cpu::seconds(server)? - spent,
    };
    readers.iter().for_each(JoinHandle::abort);
    Ok(outcome)
}
