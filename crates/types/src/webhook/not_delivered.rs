//! Why an attempt to deliver an event failed.

use std::fmt;

use crate::{
    reason::{Reason, ReasonCode},
    text_enum::text_enum,
};

text_enum! {
    /// Why an attempt failed, as a stable word. Screens translate it; programs branch on it.
    NotDeliveredCode {
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
        /// It answered with a redirect, by the status [`Reason::number`].
        Redirect = "redirect",
        /// It answered with another status than success.
        OtherStatus = "other_status",
        /// Any other; [`Reason::words`] say it.
        Other = "other",
    }
}

/// Why an attempt to deliver an event failed.
pub type NotDelivered = Reason<NotDeliveredCode>;

/// Sentences are compared with those that were stored ([`NotDelivered::of_delivery`]): where one changes, what was stored
/// before is told as it was written, for the month that deliveries are kept.
impl ReasonCode for NotDeliveredCode {
    const OTHER: Self = Self::Other;

    fn tell(why: &NotDelivered, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = why.number.unwrap_or_default();
        let subject = why.subject.as_deref().unwrap_or_default();
        let words = why.words.as_deref().unwrap_or_default();
        match why.code {
            Self::InvalidAddress => write!(f, "the address is not usable: {words}"),
            Self::PrivateAddress => {
                write!(
                    f,
                    "{subject} is a private or reserved network address, to which this installation does not send"
                )
            }
            Self::UnknownHost => write!(f, "the name {subject} has no address"),
            Self::NoConnection => write!(f, "no connection to {subject}: {words}"),
            Self::NoAnswer => write!(f, "{subject} did not answer in time"),
            Self::BrokenAnswer => write!(f, "the answer of {subject} broke off: {words}"),
            Self::Redirect => write!(f, "it answered {number}; redirects are not followed"),
            Self::OtherStatus => write!(f, "it answered {number}"),
            Self::Other => f.write_str(words),
        }
    }
}

impl NotDelivered {
    /// From the sentence and the code of a delivery. A program that knows no codes and makes the next attempt changes the
    /// sentence alone: the code beside it is not told then.
    pub fn of_delivery(sentence: Option<String>, code: Option<serde_json::Value>) -> Option<Self> {
        let known = Self::stored(sentence.clone(), code)?;
        if sentence.as_ref().is_some_and(|sentence| known.to_string() == *sentence) {
            return Some(known);
        }
        Self::stored(sentence, None)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_code_is_told_only_with_its_own_sentence() {
        let told = |sentence: &str, code| NotDelivered::of_delivery(Some(sentence.into()), Some(code));
        let code = json!({"code": "other_status", "number": 503});
        assert_eq!(told("it answered 503", code.clone()), Some(NotDeliveredCode::OtherStatus.number(503u64)));
        assert_eq!(told("it answered 500", code.clone()), Some(NotDeliveredCode::Other.said("it answered 500")));
        assert_eq!(NotDelivered::of_delivery(None, Some(code)), None);
    }
}
