use i18n::*;
use types::error::{FieldError, FieldRule};

/// What is wrong with a field, in the reader's language. A rule without a sentence here is told as the domain says
/// it, behind a sentence that says what it is.
pub fn field_text(i18n: I18n, error: &FieldError) -> String {
    let count = error.limit.unwrap_or_default().to_string();
    let text = match error.rule {
        FieldRule::TooShort => return tu_string!(i18n, common.field.too_short, count),
        FieldRule::TooLong => return tu_string!(i18n, common.field.too_long, count),
        FieldRule::TooSmall => return tu_string!(i18n, common.field.too_small, count),
        FieldRule::TooLarge => return tu_string!(i18n, common.field.too_large, count),
        FieldRule::TooMany => return tu_string!(i18n, common.field.too_many, count),
        FieldRule::Other => return tu_string!(i18n, common.field.other, reason = error.message.clone()),
        FieldRule::Missing => tu_string!(i18n, common.field.missing),
        FieldRule::Number => tu_string!(i18n, common.field.number),
        FieldRule::Email => tu_string!(i18n, common.field.email),
        FieldRule::WebAddress => tu_string!(i18n, common.field.web_address),
        FieldRule::PublicAddress => tu_string!(i18n, common.field.public_address),
        FieldRule::Host => tu_string!(i18n, common.field.host),
        FieldRule::Phone => tu_string!(i18n, common.field.phone),
        FieldRule::TimeZone => tu_string!(i18n, common.field.time_zone),
        FieldRule::Language => tu_string!(i18n, common.field.language),
        FieldRule::Color => tu_string!(i18n, common.field.color),
        FieldRule::Shortcut => tu_string!(i18n, common.field.shortcut),
        FieldRule::ApiKey => tu_string!(i18n, common.field.api_key),
        FieldRule::ApiKeyAgain => tu_string!(i18n, common.field.api_key_again),
        FieldRule::ComingYear => tu_string!(i18n, common.field.coming_year),
        FieldRule::FileKind => tu_string!(i18n, common.field.file_kind),
        FieldRule::BrokenUpload => tu_string!(i18n, common.field.broken_upload),
        FieldRule::Taken => tu_string!(i18n, common.field.taken),
        FieldRule::NotThere => tu_string!(i18n, common.field.not_there),
        FieldRule::WrongPassword => tu_string!(i18n, common.field.wrong_password),
        FieldRule::PasswordIsAddress => tu_string!(i18n, common.field.password_is_address),
        FieldRule::NoAddress => tu_string!(i18n, common.field.no_address),
        FieldRule::Mismatch => tu_string!(i18n, common.field.mismatch),
    };
    text.to_owned()
}
