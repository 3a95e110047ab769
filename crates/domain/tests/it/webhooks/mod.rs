//! Webhooks: each event reaches each endpoint that wants it, signed, until it is taken; and nobody else's.

mod deliveries;
mod order;
mod shares;
mod subscriptions;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use chrono::{TimeDelta, Utc};
use db::{
    Cx,
    testing::{ManualClock, Organization},
};
use domain::{Services, canned_responses, events, webhooks};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use types::webhook::{Delivery, DeliveryFilter, WebhookInput, WebhookSecret};

use crate::support;

/// What an endpoint got: headers and body.
type Got = (HeaderMap, String);
/// What it answers: status and headers.
type Answer = (u16, Vec<(&'static str, String)>);

/// An endpoint on loopback that answers what the test says.
#[derive(Clone)]
struct Sink {
    address: SocketAddr,
    got: Arc<Mutex<Vec<Got>>>,
    answer: Arc<Mutex<Answer>>,
}

impl Sink {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let sink = Self { address, got: Arc::default(), answer: Arc::new(Mutex::new((200, Vec::new()))) };
        let app = Router::new().fallback(take).with_state(sink.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        sink
    }

    fn answers(&self, status: u16, headers: &[(&'static str, &str)]) {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        *self.answer.lock().unwrap() = (status, headers);
    }

    fn taken(&self) -> Vec<Got> {
        std::mem::take(&mut *self.got.lock().unwrap())
    }

    fn input(&self) -> WebhookInput {
        WebhookInput { url: format!("http://{}/hook", self.address), is_active: true, ..WebhookInput::default() }
    }
}

async fn take(State(sink): State<Sink>, headers: HeaderMap, body: String) -> Response {
    sink.got.lock().unwrap().push((headers, body));
    let (status, headers) = sink.answer.lock().unwrap().clone();
    let mut response = (StatusCode::from_u16(status).unwrap(), "said the sink").into_response();
    for (name, value) in headers {
        response.headers_mut().insert(name, value.parse().unwrap());
    }
    response
}

/// A database of its own: what is due is looked for across organizations.
struct World {
    services: Services,
    clock: Arc<ManualClock>,
    a: Organization,
    b: Organization,
}

impl World {
    async fn new() -> Self {
        let support::World { services, clock, a, b } = support::own_world().await;
        let world = Self { services, clock, a, b };
        world.publish().await;
        world
    }

    async fn cx(&self, organization: &Organization) -> Cx {
        self.services.db.begin(organization.id, organization.owner.clone()).await.unwrap()
    }

    fn clock_time(&self) -> chrono::DateTime<Utc> {
        self.services.db.now()
    }

    async fn publish(&self) {
        while events::publish(&self.services).await.unwrap() > 0 {}
    }

    async fn subscribe(&self, organization: &Organization, input: WebhookInput) -> WebhookSecret {
        let mut cx = self.cx(organization).await;
        let made = webhooks::create(&self.services, &mut cx, input).await.unwrap();
        self.services.commit(cx).await.unwrap();
        // That there is a subscription now is told to it too.
        self.publish().await;
        webhooks::dispatch_due(&self.services).await.unwrap();
        made
    }

    /// Something happens, and everything due is sent.
    async fn happen(&self, organization: &Organization, shortcut: &str) {
        let mut cx = self.cx(organization).await;
        canned_responses::create(&mut cx, shortcut, "Hello").await.unwrap();
        self.services.commit(cx).await.unwrap();
        self.publish().await;
        webhooks::dispatch_due(&self.services).await.unwrap();
    }

    async fn pass(&self, time: TimeDelta) {
        self.clock.advance(time);
        webhooks::dispatch_due(&self.services).await.unwrap();
    }

    /// Those of what [`World::happen`] let happen.
    async fn deliveries(&self, made: &WebhookSecret) -> Vec<Delivery> {
        let mut cx = self.cx(&self.a).await;
        let page = webhooks::deliveries(&mut cx, made.subscription.id, &DeliveryFilter::default()).await.unwrap();
        page.items.into_iter().filter(|delivery| delivery.event == "canned_response.created").collect()
    }
}

/// Whether one of the signatures is the secret's over what came, as a receiver checks it.
fn is_signed_by(secret: &str, (headers, body): &Got) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let header = |name: &str| headers[name].to_str().unwrap();
    let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&key).unwrap();
    mac.update(format!("{}.{}.{body}", header("webhook-id"), header("webhook-timestamp")).as_bytes());
    let expected = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
    header("webhook-signature").split(' ').any(|signature| signature == expected)
}
