use chrono::{DateTime, Utc};
use domain::{Error, conversations};
use serde::Deserialize;
use types::{
    conversation::{
        Conversation, ConversationSummary, CreateConversation, InboxFilter, InboxList, InboxSort, Priority,
        UpdateConversation,
    },
    id::{ChannelId, ContactId, ConversationId, MemberId},
};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    ApiPath, ApiQuery, Caller, Many, Outcome, Post,
    bulk::{Bulk, BulkResult},
    envelope::Sparse,
    post::Nothing,
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
        .routes(routes!(bulk))
        .routes(routes!(get, update))
        .routes(routes!(assign))
        .routes(routes!(take_over))
        .routes(routes!(hand_back))
        .routes(routes!(snooze))
        .routes(routes!(close))
        .routes(routes!(reopen))
}

#[derive(Debug, Clone, Copy, PartialEq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Open,
    Snoozed,
    Closed,
}

/// Who has an open conversation: the member who asks, nobody, or an agent.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Assigned {
    Mine,
    Unassigned,
    Agent,
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
enum Sort {
    #[serde(rename = "-last_message_at")]
    Newest,
    #[serde(rename = "last_message_at")]
    Oldest,
    #[serde(rename = "waiting_since")]
    Waiting,
    #[serde(rename = "-priority")]
    Priority,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// `open` when nothing is said.
    #[param(inline)]
    status: Option<Status>,
    /// Of the open ones.
    #[param(inline)]
    assigned: Option<Assigned>,
    #[param(inline)]
    channel_id: Option<ChannelId>,
    #[param(inline)]
    contact_id: Option<ContactId>,
    #[param(inline)]
    assignee_id: Option<MemberId>,
    #[param(inline)]
    priority: Option<Priority>,
    tag: Option<String>,
    /// Part of the contact's name or e-mail, or of the last message.
    q: Option<String>,
    /// With unread messages only.
    unread: Option<bool>,
    #[param(inline)]
    sort: Option<Sort>,
    page: Option<i64>,
    limit: Option<i64>,
}

impl Filter {
    fn inbox(self) -> domain::Result<InboxFilter> {
        let list = match (self.status.unwrap_or(Status::Open), self.assigned) {
            (Status::Open, None) => InboxList::All,
            (Status::Open, Some(Assigned::Mine)) => InboxList::Mine,
            (Status::Open, Some(Assigned::Unassigned)) => InboxList::Unassigned,
            (Status::Open, Some(Assigned::Agent)) => InboxList::Agent,
            (Status::Snoozed, None) => InboxList::Snoozed,
            (Status::Closed, None) => InboxList::Closed,
            (_, Some(_)) => return Err(Error::invalid("assigned", "is for open conversations: leave status out")),
        };
        // Without a status a contact's conversations are all of them.
        let is_of_contact = self.contact_id.is_some() && self.status.is_none() && self.assigned.is_none();
        Ok(InboxFilter {
            list: (!is_of_contact).then_some(list),
            channel: self.channel_id,
            tag: self.tag,
            priority: self.priority,
            assignee: self.assignee_id,
            contact: self.contact_id,
            q: self.q,
            sort: self.sort.map(|sort| match sort {
                Sort::Newest => InboxSort::Newest,
                Sort::Oldest => InboxSort::Oldest,
                Sort::Waiting => InboxSort::Waiting,
                Sort::Priority => InboxSort::Priority,
            }),
            unread: self.unread,
            page: self.page,
            limit: self.limit,
        })
    }
}

/// List the conversations: the open ones by their last message, when nothing is said
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

/// Begin a conversation by writing to a contact
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
/// Fields that are left out or null stay as they are.
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

#[derive(Deserialize, ToSchema)]
struct Assign {
    /// The member who answers from now on; null: nobody in particular.
    #[schema(required = true)]
    assignee_id: Option<MemberId>,
}

/// Give a conversation to a member, or back to the list of the unassigned
#[utoipa::path(post, path = "/conversations/{id}/assign", tag = "Conversations", request_body = Assign,
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn assign(ApiPath(id): ApiPath<ConversationId>, post: Post<Assign>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let conversation = conversations::assign(&mut cx, id, input.assignee_id).await?;
    work.ok(cx, conversation).await
}

/// Take a conversation over from the agent: the member who asks answers from now on
///
/// Programs cannot take over; they assign a member.
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
    /// When it comes back by itself, within a year; null: at once.
    #[schema(required = true)]
    until: Option<DateTime<Utc>>,
}

/// Take a conversation out of the lists for a while
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

/// Open a closed conversation again
#[utoipa::path(post, path = "/conversations/{id}/reopen", tag = "Conversations",
    params(("id" = ConversationId, Path)), responses((status = 200, body = One<Conversation>)),
    security(("api_key" = ["conversations:write"])))]
async fn reopen(ApiPath(id): ApiPath<ConversationId>, post: Post<Nothing>) -> Outcome {
    let (mut cx, _, work) = post.begin().await?;
    let conversation = conversations::reopen(&mut cx, id).await?;
    work.ok(cx, conversation).await
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
