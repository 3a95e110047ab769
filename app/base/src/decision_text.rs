use i18n::*;
use types::agent::{DecisionCode, DecisionReason};

/// Why an agent decided as it did, in the reader's language. What was stored without a code is told as it was stored.
pub fn decision_text(i18n: I18n, why: &DecisionReason) -> String {
    let number = why.number.unwrap_or_default().to_string();
    let subject = why.subject.clone().unwrap_or_default();
    let words = why.words.clone().unwrap_or_default();
    let text = match why.code {
        DecisionCode::Keyword => return tu_string!(i18n, agents.why.keyword, subject),
        DecisionCode::SameQuestion => return tu_string!(i18n, agents.why.same_question, number, subject),
        DecisionCode::NoAnswer => return tu_string!(i18n, agents.why.no_answer, words),
        DecisionCode::KeyRefused => return tu_string!(i18n, agents.why.key_refused, words),
        DecisionCode::RequestRefused => return tu_string!(i18n, agents.why.request_refused, words),
        DecisionCode::SenselessAnswer => return tu_string!(i18n, agents.why.senseless_answer, words),
        DecisionCode::Unavailable => return tu_string!(i18n, agents.why.unavailable, words),
        DecisionCode::AskedForPerson => tu_string!(i18n, agents.why.asked_for_person),
        DecisionCode::AcceptedOffer => tu_string!(i18n, agents.why.accepted_offer),
        DecisionCode::Thanks => tu_string!(i18n, agents.why.thanks),
        DecisionCode::NoPassage => tu_string!(i18n, agents.why.no_passage),
        DecisionCode::NoSentence => tu_string!(i18n, agents.why.no_sentence),
        DecisionCode::NotInPassages => tu_string!(i18n, agents.why.not_in_passages),
        DecisionCode::ModelCallsPerson => tu_string!(i18n, agents.why.model_calls_person),
        DecisionCode::ModelRepeatsRules => tu_string!(i18n, agents.why.model_repeats_rules),
        DecisionCode::NothingToShow => tu_string!(i18n, agents.why.nothing_to_show),
        DecisionCode::NoCitation => tu_string!(i18n, agents.why.no_citation),
        DecisionCode::RateLimited => tu_string!(i18n, agents.why.rate_limited),
        DecisionCode::BrokenAnswer => tu_string!(i18n, agents.why.broken_answer),
        DecisionCode::InstallationFault => tu_string!(i18n, agents.why.installation_fault),
        DecisionCode::Other => return words,
    };
    text.to_owned()
}
