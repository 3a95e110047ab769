use types::{
    error::{ErrorCode, FieldError, FieldRule, UnknownWord},
    permission::Permission,
};

use crate::deadlock;

/// What a verb answers when it does not do what was asked.
pub type Result<T> = std::result::Result<T, Error>;

/// An error that a person can act on, or a fault of ours with its cause for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or a token is not valid.
    #[error("sign in first")]
    Unauthenticated,
    /// Address or password are wrong, or the account is locked; the answer does not tell which.
    #[error("the address or the password is wrong, or there were too many attempts")]
    InvalidCredentials,
    /// The actor lacks the permission.
    #[error("this requires the permission {0}")]
    Forbidden(Permission),
    /// The operator has suspended the organization. Holds the operator's reason as a detail, for its members and programs:
    /// see [`Error::suspended`].
    #[error("this organization is suspended; nothing is lost: contact the operator of this service")]
    Suspended(Vec<FieldError>),
    /// The organization has as many of something as the operator allows.
    #[error("{0}")]
    LimitReached(String),
    /// Only for those whose sign-in has a second step.
    #[error("this requires a second factor: set one up in your profile first")]
    SecondFactorNeeded,
    /// An action that nobody may do here, with the reason.
    #[error("{0}")]
    Refused(&'static str),
    /// No such row in this organization.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// The input breaks a rule.
    #[error("the input breaks a rule: {}", .0.iter().map(|field| format!("{}: {}", field.field, field.message)).collect::<Vec<_>>().join("; "))]
    Validation(Vec<FieldError>),
    /// The thing has changed since, or exists already.
    #[error("{0}")]
    Conflict(String),
    /// Too many attempts.
    #[error("too many attempts; try again in {retry_after_seconds} seconds")]
    RateLimited { retry_after_seconds: u64 },
    /// Larger than allowed.
    #[error("{0}")]
    TooLarge(String),
    /// Something that we depend on did not answer.
    #[error("{0}")]
    Unavailable(String),
    /// It was given up. What a statement began is undone; what a request began may have been done to the end.
    #[error("this took too long; look at what came of it before you try again")]
    TookTooLong,
    /// The disk has no room for files.
    #[error("this installation has no space left for files: its operator has to free some")]
    NoRoom,
    /// A fault of ours.
    #[error("internal error")]
    Internal(#[source] anyhow::Error),
}

impl Error {
    /// One field that breaks a rule.
    pub fn rule(field: &str, rule: FieldRule) -> Self {
        Self::Validation(vec![FieldError::new(field, rule, None)])
    }

    /// One field that breaks a rule with a number in it.
    pub fn limit(field: &str, rule: FieldRule, limit: usize) -> Self {
        Self::Validation(vec![FieldError::new(field, rule, Some(limit as u64))])
    }

    /// One field that breaks a rule of its own, in plain words.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Validation(vec![FieldError::other(field, message)])
    }

    /// A file above a limit of so many bytes, which are whole megabytes.
    pub fn larger_file(limit: u64) -> Self {
        Self::TooLarge(format!("the file is larger than {} MB", limit / (1024 * 1024)))
    }

    /// A suspended organization, with the operator's reason where its members or programs are told.
    pub fn suspended(reason: Option<&str>) -> Self {
        Self::Suspended(reason.map(|reason| FieldError::other("reason", reason)).into_iter().collect())
    }

    /// The stable word for it.
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::InvalidCredentials => ErrorCode::InvalidCredentials,
            Self::Forbidden(_) | Self::Refused(_) => ErrorCode::Forbidden,
            Self::Suspended(_) => ErrorCode::Suspended,
            Self::LimitReached(_) => ErrorCode::LimitReached,
            Self::SecondFactorNeeded => ErrorCode::SecondFactor,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::Validation(_) => ErrorCode::Validation,
            Self::Conflict(_) => ErrorCode::Conflict,
            Self::RateLimited { .. } => ErrorCode::RateLimited,
            Self::TooLarge(_) => ErrorCode::TooLarge,
            Self::Unavailable(_) | Self::TookTooLong | Self::NoRoom => ErrorCode::Unavailable,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// The fields that break a rule, when that is the error; of a suspended organization the reason, where it is told.
    pub fn details(&self) -> &[FieldError] {
        match self {
            Self::Validation(fields) | Self::Suspended(fields) => fields,
            _ => &[],
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::PoolTimedOut => Self::Unavailable("the database is busy; try again".into()),
            away if is_away(&away) => {
                tracing::warn!(error = %away, "the database went away");
                Self::Unavailable("the database is not responding; try again".into())
            }
            given_up if has_code(&given_up, &["57014"]) => {
                tracing::warn!(error = %given_up, "a statement took too long");
                Self::TookTooLong
            }
            undone if has_code(&undone, &["40", "55P03"]) => {
                tracing::warn!(error = %undone, "two transactions were in each other's way");
                deadlock::note();
                Self::Unavailable("someone else changed this at the same moment; try again".into())
            }
            gone if has_code(&gone, &["23503"]) => {
                tracing::warn!(error = %gone, "what a row refers to went at the same moment");
                Self::Conflict("what this refers to has just been removed; reload and try again".into())
            }
            other => Self::Internal(other.into()),
        }
    }
}

/// Whether the connection was lost or refused rather than the statement: SQLSTATE class 08, class 53 (its disk is full, it
/// has no memory or too many connections), and what a server says that stops or starts (57P01 to 57P03), or that ends a
/// session that rested for too long (25P03).
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed => true,
        // A server that dies while a connection is made may answer with half a word.
        sqlx::Error::Protocol(_) | sqlx::Error::Tls(_) => true,
        other => has_code(other, &["08", "53", "25P03", "57P01", "57P02", "57P03"]),
    }
}

/// Whether the database refused with one of these SQLSTATEs or classes of them.
fn has_code(error: &sqlx::Error, codes: &[&str]) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.is_some_and(|code| codes.iter().any(|one| code.starts_with(one)))
}

impl From<anyhow::Error> for Error {
    fn from(error: anyhow::Error) -> Self {
        Self::Internal(error)
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(error.into())
    }
}

/// A word in the database that the program does not know.
impl From<UnknownWord> for Error {
    fn from(error: UnknownWord) -> Self {
        Self::Internal(error.into())
    }
}

/// Asks for a permission inside a verb: `require(cx, Permission::ChannelsWrite)?`.
///
/// # Errors
/// [`Error::Forbidden`] when the actor lacks it.
pub(crate) fn require(cx: &db::Cx, permission: Permission) -> Result<()> {
    if cx.actor().may(permission) { Ok(()) } else { Err(Error::Forbidden(permission)) }
}

/// Asks that a member acts in person: an operator who works as the member does not change how people and programs get in.
///
/// # Errors
/// [`Error::Refused`] for an operator at work as a member.
pub(crate) fn require_in_person(cx: &db::Cx) -> Result<()> {
    if cx.actor().impersonator().is_none() { Ok(()) } else { Err(IN_PERSON) }
}

/// What operators are told who work as a member.
pub(crate) const IN_PERSON: Error = Error::Refused("only the member can do that, not an operator working as them");
