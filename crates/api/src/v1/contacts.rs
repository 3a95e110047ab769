use axum::http::StatusCode;
use domain::{contacts, conversations};
use serde::Deserialize;
use types::{
    contact::{Contact, ContactFilter, ContactInput, ContactSummary},
    conversation::{ConversationSummary, InboxFilter},
    id::ContactId,
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    ApiPath, ApiQuery, Caller, Many, Outcome, Post,
    bulk::{Bulk, BulkResult},
    envelope::Sparse,
    query::{Fields, Paging, Walk},
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
        .routes(routes!(merge))
        .routes(routes!(bulk))
        .routes(routes!(get, update, delete))
        .routes(routes!(list_conversations))
}

/// List the contacts, most recently seen first
#[utoipa::path(get, path = "/contacts", tag = "Contacts", params(ContactFilter, Walk, Fields),
    responses((status = 200, body = Many<ContactSummary>)), security(("api_key" = ["contacts:read"])))]
async fn list(
    caller: Caller,
    ApiQuery(filter): ApiQuery<ContactFilter>,
    ApiQuery(walk): ApiQuery<Walk>,
    ApiQuery(Fields { fields }): ApiQuery<Fields>,
) -> ApiResult<Many<Sparse<ContactSummary>>> {
    let after = walk.after(filter.sort.is_some() || filter.page.is_some())?;
    let mut cx = caller.begin().await?;
    let contacts = match after {
        Some(after) => {
            let contacts = contacts::walk(&mut cx, &filter, after.map(ContactId)).await?;
            Many::walked(contacts, filter.limit, |contact| contact.id.0)
        }
        None => contacts::list(&mut cx, &filter).await?.into(),
    };
    Ok(contacts.only(fields.as_deref()))
}

/// Create a contact
///
/// A name, an e-mail address or a telephone number is required; none of them has to be unique.
#[utoipa::path(post, path = "/contacts", tag = "Contacts", request_body = ContactInput,
    responses((status = 201, body = One<Contact>)), security(("api_key" = ["contacts:read", "contacts:write"])))]
async fn create(post: Post<ContactInput>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let contact = contacts::create(&mut cx, input).await?;
    work.created(cx, contact).await
}

/// Get a contact
#[utoipa::path(get, path = "/contacts/{id}", tag = "Contacts", params(("id" = ContactId, Path)),
    responses((status = 200, body = One<Contact>)), security(("api_key" = ["contacts:read"])))]
async fn get(caller: Caller, ApiPath(id): ApiPath<ContactId>) -> ApiResult<Data<Contact>> {
    Ok(Data(contacts::get(&mut caller.begin().await?, id).await?))
}

/// Change a contact
///
/// Fields that are null or omitted stay as they are; tags and custom fields are replaced as a whole.
#[utoipa::path(patch, path = "/contacts/{id}", tag = "Contacts", params(("id" = ContactId, Path)),
    request_body = ContactInput, responses((status = 200, body = One<Contact>)),
    security(("api_key" = ["contacts:read", "contacts:write"])))]
async fn update(
    caller: Caller,
    ApiPath(id): ApiPath<ContactId>,
    ApiJson(input): ApiJson<ContactInput>,
) -> ApiResult<Data<Contact>> {
    let mut cx = caller.begin().await?;
    let contact = contacts::update(&mut cx, id, input).await?;
    caller.commit(cx).await?;
    Ok(Data(contact))
}

/// Erase a contact with all conversations and their files
#[utoipa::path(delete, path = "/contacts/{id}", tag = "Contacts", params(("id" = ContactId, Path)),
    responses((status = 204)), security(("api_key" = ["contacts:write"])))]
async fn delete(caller: Caller, ApiPath(id): ApiPath<ContactId>) -> ApiResult<StatusCode> {
    let mut cx = caller.begin().await?;
    contacts::delete(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct Merge {
    /// The contact that is kept.
    kept_id: ContactId,
    /// The contact whose conversations, identities, tags and notes move to the one that is kept.
    merged_id: ContactId,
}

/// Merge two contacts that are the same person
///
/// Where both have a value, that of the contact that is kept counts; the other fills what is empty. The browsers of both see
/// the same conversations from then on. Repeating a merge changes nothing.
#[utoipa::path(post, path = "/contacts/merge", tag = "Contacts", request_body = Merge,
    responses((status = 200, body = One<Contact>)), security(("api_key" = ["contacts:read", "contacts:write"])))]
async fn merge(post: Post<Merge>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let contact = contacts::merge(&mut cx, input.kept_id, input.merged_id).await?;
    work.ok(cx, contact).await
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum ContactAction {
    Update,
    Delete,
}

#[derive(Deserialize, ToSchema)]
struct BulkContacts {
    #[schema(inline)]
    action: ContactAction,
    #[schema(min_items = 1, max_items = 100)]
    ids: Vec<ContactId>,
    /// The changes that `update` makes.
    #[serde(default)]
    data: ContactInput,
}

/// Change or erase up to 100 contacts
///
/// Each item has its own result: if one fails, the others are still done.
#[utoipa::path(post, path = "/contacts/bulk", tag = "Contacts", request_body = BulkContacts,
    responses((status = 200, body = One<Vec<BulkResult>>)),
    security(("api_key" = ["contacts:read", "contacts:write"])))]
async fn bulk(post: Post<BulkContacts>) -> Outcome {
    let (mut cx, input, work) = post.begin().await?;
    let BulkContacts { action, ids, data } = input;
    let mut bulk = Bulk::of(&ids)?;
    for id in bulk.order::<ContactId>() {
        cx.savepoint().await?;
        let outcome = match action {
            ContactAction::Update => contacts::update(&mut cx, id, data.clone()).await.map(drop),
            ContactAction::Delete => contacts::delete(&mut cx, id).await,
        };
        bulk.note(&mut cx, id, outcome).await?;
    }
    work.ok(cx, bulk.results()).await
}

/// List a contact's conversations, open and closed
#[utoipa::path(get, path = "/contacts/{id}/conversations", tag = "Contacts",
    params(("id" = ContactId, Path), Paging), responses((status = 200, body = Many<ConversationSummary>)),
    security(("api_key" = ["contacts:read", "conversations:read"])))]
async fn list_conversations(
    caller: Caller,
    ApiPath(id): ApiPath<ContactId>,
    ApiQuery(Paging { page, limit }): ApiQuery<Paging>,
) -> ApiResult<Many<ConversationSummary>> {
    let mut cx = caller.begin().await?;
    contacts::get(&mut cx, id).await?;
    let filter = InboxFilter { contact: Some(id), page, limit, ..InboxFilter::default() };
    Ok(conversations::list(&mut cx, &filter).await?.into())
}
