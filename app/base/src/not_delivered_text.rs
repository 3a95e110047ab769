use i18n::*;
use types::webhook::{NotDelivered, NotDeliveredCode};

/// Why an attempt to deliver an event failed, in the reader's language. What was stored without a code is told as it was
/// stored.
pub fn not_delivered_text(i18n: I18n, why: &NotDelivered) -> String {
    let number = why.number.unwrap_or_default().to_string();
    let subject = why.subject.clone().unwrap_or_default();
    let words = why.words.clone().unwrap_or_default();
    match why.code {
        NotDeliveredCode::InvalidAddress => tu_string!(i18n, settings.not_delivered.invalid_address, words),
        NotDeliveredCode::PrivateAddress => tu_string!(i18n, settings.not_delivered.private_address, subject),
        NotDeliveredCode::UnknownHost => tu_string!(i18n, settings.not_delivered.unknown_host, subject),
        NotDeliveredCode::NoConnection => tu_string!(i18n, settings.not_delivered.no_connection, subject, words),
        NotDeliveredCode::NoAnswer => tu_string!(i18n, settings.not_delivered.no_answer, subject),
        NotDeliveredCode::BrokenAnswer => tu_string!(i18n, settings.not_delivered.broken_answer, subject, words),
        NotDeliveredCode::Redirect => tu_string!(i18n, settings.not_delivered.redirect, number),
        NotDeliveredCode::OtherStatus => tu_string!(i18n, settings.not_delivered.other_status, number),
        NotDeliveredCode::Other => words,
    }
}
