use axum::{
    extract::FromRequestParts,
    http::{Method, request::Parts},
};
use domain::{Error, visitors, visitors::Visitor};

use super::{ClientIp, bearer};
use crate::{Api, ApiError};

/// The visitor behind the bearer token, within the limits on requests. What it writes counts for its address too: tokens are
/// had for the asking.
pub(crate) struct VisitorAuth(pub(crate) Visitor);

impl FromRequestParts<Api> for VisitorAuth {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, api: &Api) -> Result<Self, ApiError> {
        let token = bearer(&parts.headers).ok_or(Error::Unauthenticated)?;
        let visitor = visitors::verify(&api.services, token).ok_or(Error::Unauthenticated)?;
        api.limits.requests.check(&visitor.id.to_string())?;
        if parts.method != Method::GET {
            let Ok(ip) = ClientIp::from_request_parts(parts, api).await;
            api.limits.writes_by_address.check(&ip.counted_as())?;
        }
        Ok(Self(visitor))
    }
}
