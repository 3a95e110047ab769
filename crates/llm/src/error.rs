use std::time::Duration;

/// What a client of a provider or a model answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a model gave nothing, by what the caller can do about it.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Down, slow or broken in passing: the same request may work later.
    #[error("the provider did not answer: {reason}")]
    Retryable { reason: String, retry_after: Option<Duration> },
    /// Too many requests, or the account's quota is used up.
    #[error("the provider limits the rate of requests")]
    RateLimited { retry_after: Option<Duration> },
    /// The key is missing, wrong or may not use the model.
    #[error("the provider refused the key: {0}")]
    Unauthorized(String),
    /// The request is wrong (model, address, parameters): trying again is no use.
    #[error("the provider refused the request: {0}")]
    BadRequest(String),
    /// The answer is not what the protocol says.
    #[error("the provider's answer makes no sense: {0}")]
    Rubbish(String),
    /// The stream ended before the answer did.
    #[error("the provider's answer broke off")]
    Cut,
    /// The local model cannot be used.
    #[error("{0}")]
    Local(String),
}

impl Error {
    /// Whether the same request may succeed when it is sent again.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Retryable { .. } | Self::RateLimited { .. } | Self::Cut | Self::Rubbish(_))
    }

    /// How long the provider asks to wait, when it says so.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Retryable { retry_after, .. } | Self::RateLimited { retry_after } => *retry_after,
            _ => None,
        }
    }
}
