//! Reads and writes of the REST API with a key, in the large organization, and what sign-ins beside them cost.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use db::sqlx;
use domain::{accounts::Authenticated, api_keys};
use futures::future::{join_all, try_join_all};
use types::{api_key::CreateApiKey, id::ApiKeyId, permission::Permission};

use crate::{
    connection::{Connection, request},
    report::{Report, Times, milliseconds},
    world::World,
};

/// Programs that ask at the same time, each with a connection of its own.
const PROGRAMS: usize = 24;
const WARM_UP: Duration = Duration::from_secs(2);
const MEASURED: Duration = Duration::from_secs(10);
/// Sign-ins at once.
const SIGN_INS: usize = 50;
/// Beside sign-ins each program asks so often, whether or not the answer before was slow.
const PACE: Duration = Duration::from_millis(100);

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    let (_, who) = world.session().await?;
    let (id, key) = key(world, &who).await?;
    let measured = loads(program.address, &key, report).await;
    program.stop().await?;
    let mut cx = world.services.db.begin(who.me.organization.id, who.actor()).await?;
    api_keys::revoke(&mut cx, id).await?;
    world.services.commit(cx).await?;
    // A later run finds the database as this one did.
    sqlx::query("delete from contacts where organization_id = $1 and tags = '{bench}'")
        .bind(who.me.organization.id.0)
        .execute(&world.owner)
        .await?;
    measured
}

async fn key(world: &World<'_>, who: &Authenticated) -> anyhow::Result<(ApiKeyId, String)> {
    let mut cx = world.services.db.begin(who.me.organization.id, who.actor()).await?;
    let input = CreateApiKey { name: "bench".into(), scopes: Permission::ALL.to_vec(), expires_at: None };
    let created = api_keys::create(&mut cx, input).await?;
    world.services.commit(cx).await?;
    Ok((created.key.id, created.token))
}

async fn loads(address: SocketAddr, key: &str, report: &mut Report) -> anyhow::Result<()> {
    for path in ["contacts?limit=50", "conversations?limit=50"] {
        let read = request("GET", path, key, "");
        load(address, &read, 200, WARM_UP).await?;
        let times = load(address, &read, 200, MEASURED).await?;
        let what = format!("API reads: {path}");
        // An entry of the inbox is put together from six tables.
        match path.starts_with("contacts") {
            true => judge(report, &what, &times, 3000, Duration::from_millis(20)),
            false => report.stated(&what, rate(&times)),
        }
    }
    let write = request("POST", "contacts", key, r#"{"name": "Ana Hoxha", "tags": ["bench"]}"#);
    load(address, &write, 201, WARM_UP).await?;
    let times = load(address, &write, 201, MEASURED).await?;
    judge(report, "API writes: contacts", &times, 1000, Duration::from_millis(40));
    beside_sign_ins(address, key, report).await
}

fn judge(report: &mut Report, what: &str, times: &Times, goal: usize, most: Duration) {
    let reached = per_second(times) >= goal && times.percentile(99) <= most;
    report.goal(what, &format!("≥ {goal}/s, p99 ≤ {}", milliseconds(most)), rate(times), reached);
}

fn rate(times: &Times) -> String {
    format!("{}/s, {}", per_second(times), times.summary())
}

fn per_second(times: &Times) -> usize {
    times.len() / usize::try_from(MEASURED.as_secs()).unwrap_or(1)
}

/// Every program asks again as soon as it was answered, for so long.
async fn load(address: SocketAddr, request: &[u8], expected: u16, time: Duration) -> anyhow::Result<Times> {
    let until = Instant::now() + time;
    let request: Arc<[u8]> = request.into();
    let programs = (0..PROGRAMS).map(|_| {
        let request = request.clone();
        tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Times::default();
            while Instant::now() < until {
                let asked = Instant::now();
                let (status, _) = connection.ask(&request).await?;
                ensure!(status == expected, "an answer with status {status}");
                times.push(asked.elapsed());
            }
            anyhow::Ok(times)
        })
    });
    gather(try_join_all(programs).await?)
}

fn gather(parts: Vec<anyhow::Result<Times>>) -> anyhow::Result<Times> {
    let mut all = Times::default();
    for part in parts {
        all.extend(part?);
    }
    Ok(all)
}

/// Reads at a steady pace, alone and while people sign in.
async fn beside_sign_ins(address: SocketAddr, key: &str, report: &mut Report) -> anyhow::Result<()> {
    let read = request("GET", "contacts?limit=50", key, "");
    paced(address, &read, WARM_UP).await?;
    let alone = paced(address, &read, MEASURED).await?;
    let begun = Instant::now();
    let (beside, signed_in) = tokio::join!(paced(address, &read, Duration::from_secs(3)), sign_ins(address));
    let (beside, took) = (beside?, signed_in?);
    let [before, during] = [&alone, &beside].map(|times| times.percentile(99));
    let measured = format!(
        "p99 {} alone, {} beside {SIGN_INS} sign-ins that took {} ({} in all)",
        milliseconds(before),
        milliseconds(during),
        milliseconds(took),
        milliseconds(begun.elapsed())
    );
    report.goal("API reads beside 50 sign-ins", "p99 ≤ twice that alone", measured, during <= before * 2);
    Ok(())
}

/// Every program asks at its pace; the time counts from when it was to ask.
async fn paced(address: SocketAddr, request: &[u8], time: Duration) -> anyhow::Result<Times> {
    let begin = Instant::now();
    let request: Arc<[u8]> = request.into();
    let programs = (0..PROGRAMS).map(|number| {
        let request = request.clone();
        tokio::spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut times = Times::default();
            let mut due = begin + PACE * u32::try_from(number)? / u32::try_from(PROGRAMS)?;
            while due < begin + time {
                tokio::time::sleep_until(due.into()).await;
                let (status, _) = connection.ask(&request).await?;
                ensure!(status == 200, "an answer with status {status}");
                times.push(due.elapsed());
                due += PACE;
            }
            anyhow::Ok(times)
        })
    });
    gather(try_join_all(programs).await?)
}

/// People who sign in at the same moment, each from an address of their own, and how long the last one waited. Nobody has
/// their addresses: the work is the same, and none of them waits for the lock-out of another.
async fn sign_ins(address: SocketAddr) -> anyhow::Result<Duration> {
    let begun = Instant::now();
    let people = (0..SIGN_INS).map(|number| async move {
        let body = format!(r#"{{"email": "nobody-{number}@example.com", "password": "a password of nobody"}}"#);
        let length = body.len();
        let request = format!(
            "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\norigin: http://localhost\r\n\
             x-forwarded-for: 10.9.0.{number}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        let (status, _) = Connection::open(address).await?.ask(request.as_bytes()).await?;
        match status {
            401 => Ok(()),
            status => bail!("a sign-in with status {status}"),
        }
    });
    join_all(people).await.into_iter().collect::<anyhow::Result<()>>().context("sign-ins")?;
    Ok(begun.elapsed())
}
