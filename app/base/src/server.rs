//! For server functions: the services, who asks, and a transaction in their name.

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::extract::ConnectInfo;
use axum_extra::extract::CookieJar;
use domain::{
    Cx, Services,
    accounts::{self, Authenticated, ClientInfo},
    platform::Operator,
};
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header, request::Parts};
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
/// Sends the browser to another page of ours, with or without script.
pub use leptos_axum::redirect;
use types::{error::ErrorCode, platform::Notices};

use crate::{AppError, next::sign_in_path};

pub use domain::accounts::SESSION_COOKIE;

/// The cookie that holds the ticket of the second step of signing in.
pub const SECOND_STEP_COOKIE: &str = "biseda_second_step";

/// The cookie that holds the token of the question that a passkey answers.
pub const PASSKEY_COOKIE: &str = "biseda_passkey";

/// What the program made at start-up.
///
/// # Errors
/// Internal, when the program did not provide them (a fault of its assembly).
pub fn services() -> Result<Services, AppError> {
    use_context::<Services>().ok_or_else(|| AppError::new(ErrorCode::Internal, "the services are missing"))
}

/// Who asks, found once for all parts of a page, which ask at the same time. Each of them can bring the answer forward:
/// one that is given up keeps the others from nothing.
#[derive(Clone, Default)]
struct Asker(Arc<OnceLock<Shared<Asking>>>);

type Asking = BoxFuture<'static, Result<Authenticated, AppError>>;

/// Gives the parts of one request what they share. For the context of pages and server functions.
pub fn provide_request(services: Services) {
    provide_context(services);
    provide_context(Asker::default());
}

/// Who is signed in.
///
/// # Errors
/// Unauthenticated when nobody is.
pub async fn member() -> Result<Authenticated, AppError> {
    let (services, token, ip) = (services()?, session_token(), client_info().ip);
    let authenticate = async move {
        let token = token.ok_or(domain::Error::Unauthenticated)?;
        let known = accounts::authenticate_from(&services, &token, ip.as_deref()).await?;
        Ok(known.ok_or(domain::Error::Unauthenticated)?)
    };
    // A page changes nothing; what a form changes may be the very one who asks.
    let is_page = use_context::<Parts>().is_some_and(|parts| parts.method == Method::GET);
    match use_context::<Asker>().filter(|_| is_page) {
        Some(asker) => asker.0.get_or_init(|| authenticate.boxed().shared()).clone().await,
        None => authenticate.await,
    }
}

/// The one who operates the service, with a second factor. Every server function of operators begins with it.
///
/// # Errors
/// Forbidden for everybody else; second factor, where that is all that is missing.
pub async fn operator() -> Result<Operator, AppError> {
    Ok(Operator::of(&services()?, &member().await?, client_info()).await?)
}

/// A transaction of the signed-in member's organization. Those that write end with `services()?.commit(cx).await?`.
///
/// # Errors
/// Unauthenticated when nobody is signed in.
pub async fn cx() -> Result<Cx, AppError> {
    let services = services()?;
    let member = member().await?;
    let cx = services.db.begin(member.me.organization.id, member.actor()).await.map_err(domain::Error::from)?;
    Ok(cx.asked_by(client_info()))
}

/// The session's token, as the browser sent it.
pub fn session_token() -> Option<String> {
    hidden_cookie(SESSION_COOKIE)
}

/// A cookie of the request that scripts do not see.
pub fn hidden_cookie(name: &str) -> Option<String> {
    cookie(&accounts::hidden_cookie(&services().ok()?.settings, name))
}

/// A cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    CookieJar::from_headers(&parts.headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// What is to stand above the page, as the request's middleware found it.
pub fn notices() -> Option<Notices> {
    use_context::<Parts>()?.extensions.get().cloned()
}

/// The languages that the browser asks for.
pub fn accept_language() -> Option<String> {
    let parts = use_context::<Parts>()?;
    parts.headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().map(str::to_owned)
}

/// What is known of the browser that asks.
pub fn client_info() -> ClientInfo {
    let Some(parts) = use_context::<Parts>() else { return ClientInfo::default() };
    let ip = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip().to_string());
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    ClientInfo { ip, user_agent }
}

/// Lets the browser keep a session's token.
pub fn set_session_cookie(services: &Services, token: &str) {
    append_cookie(&accounts::session_cookie(&services.settings, Some(token)));
}

