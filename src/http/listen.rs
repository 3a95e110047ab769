use std::{
    io,
    net::SocketAddr,
    pin::pin,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    response::Response,
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError, watch},
};
use tower::ServiceExt;

use super::connection::Connection;

/// That connections are refused is told at most this often.
const TELL_EVERY: Duration = Duration::from_secs(60);

/// Connections beyond the limit that may ask how the program is: who runs it would end a program that is only full.
const PROBES: usize = 16;
/// Time for the head of such a question.
const PROBE_HEAD: Duration = Duration::from_secs(2);

/// What connections may take of the program.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Time for the head of a request, from the connection or from the answer before.
    pub head: Duration,
    /// Time in which the other side takes nothing of what it is sent.
    pub unread: Duration,
    /// Connections that are open at once, those that have become sockets included.
    pub connections: usize,
}

impl Limits {
    /// The program's own times, for so many connections. That for a head is longer than proxies keep a connection for the
    /// next request (a minute), so that it is theirs to close.
    pub fn of(connections: usize) -> Self {
        Self { head: Duration::from_secs(75), unread: Duration::from_secs(60), connections }
    }
}

/// Answers connections until `stop` says so, and then until what is under way is answered. Who has not sent the head of a
/// request in time, or takes no answer, is cut off: `axum::serve` would wait for ever. Connections beyond the limit are
/// closed without an answer, so that a proxy asks another node, unless they ask for `/health/…`.
///
/// Only HTTP/1.1 is spoken: what asks for the version of the first bytes would wait for them for ever, too.
pub async fn serve<L>(mut listener: L, app: Router, limits: Limits, mut stop: watch::Receiver<bool>)
where
    L: Listener<Addr = SocketAddr>,
{
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new());
    let (places, probes) = (Arc::new(Semaphore::new(limits.connections)), Arc::new(Semaphore::new(PROBES)));
    let mut told: Option<Instant> = None;
    // Each connection holds a receiver: without any the sender is alone.
    let (open, held) = watch::channel(());
    loop {
        let (io, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        let whole = place(&places);
        let is_full = whole.is_err();
        if is_full {
            metrics::counter!("biseda_connections_refused_total").increment(1);
            if told.is_none_or(|at| at.elapsed() > TELL_EVERY) {
                told = Some(Instant::now());
                tracing::warn!(limits.connections, "as many connections are open as may be: others are closed at once");
            }
        }
        let Ok(place) = whole.or_else(|_| place(&probes)) else { continue };
        builder.header_read_timeout(if is_full { PROBE_HEAD } else { limits.head });
        let io = Connection::new(io, limits.unread, place);
        let app = App { app: app.clone(), only_health: is_full };
        tokio::spawn(connection(builder.clone(), io, peer, app, stop.clone(), held.clone()));
    }
    drop((listener, held));
    open.closed().await;
}

fn place(places: &Arc<Semaphore>) -> Result<OwnedSemaphorePermit, TryAcquireError> {
    Arc::clone(places).try_acquire_owned()
}

/// The application, or what of it a connection beyond the limit is answered.
#[derive(Clone)]
struct App {
    app: Router,
    only_health: bool,
}

impl App {
    /// # Errors
    /// When the connection is to be closed.
    async fn answer(self, request: Request) -> io::Result<Response> {
        if self.only_health && !request.uri().path().starts_with("/health/") {
            return Err(io::ErrorKind::ConnectionRefused.into());
        }
        let Ok(answer) = self.app.oneshot(request).await;
        Ok(answer)
    }
}

async fn connection<I: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    builder: http1::Builder,
    io: I,
    peer: SocketAddr,
    app: App,
    mut stop: watch::Receiver<bool>,
    _held: watch::Receiver<()>,
) {
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().answer(request)
    });
    let mut served = pin!(builder.serve_connection(TokioIo::new(io), answer).with_upgrades());
    tokio::select! {
        // Whatever breaks a connection is the other side's affair.
        _ = served.as_mut() => return,
        _ = stop.wait_for(|stop| *stop) => served.as_mut().graceful_shutdown(),
    }
    let _ = served.await;
}

