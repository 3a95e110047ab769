//! Rules of single fields. A [`Check`] collects what is wrong, so that a form shows all of it at once.

mod text;

use std::ops::RangeInclusive;

use serde_json::{Map, Value};
use types::error::{FieldError, FieldRule};

pub(crate) use self::text::{changed_tags, clean, contains_pattern, cut, is_language_tag, is_time_zone, storable};
use crate::{Error, Result};

/// Fields of its own that an organization may keep with a contact.
pub(crate) const CUSTOM_FIELDS: usize = 50;

/// Languages that the screens and the product's own texts exist in.
pub(crate) const LOCALES: &[&str] = &["en", "sq"];

/// What is wrong with an input, field by field. Each rule gives the value in the form in which it is stored.
#[derive(Default)]
pub(crate) struct Check {
    errors: Vec<FieldError>,
}

impl Check {
    /// Notes that a field breaks a rule.
    pub fn rule(&mut self, field: &str, rule: FieldRule) {
        self.errors.push(FieldError::new(field, rule, None));
    }

    /// Notes that a field breaks a rule with a number in it.
    pub fn limit(&mut self, field: &str, rule: FieldRule, limit: usize) {
        self.errors.push(FieldError::new(field, rule, Some(limit as u64)));
    }

    /// Notes that a field breaks a rule of its own, in plain words.
    pub fn fail(&mut self, field: &str, message: impl Into<String>) {
        self.errors.push(FieldError::other(field, message));
    }

    /// Text on one line, without control characters, of so many characters.
    pub fn line(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) -> String {
        let value = clean(value).replace(['\n', '\t'], " ").trim().to_owned();
        self.length(field, &value, length);
        value
    }

    /// The name of a person or an organization. Invitations show it to people who know neither, and mail programs make
    /// links of addresses.
    pub fn name(&mut self, field: &str, value: &str) -> String {
        let value = self.line(field, value, 1..=120);
        if text::has_web_address(&value) {
            self.rule(field, FieldRule::NoAddress);
        }
        value
    }

    /// Text on any number of lines, of so many characters.
    pub fn text(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) -> String {
        let value = clean(value).trim().to_owned();
        self.length(field, &value, length);
        value
    }

    fn length(&mut self, field: &str, value: &str, length: RangeInclusive<usize>) {
        let count = value.chars().count();
        if count == 0 && *length.start() > 0 {
            self.rule(field, FieldRule::Missing);
        } else if count < *length.start() {
            self.limit(field, FieldRule::TooShort, *length.start());
        } else if count > *length.end() {
            self.limit(field, FieldRule::TooLong, *length.end());
        }
    }

    /// A number between two, both included.
    pub fn number<T: Into<f64> + Copy>(&mut self, field: &str, value: T, least: T, most: T) {
        let (value, least, most): (f64, f64, f64) = (value.into(), least.into(), most.into());
        if value > most {
            self.limit(field, FieldRule::TooLarge, most as usize);
        } else if value.is_nan() || value < least {
            self.limit(field, FieldRule::TooSmall, least as usize);
        }
    }

    /// An e-mail address that could exist. Whether it does, only a mail to it can tell.
    pub fn email(&mut self, field: &str, value: &str) -> String {
        let value = value.trim().to_owned();
        if value.is_empty() {
            self.rule(field, FieldRule::Missing);
        } else if !text::is_email(&value) {
            self.rule(field, FieldRule::Email);
        }
        value
    }

    /// A telephone number as people write it: 5 to 20 digits with `+`, spaces and punctuation between.
    pub fn phone(&mut self, field: &str, value: &str) -> String {
        let value = value.trim().to_owned();
        let digits = value.chars().filter(char::is_ascii_digit).count();
        let shaped = value.chars().enumerate().all(|(at, c)| {
            c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.' | '/') || (c == '+' && at == 0)
        });
        if !shaped || !(5..=20).contains(&digits) || value.len() > 40 {
            self.rule(field, FieldRule::Phone);
        }
        value
    }

    /// One of the words.
    pub fn one_of(&mut self, field: &str, value: &str, words: &[&str]) -> String {
        if !words.contains(&value) {
            self.fail(field, format!("must be one of: {}", words.join(", ")));
        }
        value.to_owned()
    }

    /// An `http` or `https` address, or nothing.
    pub fn web_address(&mut self, field: &str, value: &str) -> String {
        let value = value.trim().to_owned();
        let fits = value.is_empty()
            || value.len() <= 2048
                && !value.contains(|c: char| c.is_control())
                && url::Url::parse(&value).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !fits {
            self.rule(field, FieldRule::WebAddress);
        }
        value
    }

