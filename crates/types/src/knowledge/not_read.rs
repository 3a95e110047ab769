//! Why a page, a file or a whole source was not read.

use std::fmt;

use crate::{
    reason::{Reason, ReasonCode},
    text_enum::text_enum,
};

text_enum! {
    /// Why something was not read, as a stable word. Screens translate it; programs branch on it.
    NotReadCode {
        /// The address cannot be used, as [`Reason::words`] say.
        InvalidAddress = "invalid_address",
        /// The host, [`Reason::subject`], lies in a private network.
        PrivateAddress = "private_address",
        /// The name of the host has no address.
        UnknownHost = "unknown_host",
        /// No connection to the host.
        NoConnection = "no_connection",
        /// The host did not answer in time.
        NoAnswer = "no_answer",
        /// The answer of the host ended too soon.
        BrokenAnswer = "broken_answer",
        /// The answer is larger than [`Reason::number`] MB.
        LargeAnswer = "large_answer",
        /// The address redirects more than [`Reason::number`] times.
        Redirects = "redirects",
        /// The address redirects to the subject, which is outside of what is read.
        RedirectsAway = "redirects_away",
        /// The page asks for a sign-in, by the status [`Reason::number`].
        NotPublic = "not_public",
        /// The page does not exist, by the status [`Reason::number`].
        NotThere = "not_there",
        /// The site asks to be left alone for a while, by the status [`Reason::number`].
        TooManyRequests = "too_many_requests",
        /// The site has a fault, by the status [`Reason::number`].
        SiteFault = "site_fault",
        /// The page answers with another status than success.
        OtherStatus = "other_status",
        /// robots.txt of the site forbids the page.
        RobotsForbid = "robots_forbid",
        /// robots.txt of the site cannot be had, for [`Reason::cause`].
        NoRobots = "no_robots",
        /// The page has no text, only links.
        OnlyLinks = "only_links",
        /// The page at the subject says the same.
        SameText = "same_text",
        /// Of a kind that is not read: the subject.
        Unsupported = "unsupported",
        /// Protected with a password.
        Encrypted = "encrypted",
        /// Pictures of text.
        Scanned = "scanned",
        /// Damaged, or too complicated.
        Damaged = "damaged",
        /// More text or parts than are read.
        TooLarge = "too_large",
        /// No text.
        NoText = "no_text",
        /// Given up after [`Reason::number`] seconds.
        TooSlow = "too_slow",
        /// The file is no longer on this installation's disk.
        FileMissing = "file_missing",
        /// The source has no content.
        NoContent = "no_content",
        /// The embedding model failed, as [`Reason::words`] say.
        EmbeddingFailed = "embedding_failed",
        /// A fault of this installation.
        InstallationFault = "installation_fault",
        /// Failed again and again; the log of this installation says why.
        GivenUp = "given_up",
        /// There was no page.
        NothingRead = "nothing_read",
        /// None of [`Reason::number`] pages; the first for [`Reason::cause`].
        NoPage = "no_page",
        /// Cancelled before anything was read.
        Cancelled = "cancelled",
        /// Any other; [`Reason::words`] say it.
        Other = "other",
    }
}

/// Why a page, a file or a whole source was not read.
pub type NotRead = Reason<NotReadCode>;

impl ReasonCode for NotReadCode {
    const OTHER: Self = Self::Other;

    fn tell(why: &NotRead, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = why.number.unwrap_or_default();
        let subject = why.subject.as_deref().unwrap_or_default();
        let words = why.words.as_deref().unwrap_or_default();
        let sentence = match why.code {
            Self::InvalidAddress => return write!(f, "the address is not usable: {words}"),
            Self::PrivateAddress => {
                return write!(
                    f,
                    "{subject} is a private or reserved network address, which this installation does not fetch"
                );
            }
            Self::UnknownHost => return write!(f, "the name {subject} has no address"),
            Self::NoConnection => return write!(f, "no connection to {subject}: {words}"),
            Self::NoAnswer => return write!(f, "{subject} did not answer in time"),
            Self::BrokenAnswer => return write!(f, "the answer of {subject} broke off: {words}"),
            Self::LargeAnswer => return write!(f, "the answer is larger than {number} MB"),
            Self::Redirects => return write!(f, "the address redirects more than {number} times"),
            Self::RedirectsAway => {
                return write!(f, "the address redirects to {subject}, which is outside of what is read");
            }
            Self::NotPublic => return write!(f, "the page is not public (it answers {number})"),
            Self::NotThere => return write!(f, "the page does not exist (it answers {number})"),
            Self::TooManyRequests => {
                return write!(f, "the site asks to be left alone for a while (it answers {number})");
            }
            Self::SiteFault => return write!(f, "the site has a fault (it answers {number})"),
            Self::OtherStatus => return write!(f, "the page answers {number}"),
            Self::NoRobots => {
                f.write_str("the site's robots.txt cannot be read")?;
                return why.cause.iter().try_for_each(|cause| write!(f, ": {cause}"));
            }
            Self::SameText => return write!(f, "the same text as {subject}"),
            Self::Unsupported => {
                return write!(f, "{subject} cannot be read; PDF, DOCX, HTML, Markdown, CSV and plain text can");
            }
            Self::Damaged if why.words.is_some() => return write!(f, "the document is damaged: {words}"),
            Self::TooLarge => return write!(f, "the document is too large: {words}"),
            Self::TooSlow => {
                return write!(f, "the document took longer than {number} seconds to read and was given up");
            }
            Self::EmbeddingFailed => return write!(f, "the embedding model failed: {words}"),
            Self::NoPage => {
                write!(f, "none of {number} pages could be read")?;
                return why.cause.iter().try_for_each(|cause| write!(f, "; the first: {cause}"));
            }
            Self::Other => words,
            Self::RobotsForbid => "the site's robots.txt forbids reading this page",
            Self::OnlyLinks => "the page has no text of its own, only links",
            Self::Encrypted => "the document is protected with a password; remove it and try again",
            Self::Scanned => {
                "the document contains pictures of text only (a scan); run text recognition (OCR) on it and try again"
            }
            Self::Damaged => "the document is damaged, or too complicated to be read",
            Self::NoText => "the document contains no text",
            Self::FileMissing => "the file is not on this installation's disk",
            Self::NoContent => "the source has no content",
            Self::InstallationFault => "the document could not be read because of a fault of this installation",
            Self::GivenUp => {
                "reading it failed again and again and was given up; the log of this installation says why"
            }
            Self::NothingRead => "nothing was read",
            Self::Cancelled => "reading was cancelled before anything was read",
        };
        f.write_str(sentence)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_was_stored_is_told_by_its_code_and_else_by_its_sentence() {
        let stored = |code| NotRead::stored(Some("a sentence".into()), code).map(|why| why.to_string());
        assert_eq!(NotRead::stored(None, Some(json!({"code": "encrypted"}))), None);
        assert_eq!(
            stored(Some(json!({"code": "no_page", "number": 2, "cause": {"code": "not_there", "number": 404}}))),
            Some("none of 2 pages could be read; the first: the page does not exist (it answers 404)".into())
        );
        for unknown in [None, Some(json!({"code": "of_a_later_version"})), Some(json!("encrypted"))] {
            assert_eq!(stored(unknown), Some("a sentence".into()));
        }
    }
}
