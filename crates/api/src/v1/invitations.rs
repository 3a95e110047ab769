use axum::http::StatusCode;
use domain::invitations;
use serde::Deserialize;
use types::{
    id::{InvitationId, OrganizationId, RoleId},
    member::{Invitation, Role},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{ApiPath, ApiQuery, Caller, Many, Outcome, Post, members::choice, post::Nothing, query::Paging};
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(get, revoke)).routes(routes!(resend))
}

/// List the open invitations, including expired ones, newest first
#[utoipa::path(get, path = "/organizations/{organization_id}/invitations", tag = "Invitations",
    params(("organization_id" = OrganizationId, Path), Paging),
    responses((status = 200, body = Many<Invitation>)), security(("api_key" = ["members:read"])))]
async fn list(
    caller: Caller,
    ApiPath(organization): ApiPath<OrganizationId>,
    ApiQuery(query): ApiQuery<Paging>,
) -> ApiResult<Many<Invitation>> {
    caller.check(organization)?;
    let invitations = invitations::list(&mut caller.begin().await?).await?;
    Ok(Many::part(invitations, query.page, query.limit))
}

#[derive(Deserialize, ToSchema)]
struct NewInvitation {
    email: String,
    #[serde(default = "plain")]
    role: Role,
    /// A custom role, which replaces the role `member`.
    #[serde(default)]
    role_id: Option<RoleId>,
}

fn plain() -> Role {
    Role::Member
}

/// Invite somebody by e-mail
///
/// The link in the e-mail is valid for a week and can be used once.
#[utoipa::path(post, path = "/organizations/{organization_id}/invitations", tag = "Invitations",
    params(("organization_id" = OrganizationId, Path)), request_body = NewInvitation,
    responses((status = 201, body = One<Invitation>)), security(("api_key" = ["members:read", "members:write"])))]
async fn create(ApiPath(organization): ApiPath<OrganizationId>, post: Post<NewInvitation>) -> Outcome {
    post.caller.check(organization)?;
    let services = post.caller.api.services.clone();
    let (mut cx, input, work) = post.begin().await?;
    let role = choice(input.role, input.role_id)?;
    let id = invitations::create(&services, &mut cx, &input.email, role).await?;
    let invitation = invitations::get(&mut cx, id).await?;
    work.created(cx, invitation).await
}

/// Get an open invitation
#[utoipa::path(get, path = "/organizations/{organization_id}/invitations/{id}", tag = "Invitations",
    params(("organization_id" = OrganizationId, Path), ("id" = InvitationId, Path)),
    responses((status = 200, body = One<Invitation>)), security(("api_key" = ["members:read"])))]
async fn get(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, InvitationId)>,
) -> ApiResult<Data<Invitation>> {
    caller.check(organization)?;
    Ok(Data(invitations::get(&mut caller.begin().await?, id).await?))
}

/// Send an invitation again, with a new link that is valid for another week
///
/// No earlier than five minutes after the last e-mail.
#[utoipa::path(post, path = "/organizations/{organization_id}/invitations/{id}/resend", tag = "Invitations",
    params(("organization_id" = OrganizationId, Path), ("id" = InvitationId, Path)),
    responses((status = 200, body = One<Invitation>)), security(("api_key" = ["members:read", "members:write"])))]
async fn resend(ApiPath((organization, id)): ApiPath<(OrganizationId, InvitationId)>, post: Post<Nothing>) -> Outcome {
    post.caller.check(organization)?;
    let services = post.caller.api.services.clone();
    let (mut cx, _, work) = post.begin().await?;
    invitations::resend(&services, &mut cx, id).await?;
    let invitation = invitations::get(&mut cx, id).await?;
    work.ok(cx, invitation).await
}

/// Withdraw an open invitation
#[utoipa::path(delete, path = "/organizations/{organization_id}/invitations/{id}", tag = "Invitations",
    params(("organization_id" = OrganizationId, Path), ("id" = InvitationId, Path)),
    responses((status = 204)), security(("api_key" = ["members:write"])))]
async fn revoke(
    caller: Caller,
    ApiPath((organization, id)): ApiPath<(OrganizationId, InvitationId)>,
) -> ApiResult<StatusCode> {
    caller.check(organization)?;
    let mut cx = caller.begin().await?;
    invitations::revoke(&mut cx, id).await?;
    caller.commit(cx).await?;
    Ok(StatusCode::NO_CONTENT)
}
