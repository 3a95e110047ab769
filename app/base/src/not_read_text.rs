use i18n::*;
use types::knowledge::{NotRead, NotReadCode};

/// Why something was not read, in the reader's language. What was stored without a code is told as it was stored.
pub fn not_read_text(i18n: I18n, why: &NotRead) -> String {
    let number = why.number.unwrap_or_default().to_string();
    let subject = why.subject.clone().unwrap_or_default();
    let words = why.words.clone().unwrap_or_default();
    let cause = why.cause.as_ref().map(|cause| not_read_text(i18n, cause)).unwrap_or_default();
    let text = match why.code {
        NotReadCode::InvalidAddress => tu_string!(i18n, knowledge.not_read.invalid_address),
        NotReadCode::PrivateAddress => return tu_string!(i18n, knowledge.not_read.private_address, subject),
        NotReadCode::UnknownHost => return tu_string!(i18n, knowledge.not_read.unknown_host, subject),
        NotReadCode::NoConnection => return tu_string!(i18n, knowledge.not_read.no_connection, subject, words),
        NotReadCode::NoAnswer => return tu_string!(i18n, knowledge.not_read.no_answer, subject),
        NotReadCode::BrokenAnswer => return tu_string!(i18n, knowledge.not_read.broken_answer, subject, words),
        NotReadCode::LargeAnswer => return tu_string!(i18n, knowledge.not_read.large_answer, number),
        NotReadCode::Redirects => return tu_string!(i18n, knowledge.not_read.redirects, number),
        NotReadCode::RedirectsAway => return tu_string!(i18n, knowledge.not_read.redirects_away, subject),
        NotReadCode::NotPublic => return tu_string!(i18n, knowledge.not_read.not_public, number),
        NotReadCode::NotThere => return tu_string!(i18n, knowledge.not_read.not_there, number),
        NotReadCode::TooManyRequests => return tu_string!(i18n, knowledge.not_read.too_many_requests, number),
        NotReadCode::SiteFault => return tu_string!(i18n, knowledge.not_read.site_fault, number),
        NotReadCode::OtherStatus => return tu_string!(i18n, knowledge.not_read.other_status, number),
        NotReadCode::RobotsForbid => tu_string!(i18n, knowledge.not_read.robots_forbid),
        NotReadCode::NoRobots => return tu_string!(i18n, knowledge.not_read.no_robots, cause),
        NotReadCode::OnlyLinks => tu_string!(i18n, knowledge.not_read.only_links),
        NotReadCode::SameText => return tu_string!(i18n, knowledge.not_read.same_text, subject),
        NotReadCode::Unsupported => tu_string!(i18n, knowledge.not_read.unsupported),
        NotReadCode::Encrypted => tu_string!(i18n, knowledge.not_read.encrypted),
        NotReadCode::Scanned => tu_string!(i18n, knowledge.not_read.scanned),
        NotReadCode::Damaged => tu_string!(i18n, knowledge.not_read.damaged),
        NotReadCode::TooLarge => tu_string!(i18n, knowledge.not_read.too_large),
        NotReadCode::NoText => tu_string!(i18n, knowledge.not_read.no_text),
        NotReadCode::TooSlow => return tu_string!(i18n, knowledge.not_read.too_slow, number),
        NotReadCode::FileMissing => tu_string!(i18n, knowledge.not_read.file_missing),
        NotReadCode::NoContent => tu_string!(i18n, knowledge.not_read.no_content),
        NotReadCode::EmbeddingFailed => return tu_string!(i18n, knowledge.not_read.embedding_failed, words),
        NotReadCode::InstallationFault => tu_string!(i18n, knowledge.not_read.installation_fault),
        NotReadCode::GivenUp => tu_string!(i18n, knowledge.not_read.given_up),
        NotReadCode::NothingRead => tu_string!(i18n, knowledge.not_read.nothing_read),
        NotReadCode::NoPage => return tu_string!(i18n, knowledge.not_read.no_page, number, cause),
        NotReadCode::Cancelled => tu_string!(i18n, knowledge.not_read.cancelled),
        NotReadCode::Other => return words,
    };
    text.to_owned()
}
