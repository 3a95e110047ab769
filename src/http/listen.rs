use std::{net::SocketAddr, pin::pin, time::Duration};

use axum::{
    Router,
    body::Body,
    extract::{ConnectInfo, Request},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
};
use tower::ServiceExt;

/// How long the head of a request may take, from the connection or from the answer before: longer than proxies keep a
/// connection for the next request (a minute), so that it is theirs to close.
pub const HEAD: Duration = Duration::from_secs(75);

/// Answers every connection until `stop` says so, and then until what is under way is answered. Who has not sent the
/// head of a request within `head` is cut off: `axum::serve` would wait for ever.
///
/// Only HTTP/1.1 is spoken: what asks for the version of the first bytes would wait for them for ever, too.
pub async fn serve<L>(mut listener: L, app: Router, head: Duration, mut stop: watch::Receiver<bool>)
where
    L: Listener<Addr = SocketAddr>,
{
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(head);
    // Each connection holds a receiver: without any the sender is alone.
    let (open, held) = watch::channel(());
    loop {
        let (io, peer) = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => break,
        };
        tokio::spawn(connection(builder.clone(), io, peer, app.clone(), stop.clone(), held.clone()));
    }
    drop((listener, held));
    open.closed().await;
}

async fn connection<I: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    builder: http1::Builder,
    io: I,
    peer: SocketAddr,
    app: Router,
    mut stop: watch::Receiver<bool>,
    _held: watch::Receiver<()>,
) {
    let answer = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request: Request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        app.clone().oneshot(request)
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
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::{TcpListener, TcpStream},
    };

    use super::*;

    /// The address of a server that gives heads as long as this, and what stops it.
    async fn server(head: Duration) -> (SocketAddr, watch::Sender<bool>, tokio::task::JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = Router::new().route("/", get(async || "answered"));
        let (stop, stopped) = watch::channel(false);
        (address, stop, tokio::spawn(serve(listener, app, head, stopped)))
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
        let (address, _stop, _) = server(Duration::from_millis(300)).await;
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
        let mut once = TcpStream::connect(address).await.unwrap();
        once.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        assert!(rest(&mut once).await.ends_with("answered"));
    }

    #[tokio::test]
    async fn a_server_that_stops_waits_for_no_silent_connection() {
        let (address, stop, serving) = server(Duration::from_secs(3600)).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut answered = TcpStream::connect(address).await.unwrap();
        answered.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n").await.unwrap();
        answered.readable().await.unwrap();
        stop.send(true).unwrap();
        assert_eq!(rest(&mut silent).await, "");
        assert!(rest(&mut answered).await.ends_with("answered"));
        tokio::time::timeout(Duration::from_secs(20), serving).await.expect("stopped").unwrap();
        assert!(TcpStream::connect(address).await.is_err());
    }
}
