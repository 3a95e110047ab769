//! Rules of single fields. A [`Check`] collects what is wrong, so that a form shows all of it at once.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value};
use types::error::{FieldError, FieldRule};

use crate::{Error, Result};

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
        } else if !is_email(&value) {
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

    /// Fields of the organization's own: at most 50, with plain values (text, number, true or false).
    pub fn custom_fields(&mut self, field: &str, fields: &Map<String, Value>) -> Map<String, Value> {
        if fields.len() > 50 {
            self.limit(field, FieldRule::TooMany, 50);
        }
        let mut kept = Map::new();
        for (name, value) in fields.iter().take(50) {
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

/// Text without control characters other than line breaks and tabs, and without marks that turn the direction of what
/// follows: Postgres refuses NUL, and the others only deceive readers (`exe.pdf` may be `fdp.exe`; Unicode TR 36, 2.5).
pub(crate) fn clean(text: &str) -> String {
    let deceives = |c: char| {
        c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.replace("\r\n", "\n").replace(['\u{2028}', '\u{2029}'], "\n").chars().filter(|&c| !deceives(c)).collect()
}

/// The tags with those in `add` (separated by commas) put at the end, each once, and `remove` taken out.
pub(crate) fn changed_tags(mut tags: Vec<String>, add: &str, remove: &str) -> Vec<String> {
    tags.retain(|tag| tag != remove);
    for tag in add.split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
        if !tags.iter().any(|known| known == tag) {
            tags.push(tag.to_owned());
        }
    }
    tags
}

/// At most so many characters of what a client says of itself.
pub(crate) fn cut(text: Option<&str>, length: usize) -> Option<String> {
    text.map(|text| clean(text).chars().take(length).collect())
}

/// A pattern for `like` that finds the text anywhere, with its own wildcards taken literally.
pub(crate) fn contains_pattern(text: &str) -> String {
    let escaped = clean(text).trim().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// A time that Postgres can hold, for filters: it knows none before 4713 BC, and nothing of ours is older than 1970.
pub(crate) fn storable(time: DateTime<Utc>) -> DateTime<Utc> {
    time.max(DateTime::UNIX_EPOCH)
}

fn is_email(value: &str) -> bool {
    let Some((local, domain)) = value.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !"@<>()[],;:\\\"".contains(c);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    value.len() <= 254
        && clean(value) == value
        && (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && domain.contains('.')
        && domain.split('.').all(label)
}

/// Whether Postgres knows the time zone.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn is_time_zone(connection: &mut sqlx::PgConnection, name: &str) -> Result<bool> {
    if name.is_empty() || name.len() > 64 || name.contains(|c: char| c.is_control()) {
        return Ok(false);
    }
    let known =
        sqlx::query_scalar!(r#"select exists (select from pg_timezone_names where name = $1) as "known!""#, name)
            .fetch_one(connection)
            .await?;
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_could_exist_are_taken_and_others_refused() {
        for good in ["a@b.al", "first.last+tag@mail.example.com", "ëngjëll@shqipëria.al"] {
            assert!(is_email(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "a@b",
            "@b.al",
            "a@.al",
            "a@b..al",
            "a b@c.al",
            "a@@b.al",
            "a@-b.al",
            "<a@b.al>",
            "a\0@b.al",
            "a\u{202e}@b.al",
        ] {
            assert!(!is_email(bad), "{bad:?}");
        }
        assert!(!is_email(&format!("a@{}.al", "b".repeat(260))));
    }

    #[test]
    fn tags_are_trimmed_and_each_once() {
        let tags = vec!["vip".to_owned(), "old".to_owned()];
        assert_eq!(changed_tags(tags.clone(), " new ,vip, ", "old"), ["vip", "new"]);
        assert_eq!(changed_tags(tags.clone(), "", ""), tags);
    }

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
    fn patterns_take_hostile_bytes() {
        fuzz::text(&["50%_a\\", "Ana", "\\%\\_\\\\"], &["%", "_", "\\", "\\%", "\u{0}", "\u{2028}"], |text| {
            let pattern = contains_pattern(text);
            let inner = pattern.strip_prefix('%').and_then(|rest| rest.strip_suffix('%')).expect("anywhere");
            // As Postgres reads it: what follows a backslash stands for itself.
            let (mut plain, mut characters) = (String::new(), inner.chars());
            while let Some(c) = characters.next() {
                assert!(!matches!(c, '%' | '_'), "a wildcard in {pattern:?}");
                plain.push(if c == '\\' { characters.next().expect("a character after the backslash") } else { c });
            }
            assert_eq!(plain, clean(text).trim());
        });
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
