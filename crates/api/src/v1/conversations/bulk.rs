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

/// The arguments of an action; each action reads only its own fields.
#[derive(Default, Deserialize, ToSchema)]
#[serde(default)]
struct BulkData {
    /// For `assign`: the member who is to answer from now on; null for nobody in particular.
    assignee_id: Option<MemberId>,
    /// For `snooze`: when the conversations come back; null for at once.
    until: Option<DateTime<Utc>>,
    /// For `update`.
    subject: Option<String>,
    /// For `update`.
    priority: Option<Priority>,
    /// For `update`: replaces all existing tags.
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

/// Apply an action to up to 100 conversations
///
/// Each item has its own result: if one fails, the others are still done.
#[utoipa::path(post, path = "/conversations/bulk", tag = "Conversations", request_body = BulkConversations,
    responses((status = 200, body = One<Vec<BulkResult>>)), security(("api_key" = ["conversations:write"])))]
async fn bulk(post: Post<BulkConversations>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let BulkConversations { action, ids, data } = input;
    let fields = UpdateConversation { subject: data.subject, priority: data.priority, tags: data.tags };
    let mut bulk = Bulk::of(&ids)?;
    for id in bulk.order::<ConversationId>() {
        cx.savepoint().await?;
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
