use std::{
    collections::BTreeSet,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    http::{Response, header},
};
use tokio::net::TcpListener;

use super::until;

/// Lets a test hold the outside world at a step: whoever comes to a step that is held waits there until the gate opens.
#[derive(Clone, Default)]
pub struct Gate(Arc<Mutex<Held>>);

#[derive(Default)]
struct Held {
    /// Steps that are held.
    steps: BTreeSet<String>,
    /// Steps at which somebody stands.
    reached: BTreeSet<String>,
}

impl Gate {
    /// Holds these steps from now on.
    pub fn hold(&self, steps: &[&str]) {
        let mut held = self.0.lock().unwrap();
        held.steps = steps.iter().map(|step| (*step).to_owned()).collect();
        held.reached.clear();
    }

    /// Lets everybody on.
    pub fn open(&self) {
        self.hold(&[]);
    }

    /// Waits until somebody stands at each of the steps that are held.
    pub async fn all_reached(&self) {
        until("every step that is held", || {
            let held = self.0.lock().unwrap();
            std::future::ready((held.steps == held.reached).then_some(()))
        })
        .await;
    }

    /// Comes to a step.
    pub async fn pass(&self, step: &str) {
        loop {
            {
                let mut held = self.0.lock().unwrap();
                if !held.steps.contains(step) {
                    return;
                }
                held.reached.insert(step.to_owned());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A web site of so many pages, each with more text than one passage. Its steps are `page <number>`, with a prefix.
#[derive(Clone)]
pub struct Site {
    address: SocketAddr,
    name: Arc<str>,
    pages: usize,
    gate: Gate,
}

impl Site {
    pub async fn start(name: &str, pages: usize, gate: &Gate) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let site = Self { address, name: name.into(), pages, gate: gate.clone() };
        let app = Router::new().fallback(answer).with_state(site.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        site
    }

    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    fn html(&self, number: usize) -> String {
        let links: String = (0..self.pages).map(|n| format!("<a href='/{n}.html'>{n}</a> ")).collect();
        let text: String = (0..60)
            .map(|n| {
                format!("<p>Paragraph {n} of page {number} of {} tells how the thing number {n} works.</p>", self.name)
            })
            .collect();
        format!(
            "<!doctype html><html lang=en><title>{} {number}</title><nav>{links}</nav><main><h1>Page {number}</h1>{text}</main></html>",
            self.name
        )
    }
}

async fn answer(State(site): State<Site>, request: Request) -> Response<Body> {
    let path = request.uri().path();
    let number = match path {
        "/" => Some(0),
        path => path.trim_matches('/').strip_suffix(".html").and_then(|number| number.parse().ok()),
    };
    match number.filter(|number| *number < site.pages) {
        Some(number) => {
            site.gate.pass(&format!("{} page {number}", site.name)).await;
            Response::builder().header(header::CONTENT_TYPE, "text/html").body(site.html(number).into()).unwrap()
        }
        None => Response::builder().status(404).body(Body::empty()).unwrap(),
    }
}
