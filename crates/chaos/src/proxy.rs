//! The small proxy before the web nodes, as an operator has one: a new connection goes to a node that takes it.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

/// Passes connections on, one node after the other.
#[derive(Clone)]
pub struct Proxy {
    pub address: SocketAddr,
    nodes: Arc<Mutex<Vec<SocketAddr>>>,
}

impl Proxy {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let proxy = Self { address: listener.local_addr()?, nodes: Arc::default() };
        let (nodes, turn) = (proxy.nodes.clone(), Arc::new(AtomicUsize::new(0)));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass(stream, nodes.clone(), turn.clone()));
            }
        });
        Ok(proxy)
    }

    /// Gives a node new connections.
    pub fn add(&self, node: SocketAddr) {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner).push(node);
    }

    /// Gives a node no new connections; those that it has stay.
    pub fn remove(&self, node: SocketAddr) {
        self.nodes.lock().unwrap_or_else(PoisonError::into_inner).retain(|other| *other != node);
    }
}

async fn pass(mut stream: TcpStream, nodes: Arc<Mutex<Vec<SocketAddr>>>, turn: Arc<AtomicUsize>) {
    let nodes = nodes.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let first = turn.fetch_add(1, Ordering::Relaxed);
    for place in 0..nodes.len() {
        if let Ok(mut node) = TcpStream::connect(nodes[(first + place) % nodes.len()]).await {
            stream.set_nodelay(true).ok();
            node.set_nodelay(true).ok();
            // Either side may go away at any time.
            copy_bidirectional(&mut stream, &mut node).await.ok();
            return;
        }
    }
}
