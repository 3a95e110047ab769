//! Values as they are stored and searched for, and the shapes that they may have.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use tokio::sync::OnceCell;

use crate::Result;

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

/// Whether it is an e-mail address that could exist.
pub(super) fn is_email(value: &str) -> bool {
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

/// Whether it has the shape of a language tag such as `en`, `sq` or `pt-BR` (RFC 5646).
pub(crate) fn is_language_tag(tag: &str) -> bool {
    let part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(part)
}

/// Whether Postgres, which counts days by time zones, and `chrono-tz`, which calculates snooze times, both know this one.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn is_time_zone(connection: &mut sqlx::PgConnection, name: &str) -> Result<bool> {
    if name.parse::<chrono_tz::Tz>().is_err() {
        return Ok(false);
    }
    // Postgres opens all files of its zones for the list, and has the same ones as long as it runs.
    static KNOWN: OnceCell<HashSet<String>> = OnceCell::const_new();
    let read = async || -> Result<HashSet<String>> {
        let names =
            sqlx::query_scalar!(r#"select name as "name!" from pg_timezone_names"#).fetch_all(connection).await?;
        Ok(names.into_iter().collect())
    };
    Ok(KNOWN.get_or_try_init(read).await?.contains(name))
}

/// Whether a line holds a web address that mail programs make a link of. A mere domain, which companies have as a name, is
/// none.
pub(crate) fn has_web_address(line: &str) -> bool {
    let is_address = |word: &str| {
        let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
        let is_page = word.split_once('/').is_some_and(|(host, path)| {
            let ending = host.rsplit_once('.').map_or("", |(_, ending)| ending);
            !path.is_empty() && ending.chars().count() > 1 && ending.chars().all(char::is_alphabetic)
        });
        is_page || word.starts_with("www.")
    };
    let line = line.to_lowercase();
    line.contains("://") || line.split_whitespace().any(is_address)
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
}