#[cfg(test)]
mod tests {
    use axum::{
        extract::{WebSocketUpgrade, ws::WebSocket},
        routing::get,
        serve::ListenerExt,
    };
    use futures::{StreamExt, stream};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
        task::JoinHandle,
    };

    use super::{super::connection::tune, *};

    const SHORT: Duration = Duration::from_millis(300);
    const HOUR: Duration = Duration::from_secs(3600);

    /// The address of a server, and what stops it.
    async fn server(limits: Limits) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        started(limits, Router::new().route("/", get(async || "answered"))).await
    }

    async fn started(limits: Limits, app: Router) -> (SocketAddr, watch::Sender<bool>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap().tap_io(|connection| tune(connection));
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = watch::channel(false);
        (address, stop, tokio::spawn(serve(listener, app, limits, stopped)))
    }

    /// A connection that has sent a request for this path.
    async fn asked(address: SocketAddr, path: &str, head: &str) -> TcpStream {
        let mut connection = TcpStream::connect(address).await.unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: x\r\n{head}\r\n");
        // That it was closed is seen by who reads.
        let _ = connection.write_all(request.as_bytes()).await;
        connection
    }

    /// Everything that comes until the other side closes.
    async fn rest(connection: &mut TcpStream) -> String {
        let mut rest = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(20), connection.read_to_end(&mut rest)).await;
        // What was closed before it was read is reset.
        let _ = read.expect("cut off");
        String::from_utf8(rest).unwrap()
    }

    #[tokio::test]
    async fn who_sends_a_request_letter_by_letter_or_none_is_cut_off() {
        let (address, _stop, _) = server(Limits { head: SHORT, ..Limits::of(100) }).await;
        let mut slow = TcpStream::connect(address).await.unwrap();
        slow.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n").await.unwrap();
        let dripping = async {
            loop {
                tokio::time::sleep(Duration::from_millis(20)).await;
                if slow.write_all(b"a").await.is_err() {
                    return;
                }
            }
        };
        // Without the limit it would drip for ever.
        tokio::time::timeout(Duration::from_secs(20), dripping).await.expect("cut off");
        assert!(!rest(&mut slow).await.contains("200 OK"));

        let mut silent = TcpStream::connect(address).await.unwrap();
        assert_eq!(rest(&mut silent).await, "");
        assert!(rest(&mut asked(address, "/", "").await).await.ends_with("answered"));
    }

    /// Zeros without an end.
    async fn endless() -> Body {
        Body::from_stream(stream::repeat(vec![0_u8; 65_536]).map(Ok::<_, io::Error>))
    }

    #[tokio::test]
    async fn who_takes_nothing_of_an_answer_is_cut_off_and_who_waits_for_more_is_not() {
        // More than the system takes at once: a part of each has to wait until something is taken.
        const PART: usize = 16 << 20;
        let pausing = async || {
            let parts = stream::iter(["1", "2"]).then(async |part| {
                // Longer than anything may wait to be taken: nothing does meanwhile.
                tokio::time::sleep(SHORT * 3).await;
                Ok::<_, io::Error>(part.repeat(PART))
            });
            Body::from_stream(parts)
        };
        let app = Router::new().route("/endless", get(endless)).route("/pausing", get(pausing));
        let (address, stop, serving) = started(Limits { unread: SHORT, ..Limits::of(100) }, app).await;
        let parts = rest(&mut asked(address, "/pausing", "connection: close\r\n").await).await;
        assert_eq!(["1", "2"].map(|part| parts.matches(&part.repeat(PART)).count()), [1, 1]);

        let unread = asked(address, "/endless", "").await;
        unread.readable().await.unwrap();
        // What is under way is waited for: without the limit, for ever.
        stop.send(true).unwrap();
        tokio::time::timeout(Duration::from_secs(20), serving).await.expect("cut off").unwrap();
        drop(unread);
    }

    #[tokio::test]
    async fn who_takes_little_all_the_time_is_not_cut_off() {
        let patience = Duration::from_millis(1500);
        let app = Router::new().route("/endless", get(endless));
        let (address, _stop, _) = started(Limits { unread: patience, ..Limits::of(100) }, app).await;
        let mut slow = asked(address, "/endless", "").await;
        let (begun, mut piece) = (Instant::now(), vec![0; 8 * 1024]);
        // In that time far less than a third of what the system would keep of its own accord.
        while begun.elapsed() < patience * 4 {
            slow.read_exact(&mut piece).await.expect("goes on");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    #[tokio::test]
    async fn connections_beyond_the_limit_are_closed_until_one_of_the_others_is() {
        async fn resting(mut socket: WebSocket) {
            while socket.recv().await.is_some_and(|message| message.is_ok()) {}
        }
        let socket = async |upgrade: WebSocketUpgrade| upgrade.on_upgrade(resting);
        let app = Router::new()
            .route("/", get(async || "answered"))
            .route("/health/live", get(async || "live"))
            .route("/socket", get(socket));
        let (address, _stop, _) = started(Limits { head: HOUR, ..Limits::of(2) }, app).await;
        let upgrade = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
            sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        let mut socket = asked(address, "/socket", upgrade).await;
        let mut head = [0; 12];
        socket.read_exact(&mut head).await.unwrap();
        assert_eq!(&head, b"HTTP/1.1 101");
        let silent = TcpStream::connect(address).await.unwrap();
        // More of them than may ask for its health at once.
        for _ in 0..2 * PROBES {
            assert_eq!(rest(&mut asked(address, "/", "").await).await, "");
        }
        let health = rest(&mut asked(address, "/health/live", "connection: close\r\n").await).await;
        assert!(health.ends_with("live"), "whoever runs it would end it: {health}");
        assert_eq!(rest(&mut TcpStream::connect(address).await.unwrap()).await, "", "not even for health for ever");
        drop(silent);
        // Its end is seen a moment later.
        let answered = async {
            loop {
                let mut connection = asked(address, "/", "").await;
                if connection.read_exact(&mut head).await.is_ok() {
                    return connection;
                }
            }
        };
        let _kept = tokio::time::timeout(Duration::from_secs(20), answered).await.expect("answered");
        assert_eq!(&head, b"HTTP/1.1 200");
        assert_eq!(rest(&mut asked(address, "/", "").await).await, "", "the socket has its place");
    }

    #[tokio::test]
    async fn a_server_that_stops_waits_for_no_silent_connection() {
        let (address, stop, serving) = server(Limits { head: HOUR, ..Limits::of(100) }).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut answered = asked(address, "/", "").await;
        answered.readable().await.unwrap();
        stop.send(true).unwrap();
        assert_eq!(rest(&mut silent).await, "");
        assert!(rest(&mut answered).await.ends_with("answered"));
        tokio::time::timeout(Duration::from_secs(20), serving).await.expect("stopped").unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
