//! What the public pages ask of the server.

use base::AppError;
use leptos::prelude::*;
use types::{member::OpenInvitation, user::SecondStepWays};
#[cfg(feature = "ssr")]
use {
    base::server,
    domain::{accounts, invitations},
};

/// Founds an organization with its owner and signs the owner in.
#[server]
pub async fn sign_up(
    organization_name: String,
    name: String,
    email: String,
    password: String,
    locale: String,
) -> Result<(), AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("organization_name", &organization_name), ("name", &name), ("email", &email)]);
    let form = types::organization::SignUp { organization_name, name, email, password, locale };
    let signed_in = accounts::sign_up(&services, form, &server::client_info()).await?;
    enter(&services, &signed_in, None);
    Ok(())
}

/// Signs a person in. `next` is the page that was asked for before. False: a code is still to be given, at `/login/code`.
#[server]
pub async fn log_in(email: String, password: String, next: Option<String>) -> Result<bool, AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("email", &email)]);
    match accounts::first_step(&services, &email, &password, &server::client_info()).await? {
        accounts::Entry::SignedIn(signed_in) => {
            enter(&services, &signed_in, next.as_deref());
            Ok(true)
        }
        accounts::Entry::SecondStep(ticket) => {
            server::set_second_step_cookie(&services, &ticket);
            if server::is_plain_form() {
                leptos_axum::redirect(&crate::code::path(next.as_deref()));
            }
            Ok(false)
        }
    }
}

/// Takes the second step of signing in: a code of the authenticator app, or a recovery code.
#[server]
pub async fn second_step(code: String, next: Option<String>) -> Result<(), AppError> {
    let services = server::services()?;
    let ticket = server::hidden_cookie(server::SECOND_STEP_COOKIE).unwrap_or_default();
    let signed_in = accounts::second_step(&services, &ticket, &code, &server::client_info()).await?;
    server::clear_second_step_cookie(&services);
    enter(&services, &signed_in, next.as_deref());
    Ok(())
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
pub async fn answer_passkey(answer: String, second_step: bool) -> Result<(), AppError> {
    let services = server::services()?;
    let (token, client) = (server::hidden_cookie(server::PASSKEY_COOKIE).unwrap_or_default(), server::client_info());
    let signed_in = if second_step {
        let ticket = server::hidden_cookie(server::SECOND_STEP_COOKIE).unwrap_or_default();
        accounts::passkey_second_step(&services, &ticket, &token, &answer, &client).await?
    } else {
        accounts::passkey_log_in(&services, &token, &answer, &client).await?
    };
    server::clear_second_step_cookie(&services);
    server::clear_passkey_cookie(&services);
    enter(&services, &signed_in, None);
    Ok(())
}

/// Signs this browser out.
#[server]
pub async fn log_out() -> Result<(), AppError> {
    let services = server::services()?;
    if let Some(token) = server::session_token() {
        accounts::log_out(&services, &token).await?;
    }
    server::clear_session_cookie(&services);
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

/// Confirms an address with the link that came by mail.
#[server]
pub async fn verify_email(token: String) -> Result<(), AppError> {
    accounts::verify_email(&server::services()?, &token).await?;
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
pub async fn accept_invitation(token: String) -> Result<(), AppError> {
    let member = server::member().await?;
    invitations::accept(&server::services()?, &member, &token, &server::client_info()).await?;
    if server::is_plain_form() {
        leptos_axum::redirect("/app");
    }
    Ok(())
}

/// Accepts an invitation as somebody new.
#[server]
pub async fn accept_as_new(token: String, name: String, password: String, locale: String) -> Result<(), AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("name", &name)]);
    let client = server::client_info();
    let signed_in = invitations::accept_as_new(&services, &token, &name, &password, &locale, &client).await?;
    enter(&services, &signed_in, None);
    Ok(())
}

/// Hands the session to the browser. With script the page itself goes on to the dashboard, by a full load: language
/// and theme may differ.
#[cfg(feature = "ssr")]
fn enter(services: &domain::Services, signed_in: &accounts::SignedIn, next: Option<&str>) {
    server::set_session_cookie(services, &signed_in.token);
    server::set_locale_cookie(services, &signed_in.me.locale);
    if server::is_plain_form() {
        leptos_axum::redirect(base::after_sign_in(next));
    }
}