    /// Tags: each once, at most 30, of at most 50 characters.
    pub fn tags(&mut self, field: &str, tags: &[String]) -> Vec<String> {
        let mut kept: Vec<String> = Vec::new();
        for tag in tags {
            let tag = self.line(field, tag, 0..=50);
            if !tag.is_empty() && !kept.contains(&tag) {
                kept.push(tag);
            }
        }
        if kept.len() > 30 {
            self.limit(field, FieldRule::TooMany, 30);
        }
        kept
    }

    /// Fields of the organization's own: at most [`CUSTOM_FIELDS`], with plain values (text, number, true or false).
    pub fn custom_fields(&mut self, field: &str, fields: &Map<String, Value>) -> Map<String, Value> {
        if fields.len() > CUSTOM_FIELDS {
            self.limit(field, FieldRule::TooMany, CUSTOM_FIELDS);
        }
        let mut kept = Map::new();
        for (name, value) in fields.iter().take(CUSTOM_FIELDS) {
            let name = self.line(field, name, 1..=60);
            let value = match value {
                Value::String(text) => Value::String(self.text(field, text, 0..=1000)),
                Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
                Value::Array(_) | Value::Object(_) => {
                    self.fail(field, format!("has a list or an object under {name:?}: only plain values are allowed"));
                    continue;
                }
            };
            kept.insert(name, value);
        }
        kept
    }

    /// Ends the check.
    ///
    /// # Errors
    /// [`Error::Validation`] with every field that broke a rule.
    pub fn finish(self) -> Result<()> {
        if self.errors.is_empty() { Ok(()) } else { Err(Error::Validation(self.errors)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_shows_everything_that_is_wrong() {
        let mut check = Check::default();
        check.line("name", "  ", 1..=10);
        check.email("email", "nobody");
        check.phone("phone", "12+34567");
        check.web_address("website", "javascript:alert(1)");
        let error = check.finish().expect_err("four errors");
        let fields: Vec<_> = error.details().iter().map(|detail| detail.field.as_str()).collect();
        assert_eq!(fields, ["name", "email", "phone", "website"]);
    }

    #[test]
    fn text_is_kept_in_the_form_in_which_it_can_be_stored() {
        let mut check = Check::default();
        assert_eq!(check.line("name", " Ana\0\nMaria ", 1..=20), "Ana Maria");
        assert_eq!(check.line("name", "invoice\u{202e}fdp.exe\u{2066}", 1..=20), "invoicefdp.exe");
        assert_eq!(check.tags("tags", &["vip".into(), " vip ".into(), String::new()]), ["vip"]);
        assert_eq!(contains_pattern("50%_a\\"), "%50\\%\\_a\\\\%");
        check.finish().expect("nothing wrong");
    }

    #[test]
    fn a_name_holds_no_address_that_becomes_a_link() {
        let is_refused = |name| {
            let mut check = Check::default();
            check.name("name", name);
            check.finish().is_err()
        };
        for name in ["Claim: https://evil.example", "HTTP://evil.example", "(www.evil.example)", "Prize evil.example/x"]
        {
            assert!(is_refused(name), "{name}");
        }
        for name in
            ["Booking.com", "Alba s.r.o./Beta", "S.p.A/N.V", "A/B Testing", "Kola & Sons: 24/7", "Dr. Ana Hoxha"]
        {
            assert!(!is_refused(name), "{name}");
        }
    }

    #[test]
    fn fields_take_hostile_bytes() {
        let examples =
            ["Ana\tHoxha\r\n", "ana@example.com", "+355 69 123 4567", "https://x.test/a?b=1", "\u{202e}\u{2028}x"];
        fuzz::text(
            &examples,
            &["\r\nBcc: ", "@", "javascript:", "https://", "\u{0}", "\u{2066}", ".", "<", ">"],
            |text| {
                let mut check = Check::default();
                let line = check.line("line", text, 0..=100_000);
                assert!(!line.contains(|c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}')), "{line:?}");
                let [mut email, mut web, mut phone] = [Check::default(), Check::default(), Check::default()];
                let address = email.email("email", text);
                if email.finish().is_ok() {
                    assert!(
                        !address.contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;\"".contains(c)),
                        "{address:?}"
                    );
                }
                let address = web.web_address("web", text);
                assert!(
                    web.finish().is_err() || address.is_empty() || address.to_ascii_lowercase().starts_with("http")
                );
                let number = phone.phone("phone", text);
                assert!(phone.finish().is_err() || number.is_ascii());
            },
        );
    }
}
