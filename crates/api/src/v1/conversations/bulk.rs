use chrono::{DateTime, Utc};
use domain::conversations;
use serde::Deserialize;
use types::{
    conversation::{Priority, UpdateConversation},
    id::{ConversationId, MemberId},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::super::{
    Outcome, Post,
    bulk::{Bulk, BulkResult},
};
use crate::{Api, answer::One};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(bulk))
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ConversationAction {
    Close,
    Reopen,
    Assign,
    Snooze,
    HandBack,
    Update,
}

/// What an action needs to know; each reads its own fields.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
struct BulkData {
    /// `assign`: the member who answers from now on; null: nobody in particular.
    assignee_id: Option<MemberId>,
    /// `snooze`: when they come back; null: at once.
    until: Option<DateTime<Utc>>,
    /// `update`.
    subject: Option<String>,
    /// `update`.
    priority: Option<Priority>,
    /// `update`: replaces those that there are.
    tags: Option<Vec<String>>,
}

#[derive(Deserialize, ToSchema)]
struct BulkConversations {
    #[schema(inline)]
    action: ConversationAction,
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<ConversationId>,
    #[serde(default)]
    data: BulkData,
}

/// Do the same to up to 100 conversations
///
/// Each has its own result: what fails for one is done for the others.
#[utoipa::path(post, path = "/conversations/bulk", tag = "Conversations", request_body = BulkConversations,
    responses((status = 200, body = One<Vec<BulkResult>>)), security(("api_key" = ["conversations:write"])))]
async fn bulk(post: Post<BulkConversations>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let BulkConversations { action, ids, data } = input;
    let fields = UpdateConversation { subject: data.subject, priority: data.priority, tags: data.tags };
    let mut bulk = Bulk::of(&ids)?;
    for id in bulk.order::<ConversationId>() {
        cx.attempt().await?;
        let outcome = match action {
            ConversationAction::Close => conversations::close(&mut cx, id).await,
            ConversationAction::Reopen => conversations::reopen(&mut cx, id).await,
            ConversationAction::Assign => conversations::assign(&mut cx, id, data.assignee_id).await,
            ConversationAction::Snooze => conversations::snooze(&mut cx, id, data.until).await,
            ConversationAction::HandBack => conversations::hand_back(&mut cx, id).await,
            ConversationAction::Update => conversations::update(&mut cx, id, fields.clone()).await,
        };
        bulk.note(&mut cx, id, outcome).await?;
    }
    work.ok(cx, bulk.results()).await
}
