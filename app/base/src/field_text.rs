use i18n::*;

/// A field's error in the reader's language. The domain's rules say what is wrong in English, in few fixed forms
/// (`domain::validate`); what is in no known form is shown as it is, behind a sentence that says what it is.
pub fn field_text(i18n: I18n, message: &str) -> String {
    let number =
        || message.split(|c: char| !c.is_ascii_digit()).find(|part| !part.is_empty()).unwrap_or("?").to_owned();
    let starts = |prefix: &str| message.starts_with(prefix);
    match () {
        () if starts("is missing") => tu_string!(i18n, common.field.missing).to_owned(),
        () if starts("is too short") => tu_string!(i18n, common.field.too_short, count = number()),
        () if starts("is too long") => tu_string!(i18n, common.field.too_long, count = number()),
        () if starts("is no e-mail address") => tu_string!(i18n, common.field.email).to_owned(),
        () if starts("is no web address") => tu_string!(i18n, common.field.web_address).to_owned(),
        () if starts("is no telephone number") => tu_string!(i18n, common.field.phone).to_owned(),
        () if starts("has too many tags") => tu_string!(i18n, common.field.tags).to_owned(),
        () if starts("is not the present password") => tu_string!(i18n, common.field.password_present).to_owned(),
        () if starts("must not be the e-mail address") => tu_string!(i18n, common.field.password_address).to_owned(),
        () => tu_string!(i18n, common.field.other, reason = message.to_owned()),
    }
}
