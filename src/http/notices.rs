use std::net::SocketAddr;

use axum::{
    extract::{ConnectInfo, Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use domain::{Services, accounts, platform};

/// Finds out who asks for a page of the dashboard, and what is to stand above it, for the document around it.
pub(super) async fn attach(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_page = *request.method() == Method::GET && (path == "/app" || path.starts_with("/app/"));
    if is_page && let Some(session) = api::session_token(&services, request.headers()) {
        let address =
            request.extensions().get().map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip().to_string());
        let member = accounts::authenticate_from(&services, &session, address.as_deref());
        let (member, notices) = tokio::join!(member, platform::notices(&services, &session));
        // The page itself says what is wrong.
        if let Ok(Some(member)) = member {
            request.extensions_mut().insert(member);
        }
        match notices {
            Ok(found) if found.impersonation.is_some() || !found.announcements.is_empty() => {
                request.extensions_mut().insert(found);
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a page comes without its notices"),
        }
    }
    next.run(request).await
}
