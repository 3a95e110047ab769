use std::error::Error as _;

use crate::address::{NoAddress, PrivateAddress};

/// The answer of an outgoing request.
pub type Result<T> = std::result::Result<T, Error>;

/// Why nothing came back, in words that a person can act on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// No http(s) address, or one with a password in it.
    #[error("the address is not usable: {0}")]
    InvalidUrl(String),
    /// A private, local or reserved address that the operator has not allowed.
    #[error("{0} is a private or reserved network address, which this installation does not fetch")]
    Private(String),
    /// The name is unknown.
    #[error("the name {0} has no address")]
    NoAddress(String),
    /// The server refused the connection or cannot be reached.
    #[error("no connection to {host}: {reason}")]
    Connect {
        /// Name and port.
        host: String,
        /// The system's words.
        reason: String,
    },
    /// Nothing, or not everything, came in time.
    #[error("{0} did not answer in time")]
    Timeout(String),
    /// More bytes than allowed, after decompression.
    #[error("the answer is larger than {} MB", .limit / (1024 * 1024))]
    TooLarge {
        /// Bytes.
        limit: u64,
    },
    /// Redirects in a circle or without end.
    #[error("the address redirects more than {0} times")]
    TooManyRedirects(usize),
    /// A redirect to where the caller does not want to go.
    #[error("the address redirects to {0}, which is outside of what is read")]
    RedirectRefused(String),
    /// The connection broke, or the answer is no HTTP.
    #[error("the answer of {host} broke off: {reason}")]
    Broken {
        /// Name and port.
        host: String,
        /// The system's words.
        reason: String,
    },
    /// What must be had before anything else of the site (robots.txt) is answered with a server error.
    #[error("the site has a fault (it answers {0})")]
    ServerFault(u16),
}

impl Error {
    /// Whether the same request may succeed later.
    pub fn is_temporary(&self) -> bool {
        matches!(
            self,
            Self::Connect { .. } | Self::Timeout(_) | Self::Broken { .. } | Self::NoAddress(_) | Self::ServerFault(_)
        )
    }

    /// From what the HTTP library says.
    pub(crate) fn from_reqwest(error: &reqwest::Error, host: &str) -> Self {
        let mut cause = error.source();
        let mut reason = error.to_string();
        while let Some(inner) = cause {
            if let Some(private) = inner.downcast_ref::<PrivateAddress>() {
                return Self::Private(private.host.clone());
            }
            if let Some(none) = inner.downcast_ref::<NoAddress>() {
                return Self::NoAddress(none.host.clone());
            }
            reason = inner.to_string();
            cause = inner.source();
        }
        let host = host.to_owned();
        if error.is_timeout() {
            Self::Timeout(host)
        } else if error.is_connect() {
            Self::Connect { host, reason }
        } else {
            Self::Broken { host, reason }
        }
    }
}
