//! A person's organizations, and the end of one.

use base::AppError;
use leptos::prelude::*;
use types::{id::OrganizationId, member::Place};

#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{accounts, members, organizations},
};

/// The organizations of the one who is signed in.
#[server]
pub async fn load_places() -> Result<Vec<Place>, AppError> {
    let member = server::member().await?;
    Ok(accounts::places(&server::services()?, &member).await?)
}

/// Goes to another organization.
#[server]
pub async fn switch_organization(id: OrganizationId) -> Result<(), AppError> {
    let member = server::member().await?;
    accounts::switch_organization(&server::services()?, &member, id, &server::client_info()).await?;
    go("/app")
}

/// Founds a further organization and goes there.
#[server]
pub async fn found_another(name: String) -> Result<(), AppError> {
    let member = server::member().await?;
    accounts::found_another(&server::services()?, &member, &name, &server::client_info(), None).await?;
    go("/app")
}

/// Leaves the organization that the session works in.
#[server]
pub async fn leave_organization() -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    members::leave(&mut cx).await?;
    server::services()?.commit(cx).await?;
    sign_out()
}

/// Deletes the organization that the session works in.
#[server]
pub async fn delete_organization(confirmation: String) -> Result<(), AppError> {
    let mut cx = server::cx().await?;
    organizations::delete(&mut cx, &confirmation).await?;
    server::services()?.commit(cx).await?;
    sign_out()
}

/// Brings a deleted organization back.
#[server]
pub async fn restore_organization(id: OrganizationId) -> Result<(), AppError> {
    let member = server::member().await?;
    let services = server::services()?;
    accounts::restore_organization(&services, &member, id, &server::client_info()).await?;
    server::redirect("/app/settings/organizations");
    Ok(())
}

/// The session has no organization to work in any more: the next sign-in finds another one.
#[cfg(feature = "ssr")]
fn sign_out() -> Result<(), AppError> {
    server::clear_session_cookie(&server::services()?);
    go("/login")
}

/// Without script by the answer; with script the page itself goes on, by a full load: everything is another now.
#[cfg(feature = "ssr")]
fn go(page: &str) -> Result<(), AppError> {
    if server::is_plain_form() {
        server::redirect(page);
    }
    Ok(())
}
