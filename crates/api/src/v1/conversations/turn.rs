//! Who answers in a conversation, and whether it is open.

use chrono::{DateTime, Utc};
use domain::conversations;
use serde::Deserialize;
use types::{
    conversation::Conversation,
    id::{ConversationId, MemberId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{ApiPath, Outcome, Post, post::Nothing};
use crate::{Api, answer::One};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(assign))
        .routes(routes!(take_over))
        .routes(routes!(hand_back))
        .routes(routes!(snooze))
        .routes(routes!(close))
        .routes(routes!(reopen))
}

#[derive(Deserialize, ToSchema)]
struct Assign {
    /// The member who is to answer from now on; null for nobody in particular.
    #[schema(required = true)]
    assignee_id: Option<MemberId>,
}

/// Assign a conversation to a member, or to nobody
#[utoipa::path(post, path = "/conversations/{id}/assign", tag = "Conversations", request_body = Assign,
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn assign(ApiPath(id): ApiPath<ConversationId>, post: Post<Assign>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let conversation = conversations::assign(&mut cx, id, input.assignee_id).await?;
    work.ok(cx, conversation).await
}

/// Take a conversation over from the agent
///
/// The calling member answers from now on. Programs cannot take over; they assign a member.
#[utoipa::path(post, path = "/conversations/{id}/takeover", tag = "Conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("session" = ["conversations:write"])))]
async fn take_over(ApiPath(id): ApiPath<ConversationId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let conversation = conversations::take_over(&mut cx, id).await?;
    work.ok(cx, conversation).await
}

/// Let the agent answer again
#[utoipa::path(post, path = "/conversations/{id}/hand-back", tag = "Conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn hand_back(ApiPath(id): ApiPath<ConversationId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let conversation = conversations::hand_back(&mut cx, id).await?;
    work.ok(cx, conversation).await
}

#[derive(Deserialize, ToSchema)]
struct Snooze {
    /// When the conversation comes back by itself, within a year; null for at once.
    #[schema(required = true)]
    until: Option<DateTime<Utc>>,
}

/// Snooze a conversation: hide it from the lists for a while
#[utoipa::path(post, path = "/conversations/{id}/snooze", tag = "Conversations", request_body = Snooze,
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn snooze(ApiPath(id): ApiPath<ConversationId>, post: Post<Snooze>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let conversation = conversations::snooze(&mut cx, id, input.until).await?;
    work.ok(cx, conversation).await
}

/// Close a conversation
#[utoipa::path(post, path = "/conversations/{id}/close", tag = "Conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn close(ApiPath(id): ApiPath<ConversationId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let conversation = conversations::close(&mut cx, id).await?;
    work.ok(cx, conversation).await
}

/// Reopen a closed conversation
#[utoipa::path(post, path = "/conversations/{id}/reopen", tag = "Conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn reopen(ApiPath(id): ApiPath<ConversationId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let conversation = conversations::reopen(&mut cx, id).await?;
    work.ok(cx, conversation).await
}
