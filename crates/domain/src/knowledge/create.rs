use serde_json::{Value, json};
use types::{
    error::FieldRule,
    event::EventName,
    id::SourceId,
    knowledge::{CrawlSettings, CreateTextSource, CreateUrlSource, MAX_CRAWL_PAGES, Schedule, Source, SourceType},
    permission::Permission,
};
use url::Url;

use super::{source::find, start::start};
use crate::{
    Cx, Result, audit,
    error::require,
    events,
    organizations::{Limited, check_limit},
    validate::Check,
};

/// The most characters of a source of type text.
const MAX_TEXT: usize = 500_000;
const MAX_DEPTH: u32 = 50;

/// Adds a website or one of its pages, and begins to read it.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation). Whether the address answers, and may be read, is seen when it is
/// read.
pub async fn create_url(cx: &mut Cx, input: CreateUrlSource) -> Result<Source> {
    require(cx, Permission::KnowledgeWrite)?;
    let mut check = Check::default();
    let location = address(&mut check, &input.url);
    let default_name = location.trim_start_matches("https://").trim_start_matches("http://").trim_end_matches('/');
    let name = input.name.trim();
    let name = if name.is_empty() || name == input.url.trim() {
        default_name.chars().take(200).collect()
    } else {
        name.to_owned()
    };
    let name = check.line("name", &name, 1..=200);
    check.number("max_pages", input.crawl.max_pages, 1, MAX_CRAWL_PAGES);
    check.number("max_depth", input.crawl.max_depth, 0, MAX_DEPTH);
    check.finish()?;
    let new = NewSource {
        id: SourceId(cx.new_id()),
        name,
        source_type: SourceType::Url,
        location,
        settings: serde_json::to_value::<&CrawlSettings>(&input.crawl)?,
        schedule: input.schedule,
        content: None,
        storage_key: None,
    };
    insert(cx, new).await
}

/// Adds a text, which may be Markdown, and begins to read it.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation).
pub async fn create_text(cx: &mut Cx, input: CreateTextSource) -> Result<Source> {
    require(cx, Permission::KnowledgeWrite)?;
    let mut check = Check::default();
    let name = check.line("name", &input.name, 1..=200);
    let content = check.text("content", &input.content, 1..=MAX_TEXT);
    check.finish()?;
    let new = NewSource {
        id: SourceId(cx.new_id()),
        name,
        source_type: SourceType::Text,
        location: String::new(),
        settings: json!({}),
        schedule: Schedule::Off,
        content: Some(content),
        storage_key: None,
    };
    insert(cx, new).await
}

/// The address in its normal form. What people type without a scheme is taken as https.
fn address(check: &mut Check, input: &str) -> String {
    let input = input.trim();
    let with_scheme =
        if input.contains("://") || input.is_empty() { input.to_owned() } else { format!("https://{input}") };
    match Url::parse(&with_scheme) {
        _ if input.is_empty() => check.rule("url", FieldRule::Missing),
        Ok(url) if !matches!(url.scheme(), "http" | "https") || !url.has_host() => {
            check.rule("url", FieldRule::WebAddress);
        }
        Ok(url) if !url.username().is_empty() || url.password().is_some() => {
            check.rule("url", FieldRule::PublicAddress);
        }
        Ok(url) if url.as_str().len() > 2048 => check.limit("url", FieldRule::TooLong, 2048),
        Ok(mut url) => {
            url.set_fragment(None);
            return url.into();
        }
        Err(_) => check.rule("url", FieldRule::WebAddress),
    }
    String::new()
}

/// A row to be.
pub(super) struct NewSource {
    pub id: SourceId,
    pub name: String,
    pub source_type: SourceType,
    pub location: String,
    pub settings: Value,
    pub schedule: Schedule,
    pub content: Option<String>,
    pub storage_key: Option<String>,
}

/// Writes the source and begins its first sync.
///
/// # Errors
/// [`Error::LimitReached`](crate::Error::LimitReached).
pub(super) async fn insert(cx: &mut Cx, new: NewSource) -> Result<Source> {
    check_limit(cx, Limited::Sources).await?;
    sqlx::query!(
        "insert into knowledge_sources
           (organization_id, id, name, type, location, settings, content, storage_key, schedule, created_at, updated_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)",
        cx.organization().0,
        new.id.0,
        new.name,
        new.source_type.as_str(),
        new.location,
        new.settings,
        new.content,
        new.storage_key,
        new.schedule.as_str(),
        cx.now()
    )
    .execute(cx.conn())
    .await?;
    let payload = json!({"name": new.name, "source_type": new.source_type, "location": new.location});
    events::emit(cx, EventName::SourceCreated, "knowledge_source", new.id, None, payload).await?;
    start(cx, new.id).await?;
    let created = find(cx, new.id).await?;
    audit::record(cx, "knowledge_source.created", new.id, None, Some(serde_json::to_value(&created)?)).await?;
    Ok(created)
}
