//! What the public pages ask of the server. What signs somebody in gives the address of the page that follows.

mod no_organization;

use base::AppError;
use leptos::prelude::*;
use types::{member::OpenInvitation, user::SecondStepWays};
#[cfg(feature = "ssr")]
use {
    crate::form_page::step_path,
    base::server,
    domain::{
        accounts::{self, Entry},
        invitations,
    },
};

pub use no_organization::{EnterFounded, EnterInvited, EnterRestored, load_openings};

/// Founds an organization with its owner and signs the owner in.
#[server]
pub async fn sign_up(
    organization_name: String,
    name: String,
    email: String,
    password: String,
    locale: String,
) -> Result<String, AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("organization_name", &organization_name), ("name", &name), ("email", &email)]);
    let form = types::organization::SignUp { organization_name, name, email, password, locale };
    let entry = accounts::sign_up(&services, form, &server::client_info()).await?;
    Ok(go_on(&services, entry, None))
}

/// Signs a person in. `next` is the page that was asked for before.
#[server]
pub async fn log_in(email: String, password: String, next: Option<String>) -> Result<String, AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("email", &email)]);
    let entry = accounts::first_step(&services, &email, &password, &server::client_info()).await?;
    Ok(go_on(&services, entry, next.as_deref()))
}

/// Takes the second step of signing in: a code of the authenticator app, or a recovery code.
#[server]
pub async fn second_step(code: String, next: Option<String>) -> Result<String, AppError> {
    let services = server::services()?;
    let ticket = server::hidden_cookie(server::SECOND_STEP_COOKIE).unwrap_or_default();
    let entry = accounts::second_step(&services, &ticket, &code, &server::client_info()).await?;
    Ok(go_on(&services, entry, next.as_deref()))
}

/// What the second step takes, beside recovery codes. Who has no ticket is shown the form for codes.
#[server]
pub async fn load_second_step() -> Result<SecondStepWays, AppError> {
    let ticket = server::hidden_cookie(server::SECOND_STEP_COOKIE).unwrap_or_default();
    match accounts::second_step_ways(&server::services()?, &ticket).await {
        Err(domain::Error::Unauthenticated) => Ok(SecondStepWays { app: true, passkey: false }),
        other => Ok(other?),
    }
}

/// What the device is asked when somebody signs in with a passkey.
#[server]
pub async fn ask_passkey() -> Result<String, AppError> {
    let services = server::services()?;
    let question = accounts::ask_passkey(&services).await?;
    server::set_passkey_cookie(&services, &question.token);
    Ok(question.options)
}

/// Signs in with the device's answer: alone, or as the second step after the password.
#[server]
pub async fn answer_passkey(answer: String, second_step: bool, next: Option<String>) -> Result<String, AppError> {
    let services = server::services()?;
    let (token, client) = (server::hidden_cookie(server::PASSKEY_COOKIE).unwrap_or_default(), server::client_info());
    let entry = if second_step {
        let ticket = server::hidden_cookie(server::SECOND_STEP_COOKIE).unwrap_or_default();
        accounts::passkey_second_step(&services, &ticket, &token, &answer, &client).await?
    } else {
        accounts::passkey_log_in(&services, &token, &answer, &client).await?
    };
    server::clear_hidden_cookie(&services, server::PASSKEY_COOKIE);
    Ok(go_on(&services, entry, next.as_deref()))
}

/// Signs this browser out, also somebody who is on the way in.
#[server]
pub async fn log_out() -> Result<(), AppError> {
    let services = server::services()?;
    if let Some(token) = server::session_token() {
        accounts::log_out(&services, &token).await?;
    }
    server::clear_session_cookie(&services);
    keep_ticket(&services, None);
    leptos_axum::redirect("/login");
    Ok(())
}

/// Sends somebody who is signed in already to the dashboard.
#[server]
pub async fn skip_when_signed_in(next: Option<String>) -> Result<(), AppError> {
    if server::member().await.is_ok() {
        leptos_axum::redirect(base::after_sign_in(next.as_deref()));
    }
    Ok(())
}

