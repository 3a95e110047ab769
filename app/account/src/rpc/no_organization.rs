//! What somebody asks for who has proven who they are and belongs to no active organization.

use base::AppError;
use leptos::prelude::*;
use types::{
    id::{InvitationId, OrganizationId},
    member::Openings,
};
#[cfg(feature = "ssr")]
use {
    super::enter,
    base::{invitation_of, server},
    domain::accounts,
};

/// What the holder of a ticket can do. `None` when it is not good (any more). Who is signed in already is sent on.
#[server]
pub async fn load_openings(next: Option<String>) -> Result<Option<Openings>, AppError> {
    if server::member().await.is_ok() {
        leptos_axum::redirect(base::after_sign_in(next.as_deref()));
        return Ok(None);
    }
    match accounts::openings(&server::services()?, &ticket(), invitation_of(next.as_deref())).await {
        Ok(openings) => Ok(Some(openings)),
        Err(domain::Error::Unauthenticated) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// Accepts an invitation that was offered. `next` is the page that was asked for before, which may be that of an invitation.
#[server]
pub async fn enter_invited(invitation: InvitationId, next: Option<String>) -> Result<String, AppError> {
    let (services, client) = (server::services()?, server::client_info());
    let link = invitation_of(next.as_deref());
    let signed_in = accounts::enter_invited(&services, &ticket(), invitation, link, &client).await?;
    Ok(enter(&services, &signed_in, None))
}

/// Brings a deleted organization back.
#[server]
pub async fn enter_restored(organization: OrganizationId) -> Result<String, AppError> {
    let services = server::services()?;
    let signed_in = accounts::enter_restored(&services, &ticket(), organization, &server::client_info()).await?;
    Ok(enter(&services, &signed_in, None))
}

/// Founds an organization.
#[server]
pub async fn enter_founded(organization_name: String) -> Result<String, AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("organization_name", &organization_name)]);
    let signed_in = accounts::enter_founded(&services, &ticket(), &organization_name, &server::client_info()).await?;
    Ok(enter(&services, &signed_in, None))
}

#[cfg(feature = "ssr")]
fn ticket() -> String {
    server::hidden_cookie(server::NO_ORGANIZATION_COOKIE).unwrap_or_default()
}
