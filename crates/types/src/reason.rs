//! Why something failed or was decided: a code with what its sentence mentions, told in the reader's language.

use std::fmt;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// A reason, by a code of its own kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Reason<C> {
    pub code: C,
    /// The number in it: a status, megabytes, seconds, redirects, pages or percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// What it is about: a host, an address, a kind of file, a keyword or a question.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the system, another server or a model says of it, in its own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What is behind it, in the same form.
    #[serde(skip_serializing_if = "Option::is_none")]
    // A generic schema that names itself has no end.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub cause: Option<Box<Reason<C>>>,
}

/// Characters of an address, and of what others say, that are kept.
const MOST: usize = 2_048;

fn bounded(text: String) -> String {
    if text.len() <= MOST { text } else { text.chars().take(MOST).collect() }
}

/// The codes of one kind of reason.
pub trait ReasonCode: Copy + DeserializeOwned {
    /// Any other reason, which the words say.
    const OTHER: Self;

    /// Writes the sentence in English, for programs and logs.
    ///
    /// # Errors
    /// Those of `f`.
    fn tell(why: &Reason<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result;

    /// With the number in it.
    fn number(self, number: impl Into<u64>) -> Reason<Self> {
        Reason { number: Some(number.into()), ..self.into() }
    }

    /// With what it is about.
    fn of(self, subject: impl Into<String>) -> Reason<Self> {
        Reason { subject: Some(bounded(subject.into())), ..self.into() }
    }

    /// With what others say of it.
    fn said(self, words: impl Into<String>) -> Reason<Self> {
        Reason { words: Some(bounded(words.into())), ..self.into() }
    }

    /// With what is behind it.
    fn because(self, cause: Reason<Self>) -> Reason<Self> {
        Reason { cause: Some(Box::new(cause)), ..self.into() }
    }
}

impl<C> From<C> for Reason<C> {
    fn from(code: C) -> Self {
        Self { code, number: None, subject: None, words: None, cause: None }
    }
}

impl<C: ReasonCode> Reason<C> {
    /// From the sentence and the code that were stored. Without a code that is known here, which an earlier and a later version
    /// of the program leave, the sentence stands for itself.
    pub fn stored(sentence: Option<String>, code: Option<Value>) -> Option<Self> {
        let sentence = sentence?;
        let known = code.and_then(|code| serde_json::from_value(code).ok());
        Some(known.unwrap_or_else(|| C::OTHER.said(sentence)))
    }
}

impl<C: ReasonCode> fmt::Display for Reason<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        C::tell(self, f)
    }
}
