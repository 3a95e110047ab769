//! How one's own sign-in is secured.

use base::AppError;
use leptos::prelude::*;
use types::{
    id::PasskeyId,
    user::{SecondFactorSetup, Security},
};

#[cfg(feature = "ssr")]
use {base::server, domain::accounts};

/// How sign-in is secured, and a second factor that waits for its first code, with its recovery codes.
#[server]
pub async fn load_security() -> Result<(Security, Option<(SecondFactorSetup, Vec<String>)>), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    let security = accounts::security(&services, member.me.user_id).await?;
    Ok((security, accounts::pending_second_factor(&services, &member).await?))
}

/// Sends another link that confirms the address.
#[server]
pub async fn send_verification() -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    accounts::request_verification(&services, &member).await?;
    server::redirect("/app/settings/profile?sent=1");
    Ok(())
}

/// Begins to set up a second factor.
#[server]
pub async fn begin_second_factor(password: String) -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::begin_second_factor(&services, &member, &password).await?)
}

/// Puts it in force with its first code.
#[server]
pub async fn confirm_second_factor(code: String) -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::confirm_second_factor(&services, &member, &code).await?)
}

/// Takes the second factor away.
#[server]
pub async fn remove_second_factor(password: String) -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::remove_second_factor(&services, &member, &password).await?)
}

/// Begins to add a passkey: what the device is asked.
#[server]
pub async fn begin_passkey(name: String, password: String) -> Result<String, AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::begin_passkey(&services, &member, &name, &password).await?)
}

/// Adds the passkey that the device answered with; gives recovery codes to who has none.
#[server]
pub async fn finish_passkey(answer: String) -> Result<Vec<String>, AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::finish_passkey(&services, &member, &answer).await?)
}

/// Gives a passkey another name.
#[server]
pub async fn rename_passkey(id: PasskeyId, name: String) -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::rename_passkey(&services, &member, id, &name).await?)
}

/// Takes a passkey away.
#[server]
pub async fn remove_passkey(id: PasskeyId, password: String) -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    Ok(accounts::remove_passkey(&services, &member, id, &password).await?)
}

/// Signs all other browsers out.
#[server]
pub async fn end_other_sessions() -> Result<(), AppError> {
    let (services, member) = (server::services()?, server::member().await?);
    member.in_person()?;
    Ok(accounts::end_sessions(&services, member.me.user_id, Some(member.session_id)).await?)
}
