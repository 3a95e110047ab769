use std::{future::Future, time::Duration};

use axum::extract::ws::{Message, WebSocket};
use domain::live::{Missed, Subscription, Update};
use futures::{StreamExt, stream::SplitStream};
use tokio::time::{Instant, MissedTickBehavior, interval, timeout};
use types::live::{ClientFrame, LiveEvent, ServerFrame};

use super::sender::{Gone, Sender};

/// Who says nothing after connecting is no browser of ours.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);
/// Proxies and phones drop connections that are quiet for longer than half a minute or so.
const PING_EVERY: Duration = Duration::from_secs(25);
/// Two pings without any sign of life.
const SILENCE: Duration = Duration::from_secs(60);
/// How often it is asked anew whether the browser may still listen.
const ASK_EVERY: Duration = Duration::from_secs(60);
/// How long a browser may take to answer that it heard the end.
const GOODBYE: Duration = Duration::from_secs(2);
/// More missed events than this, and loading anew is cheaper.
const MAX_MISSED: i64 = 500;

/// Nobody types, looks around and shows signs of life more often than this in the time of [`FRAMES_IN`].
const MAX_FRAMES: u32 = 200;
const FRAMES_IN: Duration = Duration::from_secs(10);

/// Close code: what came is not what a browser of ours sends (RFC 6455).
const POLICY: u16 = 1008;
/// Close code: the session has ended, the same token will not do any more.
const SESSION_ENDED: u16 = 4401;
/// Close code: try again later (RFC 6455 registry).
const TRY_AGAIN: u16 = 1013;
/// Close code: this node restarts, come back at once and another takes you (the same registry). Widget and dashboard know it.
const RESTARTS: u16 = 1012;

/// The browser at the other end: a member's or a visitor's.
pub(crate) trait Peer: Send {
    /// Its place on the bus.
    fn subscribe(&mut self) -> impl Future<Output = domain::Result<Subscription>> + Send;
    /// What came since its cursor, at most `limit` events. Called after [`Peer::subscribe`], so that nothing falls between.
    /// Without a cursor the browser loads anew, and its subscription looks at what that shows from then on.
    fn missed(
        &mut self,
        subscription: &mut Subscription,
        since: Option<i64>,
        limit: i64,
    ) -> impl Future<Output = domain::Result<Missed>> + Send;
    /// It says what the person does.
    fn heard(&mut self, frame: ClientFrame);
    /// Whether it may still listen.
    fn is_welcome(&mut self) -> impl Future<Output = bool> + Send;
    /// Whether it may hear this. Visitors subscribe to nothing else.
    fn is_told(&self, _: &Update) -> bool {
        true
    }
    /// Whether an event changes what it may hear, so that it is to be asked anew at once.
    fn is_about(&self, event: &LiveEvent) -> bool;
    /// The socket has closed.
    fn gone(&mut self);
}

/// Serves one socket until either side ends it.
pub(crate) async fn run(socket: WebSocket, mut peer: impl Peer) {
    let (sink, mut incoming) = socket.split();
    let mut sender = Sender::new(sink);
    let Some(since) = hello(&mut incoming).await else { return };
    metrics::gauge!("biseda_live_sockets").increment(1.0);
    // Kept until the browser was told how it ended: a node that stops waits for that.
    let mut subscription = None;
    let ended = serve(&mut sender, &mut incoming, &mut peer, &mut subscription, since).await;
    metrics::gauge!("biseda_live_sockets").decrement(1.0);
    peer.gone();
    let (code, reason) = match ended {
        Ended::Gone => return,
        Ended::Session => (SESSION_ENDED, "the session has ended"),
        Ended::Flood => (POLICY, "too many frames"),
        Ended::Leaving => (RESTARTS, "this node restarts"),
        Ended::Fault(error) => {
            tracing::warn!(?error, "a live socket could not be served");
            (TRY_AGAIN, "try again")
        }
    };
    sender.close(code, reason).await;
    // Dropped with something unread, a connection is reset, and the browser never hears why (RFC 6455, section 7.1.1).
    let _ = timeout(GOODBYE, incoming.for_each(async |_| {})).await;
}

/// Why a socket is not served any more.
enum Ended {
    Gone,
    Session,
    /// More frames than a person can cause: each costs the other nodes something.
    Flood,
    Leaving,
    Fault(domain::Error),
}

