//! How people sign up and in without the pages. The session is a cookie, as the pages give it.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    Error,
    accounts::{self, ClientInfo, Entry},
};
use serde::Deserialize;
use types::{error::FieldRule, organization::SignUp};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::me::Identity;
use crate::{
    Api,
    answer::{Data, One},
    error::ApiResult,
    extract::{ApiJson, session_token},
};

/// What nobody has to be signed in for.
pub(super) fn open_routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(sign_up))
        .routes(routes!(log_in))
        .routes(routes!(request_reset))
        .routes(routes!(reset))
}

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(log_out)).routes(routes!(verify_email))
}

/// Create an organization with its owner, and sign the owner in
///
/// The session is set as a cookie. If the address has an account, its password is required, and the rules of `auth/login`
/// apply.
#[utoipa::path(post, path = "/auth/signup", tag = "Sign in", request_body = SignUp,
    responses((status = 201, body = One<Identity>)), security(()))]
async fn sign_up(
    State(api): State<Api>,
    Extension(client): Extension<ClientInfo>,
    ApiJson(form): ApiJson<SignUp>,
) -> ApiResult<Response> {
    let entry = accounts::sign_up(&api.services, form, &client).await?;
    entered(&api, StatusCode::CREATED, entry)
}

#[derive(Deserialize, ToSchema)]
struct Credentials {
    email: String,
    password: String,
    /// For accounts with a second factor: a code from the authenticator app, or a recovery code.
    #[serde(default)]
    code: Option<String>,
}

/// Sign in
///
/// The session is set as a cookie. If the account has a second factor, a request without `code` is answered with 422 for the
/// field `code`. A wrong password and an unknown address get the same response after the same time; after five failed
/// attempts, an address has to wait. Anyone who belongs to no active organization is refused with 403: joining, restoring or
/// creating one without a session is possible only on the page at `/login`.
#[utoipa::path(post, path = "/auth/login", tag = "Sign in", request_body = Credentials,
    responses((status = 200, body = One<Identity>)), security(()))]
async fn log_in(
    State(api): State<Api>,
    Extension(client): Extension<ClientInfo>,
    ApiJson(given): ApiJson<Credentials>,
) -> ApiResult<Response> {
    let services = &api.services;
    let mut entry = accounts::first_step(services, &given.email, &given.password, &client).await?;
    if let Entry::SecondStep(ticket) = entry {
        let code = given.code.filter(|code| !code.trim().is_empty());
        let code = code.ok_or_else(|| Error::rule("code", FieldRule::Missing))?;
        entry = accounts::second_step(services, &ticket, &code, &client).await?;
    }
    entered(&api, StatusCode::OK, entry)
}

fn entered(api: &Api, status: StatusCode, entry: Entry) -> ApiResult<Response> {
    let signed_in = entry.signed_in()?;
    let cookie = set_cookie(api, Some(&signed_in.token))?;
    Ok((status, cookie, Data(Identity::from(signed_in.me))).into_response())
}

fn set_cookie(api: &Api, token: Option<&str>) -> ApiResult<[(header::HeaderName, HeaderValue); 1]> {
    let cookie = accounts::session_cookie(&api.services.settings, token);
    Ok([(header::SET_COOKIE, HeaderValue::try_from(cookie).map_err(anyhow::Error::from)?)])
}

/// Sign out
///
/// Ends the session that makes the request, and its open sockets.
#[utoipa::path(post, path = "/auth/logout", tag = "Sign in", responses((status = 204)), security(("session" = [])))]
async fn log_out(caller: super::Caller, headers: HeaderMap) -> ApiResult<Response> {
    caller.person()?;
    if let Some(token) = session_token(&caller.api.services, &headers) {
        accounts::log_out(&caller.api.services, &token).await?;
    }
    Ok((StatusCode::NO_CONTENT, set_cookie(&caller.api, None)?).into_response())
}

#[derive(Deserialize, ToSchema)]
struct ResetRequest {
    email: String,
}

/// Request a link for setting a new password
///
/// The response is the same whether or not the address has an account.
#[utoipa::path(post, path = "/auth/password-resets", tag = "Sign in", request_body = ResetRequest,
    responses((status = 202)), security(()))]
async fn request_reset(State(api): State<Api>, ApiJson(asked): ApiJson<ResetRequest>) -> ApiResult<StatusCode> {
    accounts::request_password_reset(&api.services, &asked.email).await?;
    Ok(StatusCode::ACCEPTED)
}

#[derive(Deserialize, ToSchema)]
struct Reset {
    /// The last part of the link in the e-mail.
    #[schema(example = "Zk3mQ9aTq0X7w2LrV8sYbN1dFc5Hj6GpKuEiOaTzMx4")]
    token: String,
    /// The new password, 10 to 200 characters long.
    password: String,
}

/// Set a new password with the link from the e-mail
///
/// Ends all of the person's sessions.
#[utoipa::path(post, path = "/auth/password-resets/confirm", tag = "Sign in", request_body = Reset,
    responses((status = 204)), security(()))]
async fn reset(
    State(api): State<Api>,
    Extension(client): Extension<ClientInfo>,
    ApiJson(given): ApiJson<Reset>,
) -> ApiResult<StatusCode> {
    accounts::reset_password(&api.services, &given.token, &given.password, &client).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize, ToSchema)]
struct Confirmation {
    /// The last part of the link in the e-mail.
    #[schema(example = "Zk3mQ9aTq0X7w2LrV8sYbN1dFc5Hj6GpKuEiOaTzMx4")]
    token: String,
}

/// Confirm your e-mail address with the link that was sent to it
///
/// The link confirms the address only in a session of the account that it was sent for.
#[utoipa::path(post, path = "/auth/verify-email", tag = "Sign in", request_body = Confirmation,
    responses((status = 204)), security(("session" = [])))]
async fn verify_email(caller: super::Caller, ApiJson(given): ApiJson<Confirmation>) -> ApiResult<StatusCode> {
    accounts::verify_email(&caller.api.services, caller.person()?, &given.token).await?;
    Ok(StatusCode::NO_CONTENT)
}
