//! The fields of a contact that are edited one at a time.

use serde::{Deserialize, Serialize};
use types::contact::{Contact, ContactInput};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_touches_one_field() {
        let input = ContactField::Email.input(String::new());
        assert_eq!(input, ContactInput { email: Some(String::new()), ..ContactInput::default() });
        assert_eq!(ContactField::Blocked.input("true".into()).is_blocked, Some(true));
    }
}
