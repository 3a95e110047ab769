//! Logs and metrics.

use std::io::IsTerminal;

use anyhow::Context;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Seconds: from a page's render to a provider that takes its time.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0];

/// Starts logging to standard error. Commands that answer on the terminal log only what went wrong.
///
/// # Errors
/// When the setting `log` cannot be read.
pub fn start_logs(config: &Config, serves: bool) -> anyhow::Result<()> {
    let words = std::env::var("RUST_LOG").unwrap_or_else(|_| if serves { config.log.clone() } else { "warn".into() });
    let filter = EnvFilter::try_new(words).context("the setting log is wrong")?;
    // What cannot be written (the disk may be full) is lost; to say so would go the same way, and panic.
    let logs = fmt().with_env_filter(filter).with_writer(std::io::stderr).log_internal_errors(false);
    match config.log_format {
        LogFormat::Json => logs.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
        LogFormat::Pretty => logs.with_target(false).with_ansi(std::io::stderr().is_terminal()).init(),
    }
    Ok(())
}

/// Starts counting; the handle renders what `/metrics` answers.
///
/// # Errors
/// When it was started already.
pub fn start_metrics() -> anyhow::Result<PrometheusHandle> {
    let handle = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".into()), BUCKETS)?
        .install_recorder()?;
    begin_at_zero();
    let upkeep = handle.clone();
    tokio::spawn(async move {
        loop {
            tokio::time::sleep(std::time::Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    Ok(handle)
}

/// Tells of what alerts watch before it has happened: a counter that is first seen at 1 has not increased, and the first
/// failure after a start would alert nobody.
fn begin_at_zero() {
    metrics::counter!("biseda_connections_refused_total").increment(0);
    for result in ["sent", "failed", "queued"] {
        metrics::counter!("biseda_mails_total", "result" => result).increment(0);
    }
    for result in ["delivered", "failed"] {
        metrics::counter!("biseda_webhook_attempts_total", "result" => result).increment(0);
    }
    for kind in [
        "reply_as_agent",
        "sync_source",
        "send_mail",
        "reset_password",
        "remove_agent",
        "release_member",
        "tick",
        "upkeep",
    ] {
        for result in ["done", "failed"] {
            metrics::counter!("biseda_jobs_total", "kind" => kind, "result" => result).increment(0);
        }
    }
}
