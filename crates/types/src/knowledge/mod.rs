//! Knowledge sources, their syncs, documents and passages.

mod not_read;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    id::{ChunkId, DocumentId, SourceId, SyncId},
    reason::Reason,
    text_enum::text_enum,
};

pub use not_read::{NotRead, NotReadCode};

/// The largest file of a source, in bytes.
pub const MAX_SOURCE_BYTES: u64 = 50 * 1024 * 1024;
/// The most pages that one crawl reads.
pub const MAX_CRAWL_PAGES: u32 = 10_000;

text_enum! {
    SourceType { Url = "url", File = "file", Text = "text" }
}

text_enum! {
    SourceStatus { Pending = "pending", Processing = "processing", Ready = "ready", Failed = "failed" }
}

text_enum! {
    Schedule { Off = "off", Hourly = "hourly", Daily = "daily", Weekly = "weekly" }
}

text_enum! {
    SyncStatus { Running = "running", Completed = "completed", Failed = "failed", Cancelled = "cancelled" }
}

text_enum! {
    PageStatus { Pending = "pending", Done = "done", Unchanged = "unchanged", Failed = "failed" }
}

/// How a `url` source is read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct CrawlSettings {
    /// Whether to follow links within the path of the page; if false, only the page itself is read.
    pub crawl: bool,
    /// How many links away from the first page a page may be.
    pub max_depth: u32,
    pub max_pages: u32,
}

impl Default for CrawlSettings {
    fn default() -> Self {
        Self { crawl: true, max_depth: 5, max_pages: 2_000 }
    }
}

impl Schedule {
    /// Read again on demand only.
    fn off() -> Self {
        Self::Off
    }
}

/// A knowledge source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Source {
    pub id: SourceId,
    pub name: String,
    pub source_type: SourceType,
    pub location: String,
    pub crawl: CrawlSettings,
    pub status: SourceStatus,
    /// Why the source could not be read, in English.
    pub failure_reason: Option<String>,
    /// The same reason as a code with its details.
    pub failure: Option<Reason<NotReadCode>>,
    pub schedule: Schedule,
    pub document_count: i32,
    pub chunk_count: i32,
    pub last_sync_at: Option<DateTime<Utc>>,
    pub next_sync_at: Option<DateTime<Utc>>,
    /// The newest sync, finished or not.
    pub sync: Option<Sync>,
    pub created_at: DateTime<Utc>,
}

/// One complete reading of a source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Sync {
    pub id: SyncId,
    pub status: SyncStatus,
    /// Why the sync failed, in English.
    pub reason: Option<String>,
    /// The same reason as a code with its details.
    pub failure: Option<Reason<NotReadCode>>,
    pub pages_found: i32,
    pub pages_done: i32,
    pub pages_unchanged: i32,
    pub pages_failed: i32,
    pub chunks: i32,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// A page of a sync, as the failed ones are listed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SyncPage {
    pub location: String,
    pub status: PageStatus,
    pub reason: Option<NotRead>,
}

/// A new source of type `url`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateUrlSource {
    /// If empty, the address is used.
    #[serde(default)]
    pub name: String,
    pub url: String,
    #[serde(default)]
    pub crawl: CrawlSettings,
    #[serde(default = "Schedule::off")]
    pub schedule: Schedule,
}

/// A new source of type `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateTextSource {
    pub name: String,
    pub content: String,
}

/// A document in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentSummary {
    pub id: DocumentId,
    pub source_id: SourceId,
    pub location: String,
    pub title: String,
    pub language: Option<String>,
    pub chunk_count: i64,
    /// Length in characters.
    pub length: i32,
    pub created_at: DateTime<Utc>,
}

/// A document with its text and passages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub id: DocumentId,
    pub source_id: SourceId,
    pub source_name: String,
    pub location: String,
    pub title: String,
    pub content: String,
    pub chunks: Vec<Chunk>,
}

/// A passage of a document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Chunk {
    pub id: ChunkId,
    pub ordinal: i32,
    pub heading_path: Vec<String>,
    pub content: String,
    /// Range in the document's content, in characters (not bytes).
    pub char_start: i32,
    pub char_end: i32,
    pub page: Option<i32>,
}
