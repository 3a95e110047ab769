use axum::{
    extract::{Request, State},
    http::Method,
    middleware::Next,
    response::Response,
};
use axum_extra::extract::CookieJar;
use domain::{Services, accounts, platform};

/// Finds out what is to stand above a page of the dashboard, for the document around it.
pub(super) async fn attach(State(services): State<Services>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let is_page = *request.method() == Method::GET && (path == "/app" || path.starts_with("/app/"));
    let name = accounts::hidden_cookie(&services.settings, accounts::SESSION_COOKIE);
    if is_page && let Some(session) = CookieJar::from_headers(request.headers()).get(&name) {
        match platform::notices(&services, session.value()).await {
            Ok(found) if found.impersonation.is_some() || !found.announcements.is_empty() => {
                request.extensions_mut().insert(found);
            }
            Ok(_) => {}
            // The page itself says what is wrong.
            Err(error) => tracing::warn!(%error, "a page comes without its notices"),
        }
    }
    next.run(request).await
}
