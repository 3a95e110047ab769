//! The error that a person or program outside can act on.

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

/// Message of a conflict: the page that asks is older than the server, or was made for another member, and must be loaded anew.
pub const OUTDATED: &str = "outdated";

text_enum! {
    /// What went wrong, as a stable word. Screens translate it; programs branch on it.
    ErrorCode {
        /// Nobody is signed in, or the token is not valid.
        Unauthenticated = "unauthenticated",
        /// Signed in, but not allowed.
        Forbidden = "forbidden",
        /// The operator of the service has suspended the organization.
        Suspended = "suspended",
        /// The organization has as many of something as the operator of the service allows.
        LimitReached = "limit_reached",
        /// Only for those whose sign-in has a second step.
        SecondFactor = "second_factor",
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

impl ErrorCode {
    /// The HTTP status that stands for it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Unauthenticated | Self::InvalidCredentials => 401,
            Self::Forbidden | Self::Suspended | Self::LimitReached | Self::SecondFactor => 403,
            Self::NotFound => 404,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::Validation => 422,
            Self::RateLimited => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }
}

text_enum! {
    /// The rule that a field breaks, as a stable word. Screens translate it; programs branch on it.
    FieldRule {
        /// A value is needed.
        Missing = "missing",
        /// Text of at least [`FieldError::limit`] characters.
        TooShort = "too_short",
        /// Text of at most [`FieldError::limit`] characters.
        TooLong = "too_long",
        /// A number of at least [`FieldError::limit`].
        TooSmall = "too_small",
        /// A number of at most [`FieldError::limit`].
        TooLarge = "too_large",
        /// A list of at most [`FieldError::limit`] entries.
        TooMany = "too_many",
        /// A number.
        Number = "number",
        /// An e-mail address.
        Email = "email",
        /// An address that begins with http or https.
        WebAddress = "web_address",
        /// A public address, without user name and password.
        PublicAddress = "public_address",
        /// A host name.
        Host = "host",
        /// A telephone number.
        Phone = "phone",
        /// A name of the IANA time zone database.
        TimeZone = "time_zone",
        /// A language tag.
        Language = "language",
        /// A colour as #rrggbb.
        Color = "color",
        /// Letters, digits, - and _.
        Shortcut = "shortcut",
        /// A key without spaces.
        ApiKey = "api_key",
        /// The key, once more: its provider changes.
        ApiKeyAgain = "api_key_again",
        /// A time within the coming year.
        ComingYear = "coming_year",
        /// A file whose kind is accepted.
        FileKind = "file_kind",
        /// A file that arrived whole.
        BrokenUpload = "broken_upload",
        /// A value that nothing else has.
        Taken = "taken",
        /// The name of something that is there.
        NotThere = "not_there",
        /// The present password.
        WrongPassword = "wrong_password",
        /// A password that is not the address.
        PasswordIsAddress = "password_is_address",
        /// A name without a web address.
        NoAddress = "no_address",
        /// The same as what it confirms.
        Mismatch = "mismatch",
        /// Any other; the message says which.
        Other = "other",
    }
}

impl FieldRule {
    /// The rule as a clause that begins with its verb, in English.
    fn clause(self, limit: u64) -> String {
        let clause = match self {
            Self::TooShort => return format!("is too short: at least {limit} characters"),
            Self::TooLong => return format!("is too long: at most {limit} characters"),
            Self::TooSmall => return format!("is too small: at least {limit}"),
            Self::TooLarge => return format!("is too large: at most {limit}"),
            Self::TooMany => return format!("has too many entries: at most {limit}"),
            Self::Missing => "is missing",
            Self::Number => "must be a number",
            Self::Email => "must be a valid e-mail address, such as name@example.com",
            Self::WebAddress => "must be a valid web address, such as https://example.com",
            Self::PublicAddress => "must not contain a user name or password: only public pages are read",
            Self::Host => "must be a host, such as example.com or *.example.com",
            Self::Phone => "must be a valid phone number, such as +355 69 123 4567",
            Self::TimeZone => "must be a time zone, such as Europe/Tirane",
            Self::Language => "must be a language code, such as en or sq",
            Self::Color => "must be a colour, such as #4f46e5",
            Self::Shortcut => "must be 1 to 40 letters (a to z), digits, - or _",
            Self::ApiKey => "must be a key, without spaces or other characters that keys never contain",
            Self::ApiKeyAgain => "must be entered again, because the provider or its address is changing",
            Self::ComingYear => "must be a time within the next year",
            Self::FileKind => {
                "is of a type that is not accepted: send a picture, PDF, text, office, sound or video file"
            }
            Self::BrokenUpload => "did not arrive completely: upload it again",
            Self::Taken => "already exists: choose another",
            Self::NotThere => "refers to something that does not exist (any more): choose again",
            Self::WrongPassword => "is not your current password",
            Self::PasswordIsAddress => "must not be the e-mail address",
            Self::NoAddress => "must not contain a web address",
            Self::Mismatch => "does not match; nothing was done",
            Self::Other => "is not accepted",
        };
        clause.to_owned()
    }
}

/// One field that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Name of the argument or JSON field.
    pub field: String,
    /// The rule that is broken.
    pub rule: FieldRule,
    /// The limit, for rules that have one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u64>,
    /// What is wrong and what would be valid, in plain English.
    pub message: String,
}

impl FieldError {
    /// A field that breaks a rule; `limit` is the rule's number.
    pub fn new(field: &str, rule: FieldRule, limit: Option<u64>) -> Self {
        Self { field: field.to_owned(), rule, limit, message: rule.clause(limit.unwrap_or_default()) }
    }

    /// A field that breaks a rule of its own.
    pub fn other(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), rule: FieldRule::Other, limit: None, message: message.into() }
    }
}

/// A word that is none of an enum's values.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is not a valid {kind}")]
pub struct UnknownWord {
    /// The enum.
    pub kind: &'static str,
    /// The word that was given.
    pub word: String,
}
