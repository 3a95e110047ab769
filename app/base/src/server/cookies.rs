//! The cookies of a request and of its answer.

use axum_extra::extract::CookieJar;
use domain::{Services, accounts};
use http::{HeaderValue, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::services;

pub use domain::accounts::SESSION_COOKIE;

/// The cookie that holds the ticket of the second step of signing in.
pub const SECOND_STEP_COOKIE: &str = "biseda_second_step";

/// The cookie that holds the ticket of who belongs to no active organization.
pub const NO_ORGANIZATION_COOKIE: &str = "biseda_no_organization";

/// The cookie that holds the token of the question that a passkey answers.
pub const PASSKEY_COOKIE: &str = "biseda_passkey";

/// The session's token, as the browser sent it.
pub fn session_token() -> Option<String> {
    hidden_cookie(SESSION_COOKIE)
}

/// A cookie of the request that scripts do not see.
pub fn hidden_cookie(name: &str) -> Option<String> {
    cookie(&accounts::hidden_cookie(&services().ok()?.settings, name))
}

/// A cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    CookieJar::from_headers(&parts.headers).get(name).map(|cookie| cookie.value().to_owned())
}

/// Lets the browser keep a session's token.
pub fn set_session_cookie(services: &Services, token: &str) {
    append_cookie(&accounts::session_cookie(&services.settings, Some(token)));
}

/// Takes the session's token from the browser.
pub fn clear_session_cookie(services: &Services) {
    append_cookie(&accounts::session_cookie(&services.settings, None));
}

/// Lets the browser keep a ticket until the next step of signing in.
pub fn set_ticket_cookie(services: &Services, name: &str, ticket: &str) {
    set_cookie(services, name, ticket, 600, true);
}

/// Lets the browser keep the token of the question that it asks its device.
pub fn set_passkey_cookie(services: &Services, token: &str) {
    set_cookie(services, PASSKEY_COOKIE, token, 300, true);
}

/// Takes a ticket or a question's token from the browser.
pub fn clear_hidden_cookie(services: &Services, name: &str) {
    set_cookie(services, name, "", 0, true);
}

/// Lets the browser remember the language.
pub fn set_locale_cookie(services: &Services, locale: &str) {
    set_cookie(services, i18n::LOCALE_COOKIE, locale, 365 * 24 * 3600, false);
}

/// A cookie of one minute that scripts may read.
pub(crate) fn set_short_cookie(name: &str, value: &str) {
    if let Ok(services) = services() {
        set_cookie(&services, name, value, 60, false);
    }
}

fn set_cookie(services: &Services, name: &str, value: &str, seconds: u64, hidden: bool) {
    append_cookie(&accounts::cookie(&services.settings, name, value, seconds, hidden));
}

fn append_cookie(cookie: &str) {
    if let (Some(response), Ok(cookie)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(cookie)) {
        response.append_header(header::SET_COOKIE, cookie);
    }
}
