//! What stands in for the services outside, each of which can be cut off.

mod mail;
mod provider;
mod receiver;
mod site;

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::Response,
    middleware::{self, Next},
};
use tokio::net::TcpListener;

pub use mail::Mail;
pub use receiver::Receiver;
pub use site::PAGES;

/// How a service behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    Well,
    /// It answers that it cannot.
    Refuses,
    /// It takes what comes and says nothing.
    Hangs,
}

/// Changes how a service behaves, from outside.
#[derive(Clone, Default)]
pub struct Switch(Arc<AtomicU8>);

impl Switch {
    pub fn set(&self, mood: Mood) {
        self.0.store(mood as u8, Ordering::SeqCst);
    }

    pub fn mood(&self) -> Mood {
        match self.0.load(Ordering::SeqCst) {
            0 => Mood::Well,
            1 => Mood::Refuses,
            _ => Mood::Hangs,
        }
    }

    /// Waits while the service hangs; false when it is not to be of use.
    pub async fn pass(&self) -> bool {
        let is_well = self.mood() == Mood::Well;
        while self.mood() == Mood::Hangs {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        is_well
    }
}

/// The services.
pub struct Doubles {
    pub provider: (SocketAddr, Switch),
    pub site: SocketAddr,
    pub receiver: Receiver,
    pub mail: Mail,
}

impl Doubles {
    pub async fn start() -> anyhow::Result<Self> {
        Ok(Self {
            provider: provider::start().await?,
            site: site::start().await?,
            receiver: Receiver::start().await?,
            mail: Mail::start().await?,
        })
    }
}

/// Serves a router on a free port, behind a switch.
async fn serve(router: Router, switch: &Switch) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let router = router.layer(middleware::from_fn_with_state(switch.clone(), guard));
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(address)
}

async fn guard(State(switch): State<Switch>, request: Request, next: Next) -> Response<Body> {
    if switch.pass().await {
        return next.run(request).await;
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = axum::http::StatusCode::SERVICE_UNAVAILABLE;
    response
}
