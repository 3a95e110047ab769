use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::AbortHandle,
};

/// A port that stays while the database behind it stops and comes back elsewhere.
pub struct Proxy {
    address: SocketAddr,
    target: Arc<AtomicU16>,
    listening: AbortHandle,
}

impl Proxy {
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let target = Arc::new(AtomicU16::new(port));
        Self { address, listening: listen(listener, target.clone()), target }
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
        self.listening = listen(TcpListener::bind(self.address).await.unwrap(), self.target.clone());
    }
}

fn listen(listener: TcpListener, target: Arc<AtomicU16>) -> AbortHandle {
    let accept = async move {
        loop {
            let Ok((mut client, _)) = listener.accept().await else { continue };
            let port = target.load(Ordering::SeqCst);
            tokio::spawn(async move {
                if let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await {
                    copy_bidirectional(&mut client, &mut server).await.ok();
                }
            });
        }
    };
    tokio::spawn(accept).abort_handle()
}
