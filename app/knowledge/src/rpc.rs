//! Server functions of the knowledge area.

use base::AppError;
use leptos::prelude::*;
use types::{
    agent::Passage,
    answer::Answer,
    id::{AnswerId, DocumentId, SourceId},
    knowledge::{Document, DocumentSummary, Schedule, Source, SyncPage},
    page::Page,
};

#[cfg(feature = "ssr")]
use base::server;

/// All sources, newest first.
#[server]
pub async fn load_sources() -> Result<Vec<Source>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::knowledge::list(&mut cx).await?)
}

/// One source with its newest sync.
#[server]
pub async fn load_source(id: SourceId) -> Result<Source, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::knowledge::get(&mut cx, id).await?)
}

/// The documents that answer now.
#[server]
pub async fn load_documents(id: SourceId, page: i64) -> Result<Page<DocumentSummary>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::knowledge::documents(&mut cx, id, Some(page), Some(50)).await?)
}

/// The pages that the newest sync could not read, with their reasons.
#[server]
pub async fn load_failed_pages(id: SourceId) -> Result<Page<SyncPage>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::knowledge::pages(&mut cx, id, Some(types::knowledge::PageStatus::Failed), 1).await?)
}

/// A document with its passages.
#[server]
pub async fn load_document(id: DocumentId) -> Result<Document, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::knowledge::document(&mut cx, id).await?)
}

/// Adds a website and begins to read it.
#[server]
pub async fn create_website(
    name: String,
    url: String,
    #[server(default)] crawl: Option<String>,
    max_depth: u32,
    max_pages: u32,
    schedule: Schedule,
) -> Result<(), AppError> {
    let crawl = types::knowledge::CrawlSettings { crawl: crawl.is_some(), max_depth, max_pages };
    let name = if name.trim().is_empty() { url.clone() } else { name };
    let input = types::knowledge::CreateUrlSource { name, url, crawl, schedule };
    let mut cx = server::cx().await?;
    let source = domain::knowledge::create_url(&mut cx, input).await?;
    server::services()?.commit(cx).await?;
    server::redirect(&format!("/app/knowledge/{}", source.id));
    Ok(())
}

/// Adds a text and begins to read it.
#[server]
pub async fn create_text(name: String, content: String) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    let source = domain::knowledge::create_text(&mut cx, types::knowledge::CreateTextSource { name, content }).await?;
    server::services()?.commit(cx).await?;
    server::redirect(&format!("/app/knowledge/{}", source.id));
    Ok(())
}

/// Reads a source again.
#[server]
pub async fn sync_source(id: SourceId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::knowledge::sync(&mut cx, id).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// Stops reading a source.
#[server]
pub async fn cancel_sync(id: SourceId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::knowledge::cancel(&mut cx, id).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// Sets how often a source is read again.
#[server]
pub async fn set_schedule(id: SourceId, schedule: Schedule) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::knowledge::set_schedule(&mut cx, id, schedule).await?;
    Ok(server::services()?.commit(cx).await?)
}

/// Removes a source and all that was read from it.
#[server]
pub async fn delete_source(id: SourceId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::knowledge::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    server::redirect("/app/knowledge");
    Ok(())
}

/// The passages that an agent would find for a question.
#[server]
pub async fn search(query: String) -> Result<Vec<Passage>, AppError> {
    let member = server::member().await?;
    let organization = member.me.organization.id;
    let services = server::services()?;
    Ok(domain::knowledge::search(&services, organization, member.actor(), &query, 10, &[]).await?)
}

/// All curated answers.
#[server]
pub async fn load_answers() -> Result<Vec<Answer>, AppError> {
    let mut cx = server::cx().await?;
    Ok(domain::answers::list(&mut cx).await?)
}

/// Writes a curated answer; an empty id makes a new one. `shown` is when what the form shows had last been changed, in
/// microseconds.
#[server]
pub async fn save_answer(
    id: String,
    question: String,
    answer: String,
    category: String,
    #[server(default)] is_active: Option<String>,
    #[server(default)] shown: String,
) -> Result<(), AppError> {
    let input = types::answer::AnswerInput { category, question, answer, is_active: is_active.is_some() };
    let services = server::services()?;
    let member = server::member().await?;
    let (organization, actor) = (member.me.organization.id, member.actor());
    match id.parse::<AnswerId>() {
        Ok(id) => domain::answers::update(&services, organization, actor, id, input, shown.parse().ok()).await?,
        Err(_) => domain::answers::create(&services, organization, actor, input).await?,
    };
    server::redirect("/app/knowledge/answers");
    Ok(())
}

/// Removes a curated answer.
#[server]
pub async fn delete_answer(id: AnswerId) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    domain::answers::delete(&mut cx, id).await?;
    server::services()?.commit(cx).await?;
    server::redirect("/app/knowledge/answers");
    Ok(())
}
