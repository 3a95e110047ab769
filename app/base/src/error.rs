use i18n::*;
use leptos::{
    prelude::*,
    server_fn::{
        ServerFn,
        codec::JsonEncoding,
        error::{FromServerFnError, ServerFnErrorErr},
    },
};
use serde::{Deserialize, Serialize};
use types::error::{ErrorCode, FieldError, OUTDATED};

use crate::field_text::field_text;

/// Message of an error that the browser made itself: no answer came. What was asked may have arrived all the same.
const OFFLINE: &str = "offline";

/// Why a server function did not do what was asked. Screens show a text for the code ([`error_text`]), never the
/// message itself where it came through a URL.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct AppError {
    pub code: ErrorCode,
    /// Safe to show to the person who asked.
    pub message: String,
    /// The fields that break a rule.
    #[serde(default)]
    pub details: Vec<FieldError>,
    /// Under this id the log has the cause of an internal error.
    #[serde(default)]
    pub request_id: Option<String>,
}

impl AppError {
    /// An error with a code and a safe message.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), details: Vec::new(), request_id: None }
    }

    /// What the browser says itself when no answer came.
    pub fn offline() -> Self {
        Self::new(ErrorCode::Unavailable, OFFLINE)
    }

    /// Whether the browser got no answer from the server.
    pub fn is_offline(&self) -> bool {
        self.code == ErrorCode::Unavailable && self.message == OFFLINE
    }

    /// Whether how things stand forbids it.
    pub fn is_conflict(&self) -> bool {
        self.code == ErrorCode::Conflict && !self.is_outdated()
    }

    /// Whether the page must be loaded anew: it is older than the server, or was made for another member.
    pub fn is_outdated(&self) -> bool {
        self.code == ErrorCode::Conflict && self.message == OUTDATED
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        use ServerFnErrorErr::{Args, Deserialization, MissingArg, Request};
        match error {
            Request(_) => Self::new(ErrorCode::Unavailable, OFFLINE),
            // One side did not know the function, or sent another shape than the other reads.
            Deserialization(_) => {
                #[cfg(feature = "ssr")]
                crate::server::note_status(ErrorCode::Conflict);
                Self::new(ErrorCode::Conflict, OUTDATED)
            }
            Args(message) | MissingArg(message) => {
                #[cfg(feature = "ssr")]
                crate::server::note_status(ErrorCode::Validation);
                Self::new(ErrorCode::Validation, message)
            }
            _ => Self::new(ErrorCode::Internal, "internal error"),
        }
    }
}

/// What to tell the person, in their language.
pub fn error_text(i18n: I18n, error: &AppError) -> String {
    let text = if error.is_offline() {
        tu_string!(i18n, common.error.offline)
    } else if error.is_outdated() {
        tu_string!(i18n, common.error.outdated)
    } else {
        match error.code {
            ErrorCode::Unauthenticated => tu_string!(i18n, common.error.unauthenticated),
            ErrorCode::Forbidden => tu_string!(i18n, common.error.forbidden),
            // With the operator's reason, which members are told.
            ErrorCode::Suspended => match error.details.first() {
                Some(reason) => return format!("{} {}", tu_string!(i18n, common.error.suspended), reason.message),
                None => tu_string!(i18n, common.error.suspended),
            },
            ErrorCode::LimitReached => tu_string!(i18n, common.error.limit_reached),
            ErrorCode::SecondFactor => tu_string!(i18n, common.error.second_factor),
            ErrorCode::NotFound => tu_string!(i18n, common.error.not_found),
            ErrorCode::Validation => tu_string!(i18n, common.error.validation),
            ErrorCode::Conflict => tu_string!(i18n, common.error.conflict),
            ErrorCode::RateLimited => tu_string!(i18n, common.error.rate_limited),
            ErrorCode::TooLarge => tu_string!(i18n, common.error.too_large),
            ErrorCode::InvalidCredentials => tu_string!(i18n, common.error.invalid_credentials),
            ErrorCode::Unavailable => tu_string!(i18n, common.error.unavailable),
            ErrorCode::Internal => tu_string!(i18n, common.error.internal),
        }
    };
    text.to_string()
}

/// The error of the action's last answer, for [`crate::FormErrors`].
pub fn action_error<F>(action: ServerAction<F>) -> Signal<Option<AppError>>
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    Signal::derive(move || action.value().get().and_then(Result::err))
}

/// The fields of a form that the last answer of its action refused, for `errors` of the fields.
pub fn field_errors<F>(action: ServerAction<F>) -> Signal<Vec<(String, String)>>
where
    F: ServerFn<Error = AppError> + Clone + Send + Sync + 'static,
    F::Output: Clone + Send + Sync + 'static,
{
    let i18n = use_i18n();
    Signal::derive(move || {
        let details = action_error(action).get().map(|error| error.details).unwrap_or_default();
        details.into_iter().map(|detail| (detail.field.clone(), field_text(i18n, &detail))).collect()
    })
}
