use axum::http::StatusCode;
use domain::accounts;
use serde::Serialize;
use types::{
    id::{OrganizationId, SessionId},
    member::{Place, Role},
    permission::{Permission, Permissions},
    user::{Me, Session, UpdateProfile},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{ApiPath, ApiQuery, Caller, Many, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::ApiJson,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(me, update))
        .routes(routes!(list_organizations))
        .routes(routes!(list_sessions, end_others))
        .routes(routes!(end_session))
}

/// The caller.
#[derive(Serialize, ToSchema)]
pub(super) struct Identity {
    /// `member` or `api_key`.
    #[serde(rename = "type")]
    kind: &'static str,
    /// Id of the member or the API key.
    id: Option<Uuid>,
    name: String,
    /// The e-mail address of a member.
    email: Option<String>,
    /// The role of a member.
    role: Option<Role>,
    /// The language of a member.
    locale: Option<String>,
    /// The time zone of a member.
    time_zone: Option<String>,
    /// What the caller may do.
    permissions: Vec<Permission>,
    organization_id: OrganizationId,
}

impl From<Me> for Identity {
    fn from(me: Me) -> Self {
        Self {
            kind: "member",
            id: Some(me.member_id.0),
            name: me.name,
            email: Some(me.email),
            role: Some(me.role),
            locale: Some(me.locale),
            time_zone: Some(me.time_zone),
            permissions: words(me.permissions),
            organization_id: me.organization.id,
        }
    }
}

fn words(held: Permissions) -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| held.contains(*permission)).collect()
}

/// Get the caller and their permissions
#[utoipa::path(get, path = "/me", tag = "Me", responses((status = 200, body = One<Identity>)), security(("api_key" = [])))]
async fn me(caller: Caller) -> Data<Identity> {
    Data(match caller.session {
        Some(session) => session.me.into(),
        None => Identity {
            kind: caller.actor.kind(),
            id: caller.actor.id(),
            name: caller.name,
            email: None,
            role: None,
            locale: None,
            time_zone: None,
            permissions: words(caller.actor.permissions()),
            organization_id: caller.organization,
        },
    })
}

/// Change your name, language and time zone
///
/// Fields that are null or omitted stay as they are.
#[utoipa::path(patch, path = "/me", tag = "Me", request_body = UpdateProfile,
    responses((status = 200, body = One<Identity>)), security(("session" = [])))]
async fn update(caller: Caller, ApiJson(profile): ApiJson<UpdateProfile>) -> ApiResult<Data<Identity>> {
    let me = accounts::update_profile(&caller.api.services, caller.person()?, profile).await?;
    Ok(Data(me.into()))
}

/// List the organizations that you belong to
///
/// Deleted organizations are shown to their owners as long as they can be restored.
#[utoipa::path(get, path = "/me/organizations", tag = "Me", params(Paging),
    responses((status = 200, body = Many<Place>)), security(("session" = [])))]
async fn list_organizations(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<Place>> {
    let places = accounts::places(&caller.api.services, caller.person()?).await?;
    Ok(Many::part(places, query.page, query.limit))
}

/// List your sessions, most recently used first
#[utoipa::path(get, path = "/me/sessions", tag = "Me", params(Paging),
    responses((status = 200, body = Many<Session>)), security(("session" = [])))]
async fn list_sessions(caller: Caller, ApiQuery(query): ApiQuery<Paging>) -> ApiResult<Many<Session>> {
    let person = caller.person()?;
    let sessions = accounts::sessions(&caller.api.services, person.me.user_id, person.session_id).await?;
    Ok(Many::part(sessions, query.page, query.limit))
}

/// End all of your sessions except this one
#[utoipa::path(delete, path = "/me/sessions", tag = "Me", responses((status = 204)), security(("session" = [])))]
async fn end_others(caller: Caller) -> ApiResult<StatusCode> {
    let person = caller.person()?;
    person.in_person()?;
    accounts::end_sessions(&caller.api.services, person.me.user_id, Some(person.session_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// End one of your sessions, and its open sockets
#[utoipa::path(delete, path = "/me/sessions/{id}", tag = "Me", params(("id" = SessionId, Path)),
    responses((status = 204)), security(("session" = [])))]
async fn end_session(caller: Caller, ApiPath(id): ApiPath<SessionId>) -> ApiResult<StatusCode> {
    let person = caller.person()?;
    person.in_person()?;
    accounts::end_session(&caller.api.services, person.me.user_id, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
