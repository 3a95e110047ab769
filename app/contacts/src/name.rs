use i18n::*;
use types::id::ContactId;

/// What to call a contact: the name, else the e-mail, else "Visitor" and the id's last letters.
pub fn display_name(i18n: I18n, name: &str, email: Option<&str>, id: ContactId) -> String {
    match (name.trim(), email.unwrap_or_default().trim()) {
        ("", "") => {
            let id = id.to_string();
            let code = id[id.len() - 4..].to_owned();
            tu_string!(i18n, contacts.visitor, code = code).to_string()
        }
        ("", email) => email.to_owned(),
        (name, _) => name.to_owned(),
    }
}