impl From<Gone> for Ended {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

impl From<domain::Error> for Ended {
    fn from(error: domain::Error) -> Self {
        match error {
            domain::Error::Suspended(_) | domain::Error::Refused(_) => Self::Session,
            error => Self::Fault(error),
        }
    }
}

async fn serve(
    sender: &mut Sender,
    incoming: &mut SplitStream<WebSocket>,
    peer: &mut impl Peer,
    subscription: &mut Option<Subscription>,
    since: Option<i64>,
) -> Ended {
    match pump(sender, incoming, peer, subscription, since).await {
        Ok(never) => match never {},
        Err(ended) => ended,
    }
}

async fn pump(
    sender: &mut Sender,
    incoming: &mut SplitStream<WebSocket>,
    peer: &mut impl Peer,
    subscription: &mut Option<Subscription>,
    since: Option<i64>,
) -> Result<std::convert::Infallible, Ended> {
    // What asks the database is boxed: a socket that waits, as nearly all do, is not to keep room for it.
    let subscription = subscription.insert(Box::pin(peer.subscribe()).await?);
    let missed = Box::pin(peer.missed(subscription, since, MAX_MISSED)).await?;
    Box::pin(sender.welcome(since, missed)).await?;
    let mut ping = interval(PING_EVERY);
    ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut ask = interval(ASK_EVERY);
    ask.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ask.tick().await;
    let mut last_heard = Instant::now();
    let (mut frames, mut frames_since) = (0, last_heard);
    loop {
        tokio::select! {
            update = subscription.recv() => {
                let is_about = match &update {
                    Update::Event(event) => peer.is_about(&event.event),
                    // What was missed may have been.
                    Update::Reload => true,
                    _ => false,
                };
                if is_about && !Box::pin(peer.is_welcome()).await {
                    return Err(Ended::Session);
                }
                match update {
                    Update::SessionEnded => return Err(Ended::Session),
                    Update::Leaving => return Err(Ended::Leaving),
                    Update::Reload => match Box::pin(peer.missed(subscription, None, 0)).await? {
                        Missed::Events { cursor, .. } | Missed::Reload { cursor } => sender.reload(cursor).await?,
                    },
                    update if peer.is_told(&update) => sender.pass(update).await?,
                    _ => {}
                }
            }
            message = incoming.next() => {
                last_heard = Instant::now();
                if last_heard.duration_since(frames_since) > FRAMES_IN {
                    (frames, frames_since) = (0, last_heard);
                }
                frames += 1;
                if frames > MAX_FRAMES {
                    return Err(Ended::Flood);
                }
                match understand(message) {
                    Heard::Closed => return Err(Ended::Gone),
                    Heard::Frame(ClientFrame::Ping) => {
                        sender.frame(&ServerFrame::Pong).await?;
                        peer.heard(ClientFrame::Ping);
                    }
                    Heard::Frame(frame) => peer.heard(frame),
                    Heard::Something => {}
                }
            }
            _ = ping.tick() => {
                if last_heard.elapsed() > SILENCE {
                    return Err(Ended::Gone);
                }
                sender.ping().await?;
            }
            _ = ask.tick() => if !Box::pin(peer.is_welcome()).await {
                return Err(Ended::Session);
            }
        }
    }
}

/// What came from the browser.
enum Heard {
    Frame(ClientFrame),
    /// A sign of life, or something that we do not know (a newer page's frame).
    Something,
    Closed,
}

fn understand(message: Option<Result<Message, axum::Error>>) -> Heard {
    match message {
        Some(Ok(Message::Text(text))) => serde_json::from_str(&text).map_or(Heard::Something, Heard::Frame),
        Some(Ok(Message::Close(_)) | Err(_)) | None => Heard::Closed,
        Some(Ok(_)) => Heard::Something,
    }
}

/// Waits for the first frame and gives its cursor; `None` when something else or nothing came.
async fn hello(incoming: &mut SplitStream<WebSocket>) -> Option<Option<i64>> {
    match timeout(HELLO_TIMEOUT, incoming.next()).await.map(understand) {
        Ok(Heard::Frame(ClientFrame::Hello { cursor })) => Some(cursor),
        _ => None,
    }
}
