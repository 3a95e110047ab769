//! Why a page, a file or a whole source was not read.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::text_enum::text_enum;

text_enum! {
    /// Why something was not read, as a stable word. Screens translate it; programs branch on it.
    NotReadCode {
        /// The address cannot be used, as [`NotRead::words`] say.
        InvalidAddress = "invalid_address",
        /// The host, [`NotRead::subject`], lies in a private network.
        PrivateAddress = "private_address",
        /// The name of the host has no address.
        UnknownHost = "unknown_host",
        /// No connection to the host.
        NoConnection = "no_connection",
        /// The host did not answer in time.
        NoAnswer = "no_answer",
        /// The answer of the host ended too soon.
        BrokenAnswer = "broken_answer",
        /// The answer is larger than [`NotRead::number`] MB.
        LargeAnswer = "large_answer",
        /// The address redirects more than [`NotRead::number`] times.
        Redirects = "redirects",
        /// The address redirects to the subject, which is outside of what is read.
        RedirectsAway = "redirects_away",
        /// The page asks for a sign-in, by the status [`NotRead::number`].
        NotPublic = "not_public",
        /// The page does not exist, by the status [`NotRead::number`].
        NotThere = "not_there",
        /// The site asks to be left alone for a while, by the status [`NotRead::number`].
        TooManyRequests = "too_many_requests",
        /// The site has a fault, by the status [`NotRead::number`].
        SiteFault = "site_fault",
        /// The page answers with another status than success.
        OtherStatus = "other_status",
        /// robots.txt of the site forbids the page.
        RobotsForbid = "robots_forbid",
        /// robots.txt of the site cannot be had, for [`NotRead::cause`].
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
        /// Given up after [`NotRead::number`] seconds.
        TooSlow = "too_slow",
        /// The file is no longer on this installation's disk.
        FileMissing = "file_missing",
        /// The source has no content.
        NoContent = "no_content",
        /// The embedding model failed, as [`NotRead::words`] say.
        EmbeddingFailed = "embedding_failed",
        /// A fault of this installation.
        InstallationFault = "installation_fault",
        /// Failed again and again; the log of this installation says why.
        GivenUp = "given_up",
        /// There was no page.
        NothingRead = "nothing_read",
        /// None of [`NotRead::number`] pages; the first for [`NotRead::cause`].
        NoPage = "no_page",
        /// Cancelled before anything was read.
        Cancelled = "cancelled",
        /// Any other; [`NotRead::words`] say it.
        Other = "other",
    }
}

/// Why a page, a file or a whole source was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(example = json!({"code": "not_there", "number": 404})))]
pub struct NotRead {
    pub code: NotReadCode,
    /// The number in it: a status, megabytes, seconds, redirects or pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// The host, the address or the kind of file that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the system, the model or the reader of documents says of it, in English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What is behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(no_recursion, example = json!({"code": "not_there", "number": 404})))]
    pub cause: Option<Box<NotRead>>,
}

impl From<NotReadCode> for NotRead {
    fn from(code: NotReadCode) -> Self {
        Self { code, number: None, subject: None, words: None, cause: None }
    }
}

/// Characters of an address, and of what others say, that are kept.
const MOST: usize = 2_048;

fn bounded(text: String) -> String {
    if text.len() <= MOST { text } else { text.chars().take(MOST).collect() }
}

impl NotReadCode {
    /// With the number in it.
    pub fn number(self, number: impl Into<u64>) -> NotRead {
        NotRead { number: Some(number.into()), ..self.into() }
    }

    /// With what it is about.
    pub fn of(self, subject: impl Into<String>) -> NotRead {
        NotRead { subject: Some(bounded(subject.into())), ..self.into() }
    }

    /// With what others say of it.
    pub fn said(self, words: impl Into<String>) -> NotRead {
        NotRead { words: Some(bounded(words.into())), ..self.into() }
    }

    /// With what is behind it.
    pub fn because(self, cause: NotRead) -> NotRead {
        NotRead { cause: Some(Box::new(cause)), ..self.into() }
    }
}

