//! The way of a message to the other side's socket, in both directions at once.
//!
//! The clock of a message starts before its request is sent and stops when a socket has its event: that is more than
//! the goal speaks of (from the commit), by the request and the transaction. All of it is in this process.

use std::{
    collections::HashMap,
    net::Ipv4Addr,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use domain::channels;
use futures::{SinkExt, StreamExt, future::try_join_all, stream::FuturesUnordered};
use reqwest::{Client, header};
use serde_json::{Value, json};
use tokio::{net::TcpStream, task::JoinHandle, time::MissedTickBehavior};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest},
};
use types::{
    channel::{Channel, ChannelType, CreateChannel},
    event::EventName,
    live::{ClientFrame, LiveEvent, ServerFrame, Signal},
};

use crate::{
    browser::Browser,
    program::Program,
    report::{Report, Times, milliseconds},
    world::World,
};

/// Visitors with an open widget. Each writes seldom enough for the limits on a visitor and an address.
const VISITORS: usize = 400;
/// Tabs of members with the inbox open; each gets every event of the organization.
const MEMBERS: usize = 5;
/// Messages a second, half of them from visitors.
const RATE: u64 = 100;
const SECONDS: u64 = 40;
/// Messages of the first seconds are not counted.
const WARM_UP: Duration = Duration::from_secs(3);
const GOAL: Duration = Duration::from_millis(50);

type Socket = WebSocketStream<TcpStream>;

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let program = world.program().await?;
    let (session, who) = world.session().await?;
    let mut cx = world.services.db.begin(who.me.organization.id, who.actor()).await?;
    // Without an agent: people write to each other.
    let input = CreateChannel { name: "Live".into(), channel_type: ChannelType::Widget, agent_id: None };
    let channel: Channel = channels::create(&mut cx, input).await?;
    world.services.commit(cx).await?;
    let member = Browser::new(&program, &session)?;
    let clocks = Clocks::default();
    let mut readers = Vec::new();
    for _ in 0..MEMBERS {
        let socket = open(&program, "/live", &member.socket_headers()).await?;
        readers.push(listen(socket, clocks.clone(), Side::Member));
    }
    let visitors: Vec<Visitor> =
        try_join_all((0..VISITORS).map(|number| Visitor::arrive(&program, &member.http, &channel.public_key, number)))
            .await?;
    for visitor in &visitors {
        let path = format!("/widget/api/live?token={}", visitor.token);
        let headers = [("origin", program.url()), ("x-forwarded-for", visitor.address.clone())];
        readers.push(listen(open(&program, &path, &headers).await?, clocks.clone(), Side::Visitor));
    }
    let reply = member.function(&format!("/app/inbox/{}", visitors[0].conversation), "post_message").await?;
    println!("  {RATE} messages a second for {SECONDS} seconds");
    write(&visitors, &member, &reply, &clocks).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    readers.iter().for_each(JoinHandle::abort);
    program.stop().await?;
    clocks.report(report);
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

/// Who is to get a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Member,
    Visitor,
}

/// A widget that is open on somebody's site.
struct Visitor {
    http: Client,
    url: String,
    token: String,
    /// Where it seems to come from.
    address: String,
    conversation: String,
}

impl Visitor {
    async fn arrive(program: &Program, http: &Client, channel: &str, number: usize) -> anyhow::Result<Self> {
        let [high, low] = u16::try_from(number)?.to_be_bytes();
        let mut visitor = Self {
            http: http.clone(),
            url: program.url(),
            token: String::new(),
            address: Ipv4Addr::new(198, 18, high, low).to_string(),
            conversation: String::new(),
        };
        let session = visitor.post("session", json!({"channel_key": channel})).await?;
        visitor.token = session["token"].as_str().context("no token")?.to_owned();
        visitor.conversation = visitor.write("hello").await?;
        Ok(visitor)
    }

    /// Sends a message and gives its conversation.
    async fn write(&self, content: &str) -> anyhow::Result<String> {
        let sent = self.post("messages", json!({"content": content, "client_id": content})).await?;
        Ok(sent["conversation_id"].as_str().context("no conversation")?.to_owned())
    }

