use std::{
    sync::{
        Mutex,
        atomic::{AtomicI32, Ordering},
    },
    time::Instant,
};

use chrono::{DateTime, TimeDelta, Utc};
use types::{
    id::{OrganizationId, SourceId, SyncId},
    knowledge::{CrawlSettings, SourceType},
};

use super::{crawl, events, finish, page, store};
use crate::{Actor, Cx, Result, Services};

/// After so long a crawl is to give its worker to others. It goes on later with the page where it stands.
const TURN: TimeDelta = TimeDelta::minutes(10);

/// Goes on with a sync until its pages are done, and switches to what it read. May run twice, at once or one after
/// the other: each page is written once. Ends quietly when the sync was cancelled or its source deleted. False: its turn is
/// over, and it is to be run again.
///
/// # Errors
/// When the database or the disk fails; then the job is to be run again and goes on where it stood.
pub async fn run(
    services: &Services,
    organization: OrganizationId,
    source: SourceId,
    sync: SyncId,
) -> anyhow::Result<bool> {
    let Some(run) = Run::load(services, organization, source, sync).await? else { return Ok(true) };
    let goes_on = match run.source_type {
        SourceType::Url => crawl::run(&run).await?,
        SourceType::File | SourceType::Text => Some(page::read_only_page(&run).await?),
    };
    if goes_on == Some(GoesOn::Yes) {
        finish::finish(&run).await?;
    }
    Ok(goes_on.is_some())
}

/// Whether a sync is still wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesOn {
    Yes,
    /// Cancelled, or its source deleted.
    No,
}

/// One run of a sync.
pub(super) struct Run {
    pub services: Services,
    pub organization: OrganizationId,
    pub source: SourceId,
    pub sync: SyncId,
    pub source_type: SourceType,
    pub name: String,
    pub location: String,
    pub crawl: CrawlSettings,
    /// Declared type of a file.
    pub media_type: String,
    pub content: Option<String>,
    pub storage_key: Option<String>,
    /// Where the first page's redirects ended, once that is known.
    pub scope: Option<String>,
    pub recipe: String,
    pub begun: DateTime<Utc>,
    /// Passages embedded so far.
    pub chunks: AtomicI32,
    /// When progress was last told.
    pub told: Mutex<Option<Instant>>,
}

/// Raised when documents are read or cut differently, so that they are read again.
const READER_VERSION: u32 = 2;

/// What documents are made with: the reader's version and the embedding model.
pub fn recipe(services: &Services) -> String {
    format!("{READER_VERSION}:{}", services.embedder.model())
}

impl Run {
    /// None: the sync is over, or the source is gone.
    async fn load(
        services: &Services,
        organization: OrganizationId,
        source: SourceId,
        sync: SyncId,
    ) -> Result<Option<Self>> {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let found = sqlx::query!(
            r#"select s.type as source_type, s.name, s.location, s.settings, s.content, s.storage_key, y.scope,
                      (select count(*) from document_chunks c
                       join documents d on d.organization_id = c.organization_id and d.id = c.document_id
                       where d.organization_id = $1 and d.source_id = $2 and d.sync_id = $3) as "chunks!"
               from knowledge_syncs y
               join knowledge_sources s on s.organization_id = y.organization_id and s.id = y.source_id
               where y.organization_id = $1 and y.source_id = $2 and y.id = $3 and y.status = 'running'"#,
            organization.0,
            source.0,
            sync.0
        )
        .fetch_optional(cx.conn())
        .await?;
        let Some(row) = found else { return Ok(None) };
        let media_type = row.settings.get("media_type").and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        Ok(Some(Self {
            services: services.clone(),
            organization,
            source,
            sync,
            source_type: row.source_type.parse()?,
            name: row.name,
            location: row.location,
            crawl: serde_json::from_value(row.settings).unwrap_or_default(),
            media_type,
            content: row.content,
            storage_key: row.storage_key,
            scope: row.scope,
            recipe: recipe(services),
            begun: services.db.now(),
            chunks: AtomicI32::new(i32::try_from(row.chunks).unwrap_or(i32::MAX)),
            told: Mutex::new(None),
        }))
    }

    /// A transaction of the source's organization.
    pub async fn begin(&self) -> Result<Cx> {
        Ok(self.services.db.begin(self.organization, Actor::System).await?)
    }

    /// Whether others are to have its worker now.
    pub fn is_turn_over(&self) -> bool {
        self.services.db.now() - self.begun >= TURN
    }

    /// Notes that passages were embedded, shows it at most once a second, and learns whether the sync is still wanted.
    pub async fn embedded(&self, count: usize) -> Result<GoesOn> {
        let count = i32::try_from(count).unwrap_or(i32::MAX);
        self.chunks.fetch_add(count, Ordering::Relaxed);
        if !events::is_due(self) {
            return Ok(GoesOn::Yes);
        }
        store::touch(self).await
    }
}