/// Asks for a link to a new password. The answer does not tell whether anybody has the address.
#[server]
pub async fn request_reset(email: String) -> Result<(), AppError> {
    base::form_memory::remember(&[("email", &email)]);
    accounts::request_password_reset(&server::services()?, &email).await?;
    leptos_axum::redirect("/reset?sent=1");
    Ok(())
}

/// Whether a link to a new password is good.
#[server]
pub async fn reset_link_is_good(token: String) -> Result<bool, AppError> {
    match accounts::check_reset_link(&server::services()?, &token).await {
        Ok(()) => Ok(true),
        Err(domain::Error::NotFound(_)) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Sets a new password with the link that came by mail.
#[server]
pub async fn reset_password(token: String, password: String) -> Result<(), AppError> {
    accounts::reset_password(&server::services()?, &token, &password, &server::client_info()).await?;
    leptos_axum::redirect("/login?changed=1");
    Ok(())
}

/// Confirms the address of the one who is signed in with the link that came by mail.
#[server]
pub async fn verify_email(token: String) -> Result<(), AppError> {
    let member = server::member().await?;
    accounts::verify_email(&server::services()?, &member, &token).await?;
    leptos_axum::redirect("/verify/done");
    Ok(())
}

/// An invitation, and the address of the one who is signed in. `None` when it is not good (any more).
#[server]
pub async fn load_invitation(token: String) -> Result<Option<(OpenInvitation, Option<String>)>, AppError> {
    let invitation = match invitations::find(&server::services()?, &token).await {
        Ok(invitation) => invitation,
        Err(domain::Error::NotFound(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let signed_in = server::member().await.ok().map(|member| member.me.email);
    Ok(Some((invitation, signed_in)))
}

/// Accepts an invitation as the one who is signed in.
#[server]
pub async fn accept_invitation(token: String) -> Result<String, AppError> {
    let member = server::member().await?;
    invitations::accept(&server::services()?, &member, &token, &server::client_info()).await?;
    Ok(go_to(base::after_sign_in(None)))
}

/// Accepts an invitation as somebody new.
#[server]
pub async fn accept_as_new(token: String, name: String, password: String, locale: String) -> Result<String, AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("name", &name)]);
    let client = server::client_info();
    let signed_in = invitations::accept_as_new(&services, &token, &name, &password, &locale, &client).await?;
    Ok(enter(&services, &signed_in, None))
}

/// Hands what a step of signing in brought to the browser, and gives the page that follows.
#[cfg(feature = "ssr")]
fn go_on(services: &domain::Services, entry: Entry, next: Option<&str>) -> String {
    match entry {
        Entry::SignedIn(signed_in) => enter(services, &signed_in, next),
        Entry::SecondStep(ticket) => {
            keep_ticket(services, Some((server::SECOND_STEP_COOKIE, &ticket)));
            go_to(&step_path("/login/code", next))
        }
        Entry::NoOrganization(ticket) => {
            keep_ticket(services, Some((server::NO_ORGANIZATION_COOKIE, &ticket)));
            go_to(&step_path("/login/organization", next))
        }
    }
}

/// Lets the browser keep the ticket of the step that follows, if any, and no other's, which may be somebody else's.
#[cfg(feature = "ssr")]
fn keep_ticket(services: &domain::Services, ticket: Option<(&str, &str)>) {
    for name in [server::SECOND_STEP_COOKIE, server::NO_ORGANIZATION_COOKIE] {
        match ticket {
            Some((kept, ticket)) if kept == name => server::set_ticket_cookie(services, name, ticket),
            _ if server::hidden_cookie(name).is_some() => server::clear_hidden_cookie(services, name),
            _ => {}
        }
    }
}

/// Hands the session to the browser.
#[cfg(feature = "ssr")]
fn enter(services: &domain::Services, signed_in: &accounts::SignedIn, next: Option<&str>) -> String {
    keep_ticket(services, None);
    server::set_session_cookie(services, &signed_in.token);
    server::set_locale_cookie(services, &signed_in.me.locale);
    go_to(base::after_sign_in(next))
}

/// The page that follows. With script the page goes there itself, by a full load: language and theme may differ.
#[cfg(feature = "ssr")]
fn go_to(page: &str) -> String {
    if server::is_plain_form() {
        leptos_axum::redirect(page);
    }
    page.to_owned()
}
