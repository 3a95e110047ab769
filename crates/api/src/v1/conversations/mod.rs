//! Conversations: listing them, beginning one, and what becomes of it.

mod bulk;
mod filter;
mod turn;

use domain::conversations;
use types::{
    conversation::{Conversation, ConversationSummary, CreateConversation, UpdateConversation},
    id::ConversationId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use self::filter::Filter;
use super::{
    ApiPath, ApiQuery, Caller, Many, Outcome, Post,
    envelope::Sparse,
    query::{Fields, Walk},
};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .merge(bulk::routes())
        .routes(routes!(get, update))
        .merge(turn::routes())
}

/// List conversations: by default the open ones, by their last message
#[utoipa::path(get, path = "/conversations", tag = "Conversations", params(Filter, Walk, Fields),
    responses((status = 200, body = Many<ConversationSummary>)), security(("api_key" = ["conversations:read"])))]
async fn list(
    caller: Caller,
    ApiQuery(filter): ApiQuery<Filter>,
    ApiQuery(walk): ApiQuery<Walk>,
    ApiQuery(Fields { fields }): ApiQuery<Fields>,
) -> ApiResult<Many<Sparse<ConversationSummary>>> {
    let filter = filter.inbox()?;
    let after = walk.after(filter.sort.is_some() || filter.page.is_some())?;
    let mut cx = caller.begin().await?;
    let conversations = match after {
        Some(after) => {
            let conversations = conversations::walk(&mut cx, &filter, after.map(ConversationId)).await?;
            Many::walked(conversations, filter.limit, |conversation| conversation.id.0)
        }
        None => conversations::list(&mut cx, &filter).await?.into(),
    };
    Ok(conversations.only(fields.as_deref()))
}

/// Start a conversation by writing to a contact
#[utoipa::path(post, path = "/conversations", tag = "Conversations", request_body = CreateConversation,
    responses((status = 201, body = One<Conversation>)), security(("api_key" = ["conversations:write"])))]
async fn create(post: Post<CreateConversation>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let conversation = conversations::create(&mut cx, input).await?;
    work.created(cx, conversation).await
}

/// Get a conversation
#[utoipa::path(get, path = "/conversations/{id}", tag = "Conversations", params(("id" = ConversationId, Path)),
    responses((status = 200, body = One<Conversation>)), security(("api_key" = ["conversations:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<ConversationId>) -> ApiResult<Data<Conversation>> {
    Ok(Data(conversations::get(&mut caller.begin().await?, id).await?))
}

/// Change a conversation's subject, priority or tags
///
/// Fields that are null or omitted stay as they are.
#[utoipa::path(patch, path = "/conversations/{id}", tag = "Conversations", params(("id" = ConversationId, Path)),
    request_body = UpdateConversation, responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn update(
    caller: Caller,
    ApiPath(id): ApiPath<ConversationId>,
    ApiJson(input): ApiJson<UpdateConversation>,
) -> ApiResult<Data<Conversation>> {
    let mut cx = caller.begin().await?;
    let conversation = conversations::update(&mut cx, id, input).await?;
    caller.commit(cx).await?;
    Ok(Data(conversation))
}
