use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    middleware::map_response,
    response::{IntoResponse, Response},
    routing::get,
};
use db::{Db, sqlx};
use metrics_exporter_prometheus::PrometheusHandle;
use secrecy::{ExposeSecret, SecretString};

use super::measure::Probe;

/// What the health endpoints look at.
#[derive(Clone)]
pub struct Health {
    db: Db,
    /// Set when everything runs, cleared when the program begins to stop.
    pub ready: Arc<AtomicBool>,
}

impl Health {
    pub fn new(db: Db) -> Self {
        Self { db, ready: Arc::default() }
    }

    async fn is_ready(&self) -> bool {
        self.ready.load(Ordering::SeqCst) && self.reaches_database().await
    }

    /// Whether there is a connection to the database, and it answers.
    async fn reaches_database(&self) -> bool {
        let system = self.db.system();
        let asked = sqlx::query("select 1").execute(system.pool());
        matches!(tokio::time::timeout(Duration::from_secs(2), asked).await, Ok(Ok(_)))
    }
}

/// For those who run the program: `/health/live`, `/health/ready` and `/metrics`.
pub fn operator_routes(health: Health, metrics: PrometheusHandle, token: Option<SecretString>) -> Router {
    let asked = health.clone();
    let metrics = get(async move |headers: HeaderMap| {
        if !token.as_ref().is_some_and(|token| is_sent(token, &headers)) {
            return (StatusCode::FORBIDDEN, "set metrics_token and send it as Authorization: Bearer").into_response();
        }
        // Asked with the figures, so that a node that nobody asks for anything tells it too.
        metrics::gauge!("biseda_database_up").set(f64::from(u8::from(asked.reaches_database().await)));
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], metrics.render()).into_response()
    });
    Router::new()
        .route("/health/live", get(async || "live"))
        .route("/health/ready", get(ready))
        .with_state(health)
        .route("/metrics", metrics)
        .layer(map_response(async |mut response: Response| {
            response.extensions_mut().insert(Probe);
            response
        }))
}

async fn ready(State(health): State<Health>) -> Response {
    match health.is_ready().await {
        true => "ready".into_response(),
        false => (StatusCode::SERVICE_UNAVAILABLE, "not ready").into_response(),
    }
}

/// Whether the one who asks sends the token. Figures tell about customers, and where somebody comes from is no proof: a proxy
/// on this machine comes from here, too.
fn is_sent(token: &SecretString, headers: &HeaderMap) -> bool {
    let hash = domain::Token::hash;
    api::bearer(headers).is_some_and(|given| hash(given) == hash(token.expose_secret()))
}
