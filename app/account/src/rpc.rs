//! What the public pages ask of the server.

use base::AppError;
use leptos::prelude::*;
#[cfg(feature = "ssr")]
use {base::server, domain::accounts};

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

/// Signs a person in. `next` is the page that was asked for before.
#[server]
pub async fn log_in(email: String, password: String, next: Option<String>) -> Result<(), AppError> {
    let services = server::services()?;
    base::form_memory::remember(&[("email", &email)]);
    let signed_in = accounts::log_in(&services, &email, &password, &server::client_info()).await?;
    enter(&services, &signed_in, next.as_deref());
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
