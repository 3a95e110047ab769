//! What an agent says in its own words, in the languages that the product's texts exist in.

/// A language of the standard lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Language {
    English,
    Albanian,
}

impl Language {
    /// From a language code; English for languages without lines of their own.
    pub(super) fn of_code(code: &str) -> Self {
        if code == "sq" { Self::Albanian } else { Self::English }
    }

    /// Its name for a language model.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::Albanian => "Albanian",
        }
    }
}

/// The standard lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Line {
    /// To a greeting.
    Hello,
    /// To thanks.
    Welcome,
    /// When nothing relevant was found.
    NoAnswer,
    /// When a person is called because the visitor wants one.
    HandOff,
    /// When a person is called because the agent could not help.
    CannotHelp,
    /// When a person is called because the provider does not answer.
    Unavailable,
}

impl Line {
    /// The line's words.
    pub(crate) const fn text(self, language: Language) -> &'static str {
        use Language::{Albanian, English};
        match (self, language) {
            (Self::Hello, English) => "Hello! How can I help you?",
            (Self::Hello, Albanian) => "Përshëndetje! Si mund t'ju ndihmoj?",
            (Self::Welcome, English) => "You're welcome! Is there anything else I can help you with?",
            (Self::Welcome, Albanian) => "Ju lutem! A ka diçka tjetër me të cilën mund t'ju ndihmoj?",
            (Self::NoAnswer, English) => {
                "I'm sorry, I could not find an answer to that. Would you like to talk to a person?"
            }
            (Self::NoAnswer, Albanian) => {
                "Më vjen keq, nuk gjeta përgjigje për këtë. Dëshironi të flisni me një person?"
            }
            (Self::HandOff, English) => "I'm passing you on to a person. They can read what you have written so far.",
            (Self::HandOff, Albanian) => "Po ju kaloj te një person. Ai mund të lexojë çfarë keni shkruar deri tani.",
            (Self::CannotHelp, English) => {
                "I'm sorry, I could not find an answer to that either. I'm passing you on to a person, who can read \
                 what you have written so far."
            }
            (Self::CannotHelp, Albanian) => {
                "Më vjen keq, as për këtë nuk gjeta përgjigje. Po ju kaloj te një person, i cili mund të lexojë çfarë \
                 keni shkruar deri tani."
            }
            (Self::Unavailable, English) => {
                "I'm sorry, I cannot answer at the moment. I'm passing you on to a person, who will reply here."
            }
            (Self::Unavailable, Albanian) => {
                "Më vjen keq, për momentin nuk mund të përgjigjem. Po ju kaloj te një person, i cili do t'ju \
                 përgjigjet këtu."
            }
        }
    }

    /// Whether a text is this line, in whatever language.
    pub(super) fn is(self, text: &str) -> bool {
        [Language::English, Language::Albanian].iter().any(|language| self.text(*language) == text.trim())
    }
}
