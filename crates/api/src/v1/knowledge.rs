use axum::http::StatusCode;
use domain::{Error, knowledge};
use serde::Deserialize;
use types::{
    agent::Passage,
    error::FieldRule,
    id::SourceId,
    knowledge::{CreateTextSource, CreateUrlSource, DocumentSummary, Source, Sync},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, post::Nothing, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
};

/// The most passages that a search gives.
const MOST_PASSAGES: usize = 50;

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, delete))
        .routes(routes!(sync))
        .routes(routes!(documents))
        .routes(routes!(search))
}

/// List the knowledge sources, newest first
#[utoipa::path(get, path = "/knowledge-sources", tag = "Knowledge", params(Paging),
    responses((status = 200, body = Many<Source>)), security(("api_key" = ["knowledge:read"])))]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<Source>> {
    let sources = knowledge::list(&mut caller.begin().await?).await?;
    Ok(Many::part(sources, query.page, query.limit))
}

/// A website, one of its pages, or a text, which may be Markdown.
#[derive(Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum NewSource {
    Url(CreateUrlSource),
    Text(CreateTextSource),
}

/// Add a source of type `url` or `text`, and start reading it
///
/// Files are uploaded in the dashboard.
#[utoipa::path(post, path = "/knowledge-sources", tag = "Knowledge", request_body = NewSource,
    responses((status = 201, body = One<Source>)), security(("api_key" = ["knowledge:write"])))]
async fn create(post: Post<NewSource>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let source = match input {
        NewSource::Url(input) => knowledge::create_url(&mut cx, input).await?,
        NewSource::Text(input) => knowledge::create_text(&mut cx, input).await?,
    };
    work.created(cx, source).await
}

/// Get a source, with its newest sync
#[utoipa::path(get, path = "/knowledge-sources/{id}", tag = "Knowledge", params(("id" = SourceId, Path)),
    responses((status = 200, body = One<Source>)), security(("api_key" = ["knowledge:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<SourceId>) -> ApiResult<Data<Source>> {
    Ok(Data(knowledge::get(&mut caller.begin().await?, id).await?))
}

/// Delete a source with its documents and passages
#[utoipa::path(delete, path = "/knowledge-sources/{id}", tag = "Knowledge", params(("id" = SourceId, Path)),
    responses((status = 204)), security(("api_key" = ["knowledge:write"])))]
async fn delete(caller: Caller, ApiPath(id): ApiPath<SourceId>) -> ApiResult<StatusCode> {
    let mut cx = caller.begin().await?;
    knowledge::delete(&mut cx, id).await?;
    caller.api.services.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Read a source again
///
/// The present content stays in use until the new reading is complete.
#[utoipa::path(post, path = "/knowledge-sources/{id}/sync", tag = "Knowledge", params(("id" = SourceId, Path)),
    responses((status = 202, body = One<Sync>)), security(("api_key" = ["knowledge:write"])))]
async fn sync(ApiPath(id): ApiPath<SourceId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let sync = knowledge::sync(&mut cx, id).await?;
    work.done(cx, StatusCode::ACCEPTED, sync).await
}

/// List the documents of a source that are in use
#[utoipa::path(get, path = "/knowledge-sources/{id}/documents", tag = "Knowledge",
    params(("id" = SourceId, Path), Paging), responses((status = 200, body = Many<DocumentSummary>)),
    security(("api_key" = ["knowledge:read"])))]
async fn documents(
    caller: Caller,
    ApiPath(id): ApiPath<SourceId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<DocumentSummary>> {
    Ok(knowledge::documents(&mut caller.begin().await?, id, query.page, query.limit).await?.into())
}

#[derive(Deserialize, ToSchema)]
struct Search {
    query: String,
    /// Maximum number of passages, 1 to 50; 10 by default.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 50)]
    limit: Option<usize>,
    /// Only these sources are searched; if empty, all are.
    #[serde(default)]
    source_ids: Vec<SourceId>,
}

/// Find the passages closest to a question, best first
#[utoipa::path(post, path = "/knowledge/search", tag = "Knowledge", request_body = Search,
    responses((status = 200, body = One<Vec<Passage>>)), security(("api_key" = ["knowledge:read"])))]
async fn search(post: Post<Search>) -> Outcome {
    post.recall().await?;
    let Search { query, limit, source_ids } = &post.input;
    if query.trim().is_empty() {
        return Err(Error::rule("query", FieldRule::Missing).into());
    }
    let limit = limit.unwrap_or(10);
    if !(1..=MOST_PASSAGES).contains(&limit) {
        return Err(Error::invalid("limit", format!("must be 1 to {MOST_PASSAGES}")).into());
    }
    let caller = &post.caller;
    let (organization, actor) = (caller.organization, caller.actor.clone());
    let passages = knowledge::search(&caller.api.services, organization, actor, query, limit, source_ids).await?;
    let (cx, _, work) = post.begin().await?;
    work.ok(cx, passages).await
}
