//! The rules of a contact's fields.

use serde_json::{Map, Value};
use types::{contact::ContactInput, error::FieldRule};

use crate::{
    Cx, Result,
    validate::{Check, is_language_tag, is_time_zone},
};

/// A contact's fields as they are stored. The outer `None` leaves a field as it is, an inner one empties it.
#[derive(Debug, Default)]
pub(super) struct Fields {
    pub name: Option<String>,
    pub email: Option<Option<String>>,
    pub phone: Option<Option<String>>,
    pub company: Option<String>,
    pub language: Option<Option<String>>,
    pub time_zone: Option<Option<String>>,
    pub notes: Option<String>,
    pub tags: Option<Vec<String>>,
    pub is_vip: Option<bool>,
    pub is_blocked: Option<bool>,
    pub custom_fields: Option<Map<String, Value>>,
}

impl Fields {
    /// Names of the fields that are given, for the event.
    pub fn given(&self) -> Vec<&'static str> {
        [
            ("name", self.name.is_some()),
            ("email", self.email.is_some()),
            ("phone", self.phone.is_some()),
            ("company", self.company.is_some()),
            ("language", self.language.is_some()),
            ("time_zone", self.time_zone.is_some()),
            ("notes", self.notes.is_some()),
            ("tags", self.tags.is_some()),
            ("is_vip", self.is_vip.is_some()),
            ("is_blocked", self.is_blocked.is_some()),
            ("custom_fields", self.custom_fields.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, given)| given.then_some(name))
        .collect()
    }
}

/// Checks all fields at once.
///
/// # Errors
/// [`Error::Validation`](crate::Error::Validation) with every field that breaks a rule.
pub(super) async fn check(cx: &mut Cx, input: ContactInput) -> Result<Fields> {
    let mut check = Check::default();
    let email = emptied(input.email, |value| check.email("email", value));
    let phone = emptied(input.phone, |value| check.phone("phone", value));
    let language = emptied(input.language, |value| language(&mut check, value));
    let time_zone = emptied(input.time_zone, str::to_owned);
    if let Some(Some(zone)) = &time_zone
        && !is_time_zone(cx.conn(), zone).await?
    {
        check.rule("time_zone", FieldRule::TimeZone);
    }
    let fields = Fields {
        name: input.name.map(|value| check.line("name", &value, 0..=200)),
        email,
        phone,
        company: input.company.map(|value| check.line("company", &value, 0..=200)),
        language,
        time_zone,
        notes: input.notes.map(|value| check.text("notes", &value, 0..=10_000)),
        tags: input.tags.map(|tags| check.tags("tags", &tags)),
        is_vip: input.is_vip,
        is_blocked: input.is_blocked,
        custom_fields: input.custom_fields.map(|fields| check.custom_fields("custom_fields", &fields)),
    };
    check.finish()?;
    Ok(fields)
}

/// A field that an empty string empties.
fn emptied(value: Option<String>, check: impl FnOnce(&str) -> String) -> Option<Option<String>> {
    value.map(|value| {
        let value = value.trim();
        (!value.is_empty()).then(|| check(value))
    })
}

fn language(check: &mut Check, value: &str) -> String {
    if !is_language_tag(value) {
        check.rule("language", FieldRule::Language);
    }
    value.to_owned()
}
