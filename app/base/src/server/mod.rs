//! For server functions: the services, who asks, and a transaction in their name.

mod cookies;
mod response;

use std::{
    net::SocketAddr,
    sync::{Arc, OnceLock},
};

use axum::extract::ConnectInfo;
use domain::{
    Cx, Services,
    accounts::{self, Authenticated, ClientInfo},
    platform::Operator,
};
use futures::{
    FutureExt,
    future::{BoxFuture, Shared},
};
use http::{Method, header, request::Parts};
use leptos::prelude::{provide_context, use_context};
use types::{error::ErrorCode, id::MemberId, platform::Notices};

use crate::AppError;

pub use self::{cookies::*, response::*};

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
/// Unauthenticated when nobody is; conflict when the page that asks was made for another member.
pub async fn member() -> Result<Authenticated, AppError> {
    let page = use_context::<Parts>().and_then(|parts| parts.extensions.get().copied());
    Ok(signed_in().await?.asked_by(page)?)
}

async fn signed_in() -> Result<Authenticated, AppError> {
    let (services, token, ip) = (services()?, session_token(), client_info().ip);
    let authenticate = async move {
        let token = token.ok_or(domain::Error::Unauthenticated)?;
        let known = accounts::authenticate_from(&services, &token, ip.as_deref()).await?;
        Ok(known.ok_or(domain::Error::Unauthenticated)?)
    };
    // A page changes nothing; what a form changes may be the very one who asks.
    let is_page = use_context::<Parts>().is_some_and(|parts| parts.method == Method::GET);
    if is_page && let Some(known) = known() {
        return Ok(known);
    }
    match use_context::<Asker>().filter(|_| is_page) {
        Some(asker) => asker.0.get_or_init(|| authenticate.boxed().shared()).clone().await,
        None => authenticate.await,
    }
}

/// Who is signed in, as the middleware of a page of the dashboard found them.
fn known() -> Option<Authenticated> {
    use_context::<Parts>()?.extensions.get().cloned()
}

/// The member for whom the page is made that is being rendered.
pub(crate) fn page_member() -> Option<MemberId> {
    Some(known()?.me.member_id)
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

/// Whether the browser posted a form itself, without script.
pub fn is_plain_form() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        let accept = parts.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
        accept.is_some_and(|value| value.contains("text/html"))
    })
}
