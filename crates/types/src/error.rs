//! The error that a person or program outside can act on.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

text_enum! {
    /// What went wrong, as a stable word. Screens translate it; programs branch on it.
    ErrorCode {
        /// Nobody is signed in, or the token is not valid.
        Unauthenticated = "unauthenticated",
        /// Signed in, but not allowed.
        Forbidden = "forbidden",
        /// There is no such thing, or it belongs to another organization.
        NotFound = "not_found",
        /// The input breaks a rule; see the details.
        Validation = "validation",
        /// The thing has changed since, or exists already.
        Conflict = "conflict",
        /// Too many attempts; try again later.
        RateLimited = "rate_limited",
        /// The body, file or text is larger than allowed.
        TooLarge = "too_large",
        /// Sign-in failed: address or password are wrong.
        InvalidCredentials = "invalid_credentials",
        /// A dependency (model, database, address) did not answer.
        Unavailable = "unavailable",
        /// A fault of ours; the log has it under the request id.
        Internal = "internal",
    }
}

/// One field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// Name of the argument or JSON field.
    pub field: String,
    /// What is wrong with it and what would be right, in plain words.
    pub message: String,
}

/// A word that is none of an enum's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no {kind}")]
pub struct UnknownWord {
    /// The enum.
    pub kind: &'static str,
    /// The word that was given.
    pub word: String,
}