/// Takes the session's token from the browser.
pub fn clear_session_cookie(services: &Services) {
    append_cookie(&accounts::session_cookie(&services.settings, None));
}

/// Lets the browser keep the ticket of the second step while the code is looked up.
pub fn set_second_step_cookie(services: &Services, ticket: &str) {
    set_cookie(services, SECOND_STEP_COOKIE, ticket, 600, true);
}

/// Takes the ticket of the second step from the browser.
pub fn clear_second_step_cookie(services: &Services) {
    set_cookie(services, SECOND_STEP_COOKIE, "", 0, true);
}

/// Lets the browser keep the token of the question that it asks its device.
pub fn set_passkey_cookie(services: &Services, token: &str) {
    set_cookie(services, PASSKEY_COOKIE, token, 300, true);
}

/// Takes the question's token from the browser.
pub fn clear_passkey_cookie(services: &Services) {
    set_cookie(services, PASSKEY_COOKIE, "", 0, true);
}

/// Lets the browser remember the language.
pub fn set_locale_cookie(services: &Services, locale: &str) {
    set_cookie(services, i18n::LOCALE_COOKIE, locale, 365 * 24 * 3600, false);
}

/// A cookie of one minute that scripts may read.
pub(crate) fn set_short_cookie(name: &str, value: &str) {
    if let Ok(services) = services() {
        set_cookie(&services, name, value, 60, false);
    }
}

/// Whether the browser posted a form itself, without script.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|value| value.contains("text/html"))
    })
}

fn set_cookie(services: &Services, name: &str, value: &str, seconds: u64, hidden: bool) {
    append_cookie(&accounts::cookie(&services.settings, name, value, seconds, hidden));
}

fn append_cookie(cookie: &str) {
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}

/// Sets the status of the page or of the answer.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Sends somebody who is not signed in to the sign-in page, and from there back to where they were going.
pub fn send_to_sign_in() {
    let Some(parts) = use_context::<Parts>() else { return };
    let asked = |uri: &http::Uri| uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    if parts.uri.path().starts_with("/rpc/") {
        // Called by a page's script, which goes there itself.
        let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
        let page = referer.and_then(|address| address.parse().ok()).as_ref().map(asked).unwrap_or_default();
        send_to(&sign_in_path(&page));
    } else {
        send_to(&sign_in_path(&asked(&parts.uri)));
    }
}

/// Sends the browser to another page instead of the one that it asked for.
pub fn send_to(page: &str) {
    let Some(parts) = use_context::<Parts>() else { return };
    if parts.uri.path().starts_with("/rpc/") {
        redirect(page);
    } else if let (Some(response), Ok(place)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(page)) {
        response.insert_header(header::LOCATION, place);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

/// Sets the status of the page or of the answer to what stands for a code.
pub fn set_status_of(code: ErrorCode) {
    set_status(status_of(code));
}

/// The status that stands for a code.
fn status_of(code: ErrorCode) -> u16 {
    match code {
        ErrorCode::Unauthenticated | ErrorCode::InvalidCredentials => 401,
        ErrorCode::Forbidden | ErrorCode::Suspended | ErrorCode::LimitReached | ErrorCode::SecondFactor => 403,
        ErrorCode::NotFound => 404,
        ErrorCode::Validation => 422,
        ErrorCode::Conflict => 409,
        ErrorCode::RateLimited => 429,
        ErrorCode::TooLarge => 413,
        ErrorCode::Unavailable => 503,
        ErrorCode::Internal => 500,
    }
}

/// Gives the answer of a server function called by script the status of its error. A form that was posted without
/// script is sent back to its page instead, and a page that is being rendered keeps its own status.
pub(crate) fn note_status(code: ErrorCode) {
    let Some(parts) = use_context::<Parts>() else { return };
    if parts.uri.path().starts_with("/rpc/") && !is_plain_form() {
        set_status(status_of(code));
    }
}

impl From<domain::Error> for AppError {
    fn from(error: domain::Error) -> Self {
        let code = error.code();
        note_status(code);
        let request_id = use_context::<Parts>().and_then(|parts| {
            let id = parts.headers.get(HeaderName::from_static("x-request-id"))?;
            id.to_str().ok().map(str::to_owned)
        });
        if let domain::Error::Internal(cause) = &error {
            tracing::error!(error = format!("{cause:#}"), request_id, "a server function failed");
        }
        let request_id = request_id.filter(|_| code == ErrorCode::Internal);
        Self { code, message: error.to_string(), details: error.details().to_vec(), request_id }
    }
}
