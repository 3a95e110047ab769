//! What others say of a page or file that was not read, by our codes.

use outbound::Error;
use text::ExtractError;
use types::{
    knowledge::{NotRead, NotReadCode as Code},
    reason::ReasonCode,
};

/// Why an address gave nothing.
pub(super) fn of_address(error: Error) -> NotRead {
    match error {
        Error::InvalidUrl(words) => Code::InvalidAddress.said(words),
        Error::Private(host) => Code::PrivateAddress.of(host),
        Error::NoAddress(host) => Code::UnknownHost.of(host),
        Error::Connect { host, reason } => NotRead { words: Some(reason), ..Code::NoConnection.of(host) },
        Error::Timeout(host) => Code::NoAnswer.of(host),
        Error::TooLarge { limit } => Code::LargeAnswer.number(limit / (1024 * 1024)),
        Error::TooManyRedirects(most) => Code::Redirects.number(most as u64),
        Error::RedirectRefused(target) => Code::RedirectsAway.of(target),
        Error::Broken { host, reason } => NotRead { words: Some(reason), ..Code::BrokenAnswer.of(host) },
        Error::ServerFault(status) => Code::SiteFault.number(status),
    }
}

/// Why a document has no text.
pub(super) fn of_document(error: ExtractError) -> NotRead {
    match error {
        ExtractError::Unsupported(kind) => Code::Unsupported.of(kind),
        ExtractError::Encrypted => Code::Encrypted.into(),
        ExtractError::Scanned => Code::Scanned.into(),
        ExtractError::Broken(words) => Code::Damaged.said(words),
        ExtractError::TooLarge(words) => Code::TooLarge.said(words),
        ExtractError::Empty => Code::NoText.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_those_of_the_errors() {
        let text = String::from;
        for error in [
            Error::InvalidUrl(text("it names no host")),
            Error::Private(text("10.0.0.1")),
            Error::NoAddress(text("shop.example")),
            Error::Connect { host: text("shop.example:443"), reason: text("Connection refused") },
            Error::Timeout(text("shop.example")),
            Error::TooLarge { limit: 20 * 1024 * 1024 },
            Error::TooManyRedirects(10),
            Error::RedirectRefused(text("https://other.example/")),
            Error::Broken { host: text("shop.example"), reason: text("connection reset") },
            Error::ServerFault(503),
        ] {
            assert_eq!(of_address(error.clone()).to_string(), error.to_string());
        }
        for error in [
            ExtractError::Unsupported(text("a ZIP archive")),
            ExtractError::Encrypted,
            ExtractError::Scanned,
            ExtractError::Broken(text("it has no pages")),
            ExtractError::TooLarge(text("more than 50 MB of text")),
            ExtractError::Empty,
        ] {
            assert_eq!(of_document(error.clone()).to_string(), error.to_string());
        }
    }
}
