use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, request::Parts},
};
use axum_extra::extract::CookieJar;
use domain::{Error, Services, accounts, accounts::Authenticated};
use types::id::OrganizationId;

use crate::{Api, ApiError};

/// The member who is signed in, known by the session cookie.
pub(crate) struct Member {
    pub(crate) authenticated: Authenticated,
    /// The session's token.
    pub(crate) token: String,
}

impl Member {
    /// The organization that the session works in.
    pub(crate) fn organization(&self) -> OrganizationId {
        self.authenticated.me.organization.id
    }
}

/// What the session's cookie holds.
pub fn session_token(services: &Services, headers: &HeaderMap) -> Option<String> {
    let name = accounts::hidden_cookie(&services.settings, accounts::SESSION_COOKIE);
    CookieJar::from_headers(headers).get(&name).map(|cookie| cookie.value().to_owned())
}

impl FromRequestParts<Api> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let token = session_token(&api.services, &parts.headers).ok_or(Error::Unauthenticated)?;
        let authenticated = accounts::authenticate(&api.services, &token).await?.ok_or(Error::Unauthenticated)?;
        let authenticated = authenticated.asked_by(parts.extensions.get().copied())?;
        Ok(Self { authenticated, token })
    }
}
