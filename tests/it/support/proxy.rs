use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU16, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy},
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// A port that stays while the database behind it stops and comes back elsewhere.
pub struct Proxy {
    address: SocketAddr,
    target: Arc<AtomicU16>,
    loses_commit: Arc<AtomicBool>,
    listening: AbortHandle,
}

impl Proxy {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (target, loses_commit) = (Arc::new(AtomicU16::new(port)), Arc::<AtomicBool>::default());
        Self { address, listening: listen(listener, target.clone(), loses_commit.clone()), target, loses_commit }
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Connections are refused from now on; those that stand end with the server.
    pub fn close(&self) {
        self.listening.abort();
    }

    pub async fn open(&mut self, port: u16) {
        self.target.store(port, Ordering::SeqCst);
        self.listening =
            listen(TcpListener::bind(self.address).await.unwrap(), self.target.clone(), self.loses_commit.clone());
    }

    /// The next commit comes to the database, and its answer is lost together with the connection.
    pub fn lose_commit(&self) {
        self.loses_commit.store(true, Ordering::SeqCst);
    }
}

fn listen(listener: TcpListener, target: Arc<AtomicU16>, loses_commit: Arc<AtomicBool>) -> AbortHandle {
    let accept = async move {
        loop {
            let Ok((client, _)) = listener.accept().await else { continue };
            let port = target.load(Ordering::SeqCst);
            let loses_commit = loses_commit.clone();
            tokio::spawn(async move {
                if let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await {
                    pass(client, server, &loses_commit).await;
                }
            });
        }
    };
    tokio::spawn(accept).abort_handle()
}

async fn pass(mut client: TcpStream, mut server: TcpStream, loses_commit: &AtomicBool) {
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) = (client.split(), server.split());
    let there = async {
        let mut bytes = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            let is_commit = bytes[..count].windows(7).any(|word| word == b"COMMIT\0");
            let is_lost = is_commit && loses_commit.swap(false, Ordering::SeqCst);
            if to_server.write_all(&bytes[..count]).await.is_err() || is_lost {
                return is_lost;
            }
        }
        false
    };
    // Either end ends both.
    let is_lost = tokio::select! {
        is_lost = there => is_lost,
        _ = copy(&mut from_server, &mut to_client) => false,
    };
    if is_lost {
        // Time enough to commit, with nobody who reads the answer.
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}
