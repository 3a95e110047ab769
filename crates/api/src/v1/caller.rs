use axum::{extract::FromRequestParts, http::request::Parts};
use domain::{
    Actor, Cx, Error,
    accounts::{Authenticated, ClientInfo},
};
use types::id::OrganizationId;

use crate::{Api, ApiError, error::ApiResult};

/// Who asks: a member with a session, or a program with an API key.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) api: Api,
    pub(super) organization: OrganizationId,
    pub(super) actor: Actor,
    /// The member's or the key's.
    pub(super) name: String,
    /// A member's session.
    pub(super) session: Option<Authenticated>,
    pub(super) client: ClientInfo,
}

impl Caller {
    /// A transaction in the caller's name.
    pub(super) async fn begin(&self) -> ApiResult<Cx> {
        let cx = self.api.services.db.begin(self.organization, self.actor.clone()).await?;
        Ok(cx.asked_by(self.client.clone()))
    }

    /// Ends a transaction that wrote.
    pub(super) async fn commit(&self, cx: Cx) -> ApiResult<()> {
        Ok(self.api.services.commit(cx).await?)
    }

    /// The person who asks, for what concerns nobody else.
    ///
    /// # Errors
    /// Forbidden for programs.
    pub(super) fn person(&self) -> domain::Result<&Authenticated> {
        self.session.as_ref().ok_or(Error::Refused("this needs a signed-in person, not an API key"))
    }

    /// Refuses every organization but the one that the session or the key works in.
    ///
    /// # Errors
    /// Not found: whether another one exists is nobody's business.
    pub(super) fn check(&self, organization: OrganizationId) -> domain::Result<()> {
        if organization == self.organization { Ok(()) } else { Err(Error::NotFound("organization")) }
    }
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| Error::Unauthenticated.into())
    }
}
