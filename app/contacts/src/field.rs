//! The fields of a contact that are edited one at a time.

use serde::{Deserialize, Serialize};
use types::contact::{Contact, ContactInput};
#[cfg(feature = "ssr")]
use types::error::FieldRule;

/// A field of a contact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactField {
    Name,
    Email,
    Phone,
    Company,
    Language,
    TimeZone,
    Notes,
    /// `true` or `false`.
    Vip,
    /// `true` or `false`.
    Blocked,
}

impl ContactField {
    /// The word in forms, the same as in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Company => "company",
            Self::Language => "language",
            Self::TimeZone => "time_zone",
            Self::Notes => "notes",
            Self::Vip => "vip",
            Self::Blocked => "blocked",
        }
    }

    /// The field's text as a form shows it.
    pub fn of(self, contact: &Contact) -> String {
        let summary = &contact.summary;
        match self {
            Self::Name => summary.name.clone(),
            Self::Email => summary.email.clone().unwrap_or_default(),
            Self::Phone => summary.phone.clone().unwrap_or_default(),
            Self::Company => summary.company.clone(),
            Self::Language => contact.language.clone().unwrap_or_default(),
            Self::TimeZone => contact.time_zone.clone().unwrap_or_default(),
            Self::Notes => contact.notes.clone(),
            Self::Vip => summary.is_vip.to_string(),
            Self::Blocked => summary.is_blocked.to_string(),
        }
    }

    /// The change that writes `value` and nothing else.
    pub fn input(self, value: String) -> ContactInput {
        let mut input = ContactInput::default();
        match self {
            Self::Name => input.name = Some(value),
            Self::Email => input.email = Some(value),
            Self::Phone => input.phone = Some(value),
            Self::Company => input.company = Some(value),
            Self::Language => input.language = Some(value),
            Self::TimeZone => input.time_zone = Some(value),
            Self::Notes => input.notes = Some(value),
            Self::Vip => input.is_vip = Some(value == "true"),
            Self::Blocked => input.is_blocked = Some(value == "true"),
        }
        input
    }
}

/// The tags with those in `add` (separated by commas) put at the end, each once, and `remove` taken out.
#[cfg(any(feature = "ssr", test))]
pub fn change_tags(mut tags: Vec<String>, add: &str, remove: &str) -> Vec<String> {
    tags.retain(|tag| tag != remove);
    for tag in add.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// The custom fields with one written, or removed when the value is empty.
#[cfg(feature = "ssr")]
pub(crate) fn with_custom_field(
    mut fields: serde_json::Map<String, serde_json::Value>,
    name: &str,
    value: &str,
) -> Result<serde_json::Map<String, serde_json::Value>, domain::Error> {
    let (name, value) = (name.trim(), value.trim());
    if name.is_empty() {
        return Err(domain::Error::rule("name", FieldRule::Missing));
    }
    if name.chars().count() > 60 {
        return Err(domain::Error::limit("name", FieldRule::TooLong, 60));
    }
    if value.is_empty() {
        fields.remove(name);
    } else {
        fields.insert(name.to_owned(), value.into());
    }
    Ok(fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_trimmed_and_each_once() {
        let tags = vec!["vip".to_owned(), "old".to_owned()];
        assert_eq!(change_tags(tags.clone(), " new ,vip, ", "old"), ["vip", "new"]);
        assert_eq!(change_tags(tags.clone(), "", ""), tags);
    }

    #[test]
    fn a_change_touches_one_field() {
        let input = ContactField::Email.input(String::new());
        assert_eq!(input, ContactInput { email: Some(String::new()), ..ContactInput::default() });
        assert_eq!(ContactField::Blocked.input("true".into()).is_blocked, Some(true));
    }
}
