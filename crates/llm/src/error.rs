use std::time::Duration;

/// Of a provider's words so many characters are kept.
const MAX_WORDS: usize = 300;

/// What a client of a provider or a model answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a model gave nothing, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Down, slow or broken in passing: the same request may work later.
    #[error("the provider did not answer: {reason}")]
    Retryable { reason: String, retry_after: Option<Duration> },
    /// Too many requests at once.
    #[error("the provider limits the rate of requests")]
    RateLimited { retry_after: Option<Duration> },
    /// The key is missing, wrong or may not use the model, or the account's quota is used up.
    #[error("the provider refused the key: {0}")]
    Unauthorized(String),
    /// The request is wrong (model, address, parameters): trying again is no use.
    #[error("the provider refused the request: {0}")]
    BadRequest(String),
    /// The answer is not what the protocol says.
    #[error("the provider's answer makes no sense: {0}")]
    InvalidResponse(String),
    /// The stream ended before the answer did.
    #[error("the provider's answer broke off")]
    Truncated,
    /// The local model cannot be used.
    #[error("{0}")]
    Local(String),
}

impl Error {
    /// Whether the same request may succeed when it is sent again.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Retryable { .. } | Self::RateLimited { .. } | Self::Truncated | Self::InvalidResponse(_))
    }

    /// The same in words that may be logged and shown: on one line, not too long, and without the key, which some
    /// servers repeat.
    pub(crate) fn redacted(self, key: &str) -> Self {
        let words = |words: String| {
            let words = if key.is_empty() { words } else { words.replace(key, "…") };
            let words = words.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
            words.collect::<Vec<_>>().join(" ").chars().take(MAX_WORDS).collect()
        };
        match self {
            Self::Retryable { reason, retry_after } => Self::Retryable { reason: words(reason), retry_after },
            Self::Unauthorized(reason) => Self::Unauthorized(words(reason)),
            Self::BadRequest(reason) => Self::BadRequest(words(reason)),
            Self::InvalidResponse(reason) => Self::InvalidResponse(words(reason)),
            other => other,
        }
    }

    /// How long the provider asks to wait, when it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retryable { retry_after, .. } | Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_others_stay_on_their_line_and_tell_no_key() {
        let said = || "wrong key sk-secret\r\n2026-01-01 ERROR\0 forged ".to_owned() + &"x".repeat(1000);
        for error in [
            Error::Retryable { reason: said(), retry_after: None },
            Error::Unauthorized(said()),
            Error::BadRequest(said()),
            Error::InvalidResponse(said()),
        ] {
            let told = error.redacted("sk-secret").to_string();
            assert!(
                told.contains("wrong key … 2026") && !told.contains(char::is_control) && told.len() < 400,
                "{told}"
            );
        }
    }
}
