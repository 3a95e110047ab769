//! Pages a second: the inbox of the large organization, as a signed-in browser asks for it.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::ensure;
use futures::future::try_join_all;

use crate::{
    compare::Other,
    connection::Connection,
    cpu,
    report::{Report, Times},
    world::World,
};

/// Browsers that ask at the same time, each again as soon as it was answered.
const BROWSERS: usize = 8;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(15);
const GOAL: f64 = 300.0;
/// What the page of a thousand rows shows.
const ROWS: &str = "select c.id::text, ct.name, ct.email, c.last_message_preview as preview, c.status, c.priority,
       c.unread_count as unread, to_char(c.last_message_at, 'YYYY-MM-DD HH24:MI') as at
from conversations c join contacts ct on ct.organization_id = c.organization_id and ct.id = c.contact_id
where c.organization_id = (select id from organizations order by created_at, id limit 1) and c.status = 'active'
order by c.last_message_at desc, c.id desc limit 1000";

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    let (session, _) = world.session().await?;
    let cookie = format!("{}={session}", domain::accounts::SESSION_COOKIE);
    for (name, path) in [("the inbox", "/app/inbox"), ("an empty inbox", "/app/inbox?q=nobody+is+called+so")] {
        let rate = rate(program.address, program.pid()?, path, &cookie).await?;
        let words = rate.words();
        match name {
            "the inbox" => report.goal("pages of the inbox", "≥ 300/s", words, rate.per_second() >= GOAL),
            _ => report.stated(&format!("pages of {name}"), words),
        }
    }
    program.stop().await?;
    thousand_rows(world, report).await
}

/// A page of a thousand rows, which the product has none of: its framework beside others.
async fn thousand_rows(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let environment = [("DATABASE_URL", world.owner_url()), ("QUERY", ROWS)];
    let mut candidates = vec![("Leptos, as here", Other::built("rows", &environment)?)];
    if let Some(folder) = &world.arguments.compare {
        candidates.push(("Next.js 16", Other::node(folder, "next.mjs", &environment)?));
        candidates.push(("SvelteKit 3", Other::node(folder, "svelte.mjs", &environment)?));
    }
    let mut rates = Vec::new();
    for (name, mut candidate) in candidates {
        let address = candidate.address().await?;
        let rate = rate(address, candidate.pid()?, "/", "").await?;
        candidate.stop().await?;
        ensure!(rate.bytes > 100_000, "{name} has left rows out");
        rates.push((name, rate));
    }
    let ours = rates[0].1.for_each_core();
    for (number, (name, rate)) in rates.iter().enumerate() {
        let what = format!("a page of 1,000 rows: {name}");
        match number {
            0 => report.goal(
                &what,
                "more than the others",
                rate.words(),
                rates[1..].iter().all(|(_, other)| ours > other.for_each_core()),
            ),
            _ => report.stated(&what, rate.words()),
        }
    }
    Ok(())
}

/// What a server of pages did.
struct Rate {
    times: Times,
    bytes: usize,
    seconds: f64,
    cpu: f64,
}

impl Rate {
    fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.seconds
    }

    /// Pages for each second of processor time that the server had.
    fn for_each_core(&self) -> f64 {
        self.times.len() as f64 / self.cpu
    }

    fn words(&self) -> String {
        format!(
            "{:.0}/s, {:.0} for each second of the server's processor time; {} bytes sent, {}",
            self.per_second(),
            self.for_each_core(),
            self.bytes,
            self.times.summary()
        )
    }
}

/// Asks for a page again and again.
async fn rate(address: SocketAddr, server: u32, path: &str, cookie: &str) -> anyhow::Result<Rate> {
    let request: Arc<[u8]> = format!(
        "GET {path} HTTP/1.1\r\nhost: localhost\r\ncookie: {cookie}\r\naccept: text/html\r\naccept-encoding: gzip, br\r\n\r\n"
    )
    .into_bytes()
    .into();
    browse(address, &request, WARM_UP).await?;
    let (begun, spent) = (Instant::now(), cpu::seconds(server)?);
    let (times, bytes) = browse(address, &request, MEASURED).await?;
    Ok(Rate { times, bytes, seconds: begun.elapsed().as_secs_f64(), cpu: cpu::seconds(server)? - spent })
}

async fn browse(address: SocketAddr, request: &Arc<[u8]>, time: Duration) -> anyhow::Result<(Times, usize)> {
    let until = Instant::now() + time;
    let browsers = (0..BROWSERS).map(|_| {
        let request = request.clone();
        tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let (mut times, mut bytes) = (Times::default(), 0);
            while Instant::now() < until {
                let asked = Instant::now();
                let (status, length) = connection.ask(&request).await?;
                ensure!(status == 200, "a page answered {status}");
                times.push(asked.elapsed());
                bytes = length;
            }
            anyhow::Ok((times, bytes))
        })
    });
    let (mut all, mut length) = (Times::default(), 0);
    for browser in try_join_all(browsers).await? {
        let (times, bytes) = browser?;
        all.extend(times);
        length = bytes;
    }
    Ok((all, length))
}
