use axum::{extract::FromRequestParts, http::request::Parts};
use axum_extra::extract::CookieJar;
use domain::{Error, accounts, accounts::Authenticated};
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

impl FromRequestParts<Api> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let jar = CookieJar::from_headers(&parts.headers);
        let token = jar.get(accounts::SESSION_COOKIE).ok_or(Error::Unauthenticated)?.value().to_owned();
        let authenticated = accounts::authenticate(&api.services, &token).await?.ok_or(Error::Unauthenticated)?;
        Ok(Self { authenticated, token })
    }
}
