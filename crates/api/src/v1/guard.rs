use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{Error, accounts, accounts::ClientInfo};

use super::Caller;
use crate::{
    Api, ApiError, ClientIp,
    extract::{bearer, session_token},
    rate_limit::Standing,
};

/// Middleware of the REST API: finds out who asks, counts the request against the limits of the address and of the
/// caller, and tells in every answer how much of the nearer limit is left.
pub(super) async fn guard(State(api): State<Api>, ip: ClientIp, mut request: Request, next: Next) -> Response {
    let mut standing = match api.limits.api_by_address.count(&ip.counted_as()) {
        Ok(standing) => standing,
        Err(error) => return told(ApiError::from(error).into_response(), api.limits.api_by_address.standing(0)),
    };
    let client = client(ip, request.headers());
    let caller = match identify(&api, request.headers(), client).await {
        Ok(caller) => caller,
        Err(error) => return told(refused(error), standing),
    };
    let asker = caller.actor.id().unwrap_or_default().to_string();
    match api.limits.api.count(&asker) {
        Ok(own) if own.remaining < standing.remaining => standing = own,
        Ok(_) => {}
        Err(error) => return told(ApiError::from(error).into_response(), api.limits.api.standing(0)),
    }
    request.extensions_mut().insert(caller);
    told(next.run(request).await, standing)
}

/// Middleware of the operations with which people sign in: counts the request against the limit of the address.
pub(super) async fn open(State(api): State<Api>, ip: ClientIp, mut request: Request, next: Next) -> Response {
    match api.limits.api_by_address.count(&ip.counted_as()) {
        Ok(standing) => {
            let client = client(ip, request.headers());
            request.extensions_mut().insert(client);
            told(next.run(request).await, standing)
        }
        Err(error) => told(ApiError::from(error).into_response(), api.limits.api_by_address.standing(0)),
    }
}

/// What is noted of who asks.
fn client(ip: ClientIp, headers: &HeaderMap) -> ClientInfo {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).map(str::to_owned);
    ClientInfo { ip: Some(ip.0.to_string()), user_agent }
}

/// A key in `Authorization` decides alone; without that header the session's cookie does.
async fn identify(api: &Api, headers: &HeaderMap, client: ClientInfo) -> domain::Result<Caller> {
    let services = &api.services;
    if headers.contains_key(header::AUTHORIZATION) {
        let token = bearer(headers).ok_or(Error::Unauthenticated)?;
        let holder = api.keys.authenticate(services, token).await?.ok_or(Error::Unauthenticated)?;
        let (organization, actor, name) = (holder.organization, holder.actor, holder.name);
        return Ok(Caller { api: api.clone(), organization, actor, name, session: None, client });
    }
    let token = session_token(services, headers).ok_or(Error::Unauthenticated)?;
    let session = accounts::authenticate_from(services, &token, client.ip.as_deref()).await?;
    let session = session.ok_or(Error::Unauthenticated)?;
    Ok(Caller {
        api: api.clone(),
        organization: session.me.organization.id,
        actor: session.actor(),
        name: session.me.name.clone(),
        session: Some(session),
        client,
    })
}

fn refused(error: Error) -> Response {
    let is_unknown = matches!(error, Error::Unauthenticated);
    let mut response = ApiError::from(error).into_response();
    if is_unknown {
        response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

fn told(mut response: Response, standing: Standing) -> Response {
    let headers = response.headers_mut();
    headers.insert("ratelimit-limit", HeaderValue::from(standing.limit));
    headers.insert("ratelimit-remaining", HeaderValue::from(standing.remaining));
    headers.insert("ratelimit-reset", HeaderValue::from(standing.reset));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("private, no-cache"));
    response
}
