use axum::{extract::FromRequestParts, http::request::Parts};
use axum_extra::extract::CookieJar;
use domain::{Cx, Error, Services, accounts, accounts::Authenticated};
use types::id::OrganizationId;

use crate::{Api, ApiError, error::ApiResult};

/// The member who is signed in, known by the session cookie.
pub(crate) struct Member(pub(crate) Authenticated);

impl Member {
    /// The organization that the session works in.
    pub(crate) fn organization(&self) -> OrganizationId {
        self.0.me.organization.id
    }

    /// A transaction in which this member acts.
    pub(crate) async fn begin(&self, services: &Services) -> ApiResult<Cx> {
        Ok(services.db.begin(self.organization(), self.0.actor()).await?)
    }
}

impl FromRequestParts<Api> for Member {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let jar = CookieJar::from_headers(&parts.headers);
        let Some(cookie) = jar.get(accounts::SESSION_COOKIE) else { return Err(Error::Unauthenticated.into()) };
        match accounts::authenticate(&api.services, cookie.value()).await? {
            Some(authenticated) => Ok(Self(authenticated)),
            None => Err(Error::Unauthenticated.into()),
        }
    }
}
