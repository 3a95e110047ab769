use std::sync::Arc;

use anyhow::Context;
use db::Db;
use domain::{Services, Settings, knowledge::KnowledgeSettings, live::Bus};
use llm::{Embedder, LocalEmbedder, LocalFiles, Providers, RemoteConfig, RemoteEmbedder, Timeouts};
use outbound::{Client, Policy};

use crate::config::{Config, EmbeddingProvider};

/// Makes what verbs and jobs need, from the settings.
///
/// # Errors
/// When a setting cannot be used.
pub fn build(config: &Config, db: Db) -> anyhow::Result<Services> {
    let policy = Policy { allowed_networks: config.allowed_networks().to_vec(), ..Policy::default() };
    let outbound = Client::new(policy).context("cannot make the HTTP client")?;
    let models = Arc::new(Providers::new(outbound.clone(), Timeouts::default()));
    let settings = Settings {
        public_url: config.public_url(),
        files_dir: config.files_dir(),
        disk_reserve: config.disk_reserve_mb.saturating_mul(1024 * 1024),
        events_kept_days: config.events_kept_days,
        knowledge: KnowledgeSettings::default(),
    };
    Ok(Services {
        db,
        live: Bus::new(),
        secret_key: Arc::new(config.secret_key()?),
        outbound,
        mailer: config.mailer()?,
        embedder: embedder(config)?,
        models,
        settings: Arc::new(settings),
    })
}

fn embedder(config: &Config) -> anyhow::Result<Arc<dyn Embedder>> {
    Ok(match config.embedding_provider {
        EmbeddingProvider::Local => Arc::new(LocalEmbedder::new(LocalFiles::find(db::embedded::cache_dir)?)),
        EmbeddingProvider::Openai => Arc::new(RemoteEmbedder::new(
            // The operator named this address, so it may be a private one.
            Client::new(Policy { allowed_networks: every_network()?, ..Policy::default() })?,
            RemoteConfig {
                base_url: config.embedding_base_url.clone(),
                api_key: config.embedding_api_key.clone(),
                model: config.embedding_model.clone(),
                dimension: config.embedding_dimension,
            },
            Timeouts::default(),
        )),
    })
}

fn every_network() -> anyhow::Result<Vec<outbound::IpNet>> {
    outbound::parse_networks("0.0.0.0/0 ::/0").map_err(anyhow::Error::msg)
}
