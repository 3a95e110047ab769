//! Why an agent decided as it did.

use std::fmt;

use crate::{
    reason::{Reason, ReasonCode},
    text_enum::text_enum,
};

text_enum! {
    /// Why an agent decided so, as a stable word. Screens translate it; programs branch on it.
    DecisionCode {
        /// The question has the keyword [`Reason::subject`], which calls a person.
        Keyword = "keyword",
        /// A person was asked for.
        AskedForPerson = "asked_for_person",
        /// The offer to call a person was accepted.
        AcceptedOffer = "accepted_offer",
        /// Thanks.
        Thanks = "thanks",
        /// There is a curated answer to the question [`Reason::subject`], which is alike by [`Reason::number`] percent.
        SameQuestion = "same_question",
        /// No passage is about it.
        NoPassage = "no_passage",
        /// No sentence of the passages answers.
        NoSentence = "no_sentence",
        /// The model finds no answer in the passages.
        NotInPassages = "not_in_passages",
        /// The model calls a person.
        ModelCallsPerson = "model_calls_person",
        /// The model repeated its rules.
        ModelRepeatsRules = "model_repeats_rules",
        /// Nothing of the model's answer may be shown.
        NothingToShow = "nothing_to_show",
        /// The model cited no passage.
        NoCitation = "no_citation",
        /// The provider did not answer, as [`Reason::words`] say.
        NoAnswer = "no_answer",
        /// The provider limits the rate of requests.
        RateLimited = "rate_limited",
        /// The provider refused the key.
        KeyRefused = "key_refused",
        /// The provider refused the request.
        RequestRefused = "request_refused",
        /// The provider's answer makes no sense.
        SenselessAnswer = "senseless_answer",
        /// The provider's answer ended too soon.
        BrokenAnswer = "broken_answer",
        /// Something that answers need did not work, as [`Reason::words`] say.
        Unavailable = "unavailable",
        /// A fault of this installation; its log says more.
        InstallationFault = "installation_fault",
        /// Any other; [`Reason::words`] say it.
        Other = "other",
    }
}

/// Why an agent decided as it did.
pub type DecisionReason = Reason<DecisionCode>;

impl ReasonCode for DecisionCode {
    const OTHER: Self = Self::Other;

    fn tell(why: &DecisionReason, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = why.number.unwrap_or_default();
        let subject = why.subject.as_deref().unwrap_or_default();
        let words = why.words.as_deref().unwrap_or_default();
        let sentence = match why.code {
            Self::Keyword => return write!(f, "keyword: {subject}"),
            Self::SameQuestion => return write!(f, "curated answer to a question that is {number} % alike: {subject}"),
            Self::NoAnswer => return write!(f, "the provider did not answer: {words}"),
            Self::KeyRefused => return write!(f, "the provider refused the key: {words}"),
            Self::RequestRefused => return write!(f, "the provider refused the request: {words}"),
            Self::SenselessAnswer => return write!(f, "the provider's answer makes no sense: {words}"),
            Self::Unavailable | Self::Other => words,
            Self::AskedForPerson => "asked for a person",
            Self::AcceptedOffer => "accepted the offer of a person",
            Self::Thanks => "thanks",
            Self::NoPassage => "no relevant passage",
            Self::NoSentence => "no sentence of the passages answers",
            Self::NotInPassages => "the passages do not answer",
            Self::ModelCallsPerson => "the model calls a person",
            Self::ModelRepeatsRules => "the model repeats its rules",
            Self::NothingToShow => "the model's answer has no words that may be shown",
            Self::NoCitation => "the model cites no passage",
            Self::RateLimited => "the provider limits the rate of requests",
            Self::BrokenAnswer => "the provider's answer broke off",
            Self::InstallationFault => "a fault of this installation; its log says more",
        };
        f.write_str(sentence)
    }
}
