//! Deliveries of webhooks to a local sink, alone and beside endpoints that are dead.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use axum::{Router, http::StatusCode, routing::post};
use db::sqlx;
use domain::{Actor, events, webhooks};
use serde_json::json;
use tokio::{net::TcpListener, time::sleep};
use types::{event::EventName, id::OrganizationId, webhook::WebhookInput};
use uuid::Uuid;

use crate::{report::Report, world::World};

/// Events that the sink is told of in one run.
const EVENTS: usize = 10_000;
/// Events that every dead endpoint is told of before.
const EVENTS_OF_THE_DEAD: usize = 200;
const DEAD: usize = 100;
/// Deliveries a second.
const GOAL: f64 = 500.0;
const PATIENCE: Duration = Duration::from_secs(180);

pub async fn measure(world: &World<'_>, report: &mut Report) -> anyhow::Result<()> {
    let organizations: Vec<Uuid> = sqlx::query_scalar("select id from organizations order by created_at, id limit 2")
        .fetch_all(&world.owner)
        .await?;
    let [own, other] = organizations[..] else { bail!("two organizations are needed") };
    let (own, other) = (OrganizationId(own), OrganizationId(other));
    let endpoints = Endpoints::open().await?;
    let measured = rates(world, &endpoints, own, other, report).await;
    // A later run finds the database as this one did.
    for organization in [own, other] {
        sqlx::query("delete from webhook_subscriptions where organization_id = $1")
            .bind(organization.0)
            .execute(&world.owner)
            .await?;
        sqlx::query("delete from events where organization_id = $1 and payload ? 'bench'")
            .bind(organization.0)
            .execute(&world.owner)
            .await?;
    }
    measured
}

async fn rates(
    world: &World<'_>,
    endpoints: &Endpoints,
    own: OrganizationId,
    other: OrganizationId,
    report: &mut Report,
) -> anyhow::Result<()> {
    subscribe(world, own, url(endpoints.sink, "")).await?;
    let alone = rate(world, endpoints, own).await?;
    let reached = alone >= GOAL;
    report.goal("webhooks to one endpoint", &format!("≥ {GOAL}/s"), format!("{alone:.0}/s ({EVENTS} events)"), reached);

    for number in 0..DEAD {
        // Half of them take the connection and never answer, half refuse it.
        let address = if number % 2 == 0 { endpoints.silent } else { endpoints.closed };
        subscribe(world, other, url(address, &number.to_string())).await?;
    }
    emit(world, other, EVENTS_OF_THE_DEAD).await?;
    let beside = rate(world, endpoints, own).await?;
    let waiting: i64 = sqlx::query_scalar("select count(*) from webhook_deliveries where organization_id = $1")
        .bind(other.0)
        .fetch_one(&world.owner)
        .await?;
    let measured = format!("{beside:.0}/s, with {waiting} deliveries to {DEAD} dead endpoints");
    report.goal("webhooks beside dead endpoints", &format!("≥ {GOAL}/s"), measured, beside >= GOAL);
    Ok(())
}

/// Deliveries a second, from the first that arrives to the last, of events that wait when the program starts.
async fn rate(world: &World<'_>, endpoints: &Endpoints, organization: OrganizationId) -> anyhow::Result<f64> {
    endpoints.arrived.store(0, Ordering::Relaxed);
    emit(world, organization, EVENTS).await?;
    let program = world.program().await?;
    let begun = Instant::now();
    let mut first = None;
    loop {
        let arrived = endpoints.arrived.load(Ordering::Relaxed);
        if arrived > 0 && first.is_none() {
            first = Some(Instant::now());
        }
        if arrived >= EVENTS {
            break;
        }
        if begun.elapsed() > PATIENCE {
            bail!("{arrived} of {EVENTS} deliveries arrived");
        }
        sleep(Duration::from_millis(1)).await;
    }
    let took = first.context("nothing arrived")?.elapsed();
    program.stop().await?;
    Ok(EVENTS as f64 / took.as_secs_f64())
}

async fn emit(world: &World<'_>, organization: OrganizationId, events: usize) -> anyhow::Result<()> {
    let mut cx = world.services.db.begin(organization, Actor::System).await?;
    for number in 0..events {
        let contact = cx.new_id();
        let payload = json!({"name": format!("Ana Hoxha {number}"), "email": "ana@example.com", "phone": null});
        events::emit(&mut cx, EventName::ContactCreated, "contact", contact, None, payload).await?;
    }
    world.services.commit(cx).await?;
    Ok(())
}

async fn subscribe(world: &World<'_>, organization: OrganizationId, url: String) -> anyhow::Result<()> {
    let mut cx = world.services.db.begin(organization, Actor::System).await?;
    let input = WebhookInput { url, events: vec![EventName::ContactCreated], is_active: true, custom_headers: None };
    webhooks::create(&world.services, &mut cx, input).await?;
    world.services.commit(cx).await?;
    Ok(())
}

/// What webhooks are sent to: one endpoint that answers, one that never does, and one where nobody listens.
struct Endpoints {
    sink: SocketAddr,
    silent: SocketAddr,
    closed: SocketAddr,
    arrived: Arc<AtomicUsize>,
}

impl Endpoints {
    async fn open() -> anyhow::Result<Self> {
        let arrived = Arc::new(AtomicUsize::new(0));
        let counter = arrived.clone();
        let sink = Router::new().route(
            "/",
            post(move |_: axum::body::Bytes| {
                counter.fetch_add(1, Ordering::Relaxed);
                async { StatusCode::NO_CONTENT }
            }),
        );
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        tokio::spawn(async move { axum::serve(listener, sink).await });

        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let silent_address = silent.local_addr()?;
        tokio::spawn(async move {
            let mut held = Vec::new();
            while let Ok((stream, _)) = silent.accept().await {
                held.push(stream);
            }
        });
        let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?.local_addr()?;
        Ok(Self { sink: address, silent: silent_address, closed, arrived })
    }
}

fn url(address: SocketAddr, path: &str) -> String {
    format!("http://{address}/{path}")
}
