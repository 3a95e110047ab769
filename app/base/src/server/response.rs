//! The status of an answer, also of an error, and the ways to other pages.

use http::{HeaderName, HeaderValue, StatusCode, header, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
/// Sends the browser to another page of ours, with or without script.
pub use leptos_axum::redirect;
use types::error::ErrorCode;

use super::is_plain_form;
use crate::{AppError, next::sign_in_path};

/// Sets the status of the page or of the answer.
pub fn set_status(status: u16) {
    if let (Some(response), Ok(status)) = (use_context::<ResponseOptions>(), StatusCode::from_u16(status)) {
        response.set_status(status);
    }
}

/// Sets the status of the page or of the answer to what stands for a code.
pub fn set_status_of(code: ErrorCode) {
    set_status(code.status());
}

/// Gives the answer of a server function called by script the status of its error. A form that was posted without
/// script is sent back to its page instead, and a page that is being rendered keeps its own status.
pub(crate) fn note_status(code: ErrorCode) {
    let Some(parts) = use_context::<Parts>() else { return };
    if parts.uri.path().starts_with("/rpc/") && !is_plain_form() {
        set_status(code.status());
    }
}

/// Sends somebody who is not signed in to the sign-in page, and from there back to where they were going.
pub fn send_to_sign_in() {
    let Some(parts) = use_context::<Parts>() else { return };
    let asked = |uri: &http::Uri| uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    if parts.uri.path().starts_with("/rpc/") {
        // Called by a page's script, which goes there itself.
        let referer = parts.headers.get(header::REFERER).and_then(|value| value.to_str().ok());
        let page = referer.and_then(|address| address.parse().ok()).as_ref().map(asked).unwrap_or_default();
        send_to(&sign_in_path(&page));
    } else {
        send_to(&sign_in_path(&asked(&parts.uri)));
    }
}

/// Sends the browser to another page instead of the one that it asked for.
pub fn send_to(page: &str) {
    let Some(parts) = use_context::<Parts>() else { return };
    if parts.uri.path().starts_with("/rpc/") {
        redirect(page);
    } else if let (Some(response), Ok(place)) = (use_context::<ResponseOptions>(), HeaderValue::from_str(page)) {
        response.insert_header(header::LOCATION, place);
        response.set_status(StatusCode::SEE_OTHER);
    }
}

impl From<domain::Error> for AppError {
    fn from(error: domain::Error) -> Self {
        let code = error.code();
        note_status(code);
        let request_id = use_context::<Parts>().and_then(|parts| {
            let id = parts.headers.get(HeaderName::from_static("x-request-id"))?;
            id.to_str().ok().map(str::to_owned)
        });
        if let domain::Error::Internal(cause) = &error {
            tracing::error!(error = format!("{cause:#}"), request_id, "a server function failed");
        }
        let request_id = request_id.filter(|_| code == ErrorCode::Internal);
        Self { code, message: error.to_string(), details: error.details().to_vec(), request_id }
    }
}