    async fn post(&self, path: &str, body: Value) -> anyhow::Result<Value> {
        let request =
            self.http.post(format!("{}/widget/api/{path}", self.url)).header("x-forwarded-for", &self.address);
        let request = request.header(header::AUTHORIZATION, format!("Bearer {}", self.token));
        let request = request.header(header::CONTENT_TYPE, "application/json").body(body.to_string());
        let response = request.send().await?;
        let (status, text) = (response.status(), response.text().await?);
        if !status.is_success() {
            bail!("{path} answered {status}: {text}");
        }
        Ok(serde_json::from_str::<Value>(&text)?["data"].take())
    }
}

/// Opens a socket and waits until it is welcome.
async fn open(program: &Program, path: &str, headers: &[(&'static str, String)]) -> anyhow::Result<Socket> {
    let stream = TcpStream::connect(program.address).await?;
    stream.set_nodelay(true)?;
    let mut request = format!("ws://{}{path}", program.address).into_client_request()?;
    for (name, value) in headers {
        request.headers_mut().insert(*name, value.parse()?);
    }
    let (mut socket, _) = client_async(request, stream).await?;
    socket.send(Message::text(serde_json::to_string(&ClientFrame::Hello { cursor: None })?)).await?;
    match socket.next().await {
        Some(Ok(Message::Text(text)))
            if matches!(serde_json::from_str(&text), Ok(ServerFrame::<LiveEvent, Signal>::Welcome { .. })) =>
        {
            Ok(socket)
        }
        other => bail!("a socket was not welcome: {other:?}"),
    }
}

/// Stops the clocks of messages whose events come.
fn listen(mut socket: Socket, clocks: Clocks, side: Side) -> JoinHandle<()> {
    tokio::spawn(async move {
        while let Some(Ok(message)) = socket.next().await {
            let at = Instant::now();
            let Message::Text(text) = message else { continue };
            if let Ok(ServerFrame::<LiveEvent, Signal>::Event { event, .. }) = serde_json::from_str(&text)
                && event.name == EventName::MessageCreated
                && let Some(message) = event.message
            {
                clocks.arrived(&message.content, side, at);
            }
        }
    })
}

/// The clocks of the messages that are under way.
#[derive(Clone, Default)]
struct Clocks(Arc<Mutex<HashMap<String, Clock>>>);

struct Clock {
    to: Side,
    counts: bool,
    sent: Instant,
    answered: Option<Instant>,
    arrived: Vec<Instant>,
}

impl Clocks {
    fn start(&self, id: &str, to: Side, counts: bool) {
        let clock = Clock { to, counts, sent: Instant::now(), answered: None, arrived: Vec::new() };
        self.lock().insert(id.to_owned(), clock);
    }

    fn answered(&self, id: &str) {
        if let Some(clock) = self.lock().get_mut(id) {
            clock.answered = Some(Instant::now());
        }
    }

    fn arrived(&self, id: &str, side: Side, at: Instant) {
        if let Some(clock) = self.lock().get_mut(id).filter(|clock| clock.to == side) {
            clock.arrived.push(at);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Clock>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn report(&self, report: &mut Report) {
        let clocks = self.lock();
        for (side, wanted, name) in
            [(Side::Member, MEMBERS, "visitor → member"), (Side::Visitor, 1, "member → visitor")]
        {
            let (mut from_sent, mut from_answer, mut lost) = (Times::default(), Times::default(), 0);
            for clock in clocks.values().filter(|clock| clock.to == side && clock.counts) {
                lost += wanted.saturating_sub(clock.arrived.len());
                for at in &clock.arrived {
                    from_sent.push(at.duration_since(clock.sent));
                    from_answer.push(at.saturating_duration_since(clock.answered.unwrap_or(*at)));
                }
            }
            println!("  {name}, from the request: {}", from_sent.summary());
            println!("  {name}, from its answer: {}", from_answer.summary());
            let p99 = from_sent.percentile(99);
            let measured = format!(
                "p99 {} from the request, {} from its answer; p50 {}; {lost} lost",
                milliseconds(p99),
                milliseconds(from_answer.percentile(99)),
                milliseconds(from_sent.percentile(50))
            );
            let name = format!("to the socket, {name}, {RATE} messages/s");
            report.goal(&name, "p99 ≤ 50 ms", measured, p99 <= GOAL && lost == 0);
        }
    }
}