impl NotRead {
    /// From the sentence and the code that were stored. Without a code that is known here, which an earlier and a later version
    /// of the program leave, the sentence stands for itself.
    pub fn stored(sentence: Option<String>, code: Option<serde_json::Value>) -> Option<Self> {
        let sentence = sentence?;
        let known = code.and_then(|code| serde_json::from_value(code).ok());
        Some(known.unwrap_or_else(|| NotReadCode::Other.said(sentence)))
    }
}

/// The sentence in English, for programs and logs.
impl fmt::Display for NotRead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.number.unwrap_or_default();
        let subject = self.subject.as_deref().unwrap_or_default();
        let words = self.words.as_deref().unwrap_or_default();
        let sentence = match self.code {
            NotReadCode::InvalidAddress => return write!(f, "the address is not usable: {words}"),
            NotReadCode::PrivateAddress => {
                return write!(
                    f,
                    "{subject} is a private or reserved network address, which this installation does not fetch"
                );
            }
            NotReadCode::UnknownHost => return write!(f, "the name {subject} has no address"),
            NotReadCode::NoConnection => return write!(f, "no connection to {subject}: {words}"),
            NotReadCode::NoAnswer => return write!(f, "{subject} did not answer in time"),
            NotReadCode::BrokenAnswer => return write!(f, "the answer of {subject} broke off: {words}"),
            NotReadCode::LargeAnswer => return write!(f, "the answer is larger than {number} MB"),
            NotReadCode::Redirects => return write!(f, "the address redirects more than {number} times"),
            NotReadCode::RedirectsAway => {
                return write!(f, "the address redirects to {subject}, which is outside of what is read");
            }
            NotReadCode::NotPublic => return write!(f, "the page is not public (it answers {number})"),
            NotReadCode::NotThere => return write!(f, "the page does not exist (it answers {number})"),
            NotReadCode::TooManyRequests => {
                return write!(f, "the site asks to be left alone for a while (it answers {number})");
            }
            NotReadCode::SiteFault => return write!(f, "the site has a fault (it answers {number})"),
            NotReadCode::OtherStatus => return write!(f, "the page answers {number}"),
            NotReadCode::NoRobots => {
                f.write_str("the site's robots.txt cannot be read")?;
                return self.cause.iter().try_for_each(|cause| write!(f, ": {cause}"));
            }
            NotReadCode::SameText => return write!(f, "the same text as {subject}"),
            NotReadCode::Unsupported => {
                return write!(f, "{subject} cannot be read; PDF, DOCX, HTML, Markdown, CSV and plain text can");
            }
            NotReadCode::Damaged if self.words.is_some() => return write!(f, "the document is damaged: {words}"),
            NotReadCode::TooLarge => return write!(f, "the document is too large: {words}"),
            NotReadCode::TooSlow => {
                return write!(f, "the document took longer than {number} seconds to read and was given up");
            }
            NotReadCode::EmbeddingFailed => return write!(f, "the embedding model failed: {words}"),
            NotReadCode::NoPage => {
                write!(f, "none of {number} pages could be read")?;
                return self.cause.iter().try_for_each(|cause| write!(f, "; the first: {cause}"));
            }
            NotReadCode::Other => words,
            NotReadCode::RobotsForbid => "the site's robots.txt forbids reading this page",
            NotReadCode::OnlyLinks => "the page has no text of its own, only links",
            NotReadCode::Encrypted => "the document is protected with a password; remove it and try again",
            NotReadCode::Scanned => {
                "the document contains pictures of text only (a scan); run text recognition (OCR) on it and try again"
            }
            NotReadCode::Damaged => "the document is damaged, or too complicated to be read",
            NotReadCode::NoText => "the document contains no text",
            NotReadCode::FileMissing => "the file is not on this installation's disk",
            NotReadCode::NoContent => "the source has no content",
            NotReadCode::InstallationFault => "the document could not be read because of a fault of this installation",
            NotReadCode::GivenUp => {
                "reading it failed again and again and was given up; the log of this installation says why"
            }
            NotReadCode::NothingRead => "nothing was read",
            NotReadCode::Cancelled => "reading was cancelled before anything was read",
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
