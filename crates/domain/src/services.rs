use std::{path::PathBuf, sync::Arc};

use db::Db;

use crate::{Cx, Result, SecretKey, live::Bus, mails::Mailer};

/// What verbs and jobs need beside a transaction. Made once at start-up; cheap to clone.
#[derive(Clone)]
pub struct Services {
    pub db: Db,
    /// Live updates of this node and, over the database, of the others.
    pub live: Bus,
    /// Encrypts what is stored secretly and signs visitors' tokens.
    pub secret_key: Arc<SecretKey>,
    /// Fetches addresses that users and pages named; refuses private ones unless the operator allows them.
    pub outbound: outbound::Client,
    /// Hands mails to the mail server.
    pub mailer: Mailer,
    /// Turns texts into vectors.
    pub embedder: Arc<dyn llm::Embedder>,
    /// Language models by provider.
    pub models: Arc<dyn llm::Models>,
    pub settings: Arc<Settings>,
}

/// What the operator sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Address under which browsers reach the product, without a slash at the end.
    pub public_url: String,
    /// Where uploaded files are kept.
    pub files_dir: PathBuf,
    /// Bytes that uploads leave free on the disk of `files_dir`.
    pub disk_reserve: u64,
    /// For how many days events are kept; at least seven.
    pub events_kept_days: u16,
    /// How documents are read.
    pub knowledge: crate::knowledge::KnowledgeSettings,
}

impl Services {
    /// Commits and wakes the publisher, so that live updates leave at once. Every caller of verbs (server functions,
    /// endpoints, jobs, tests) ends a transaction that writes with `services.commit(cx).await?`; `cx.commit()` would
    /// leave its events until the publisher looks by itself.
    ///
    /// # Errors
    /// When the database could not make the transaction durable; then nothing of it happened.
    pub async fn commit(&self, cx: Cx) -> Result<()> {
        cx.commit().await?;
        self.live.wake();
        Ok(())
    }
}
