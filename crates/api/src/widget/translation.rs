//! The widget's texts. A language is a file beside this one with the same keys.

use std::{collections::HashMap, sync::LazyLock};

use axum::http::{HeaderMap, header};

/// A language of the widget.
pub(super) struct Language {
    pub(super) code: &'static str,
    /// The texts as JSON, for the page.
    pub(super) json: &'static str,
    texts: LazyLock<HashMap<String, String>>,
}

static LANGUAGES: [Language; 2] = [
    Language {
        code: "en",
        json: include_str!("translations/en.json"),
        texts: LazyLock::new(|| serde_json::from_str(include_str!("translations/en.json")).unwrap_or_default()),
    },
    Language {
        code: "sq",
        json: include_str!("translations/sq.json"),
        texts: LazyLock::new(|| serde_json::from_str(include_str!("translations/sq.json")).unwrap_or_default()),
    },
];

impl Language {
    /// The text of a key.
    pub(super) fn text(&'static self, key: &str) -> &'static str {
        self.texts.get(key).map_or("", String::as_str)
    }
}

/// The language to speak: what the page's script tag names, else the channel's, else the first that the browser asks
/// for and we have, else English.
pub(super) fn choose(named: Option<&str>, channel: &str, headers: &HeaderMap) -> &'static Language {
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let wanted = named.into_iter().chain(Some(channel)).chain(accepted.split(','));
    wanted.filter_map(find).next().unwrap_or(&LANGUAGES[0])
}

/// The language of a tag such as `sq-AL` or `en;q=0.8`.
fn find(tag: &str) -> Option<&'static Language> {
    let code = tag.trim().split(['-', '_', ';']).next()?.to_ascii_lowercase();
    LANGUAGES.iter().find(|language| language.code == code)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn every_language_has_every_text() {
        let keys = |language: &'static Language| {
            let mut keys: Vec<_> = language.texts.keys().cloned().collect();
            keys.sort();
            keys
        };
        for language in &LANGUAGES {
            assert_eq!(keys(language), keys(&LANGUAGES[0]), "{}", language.code);
            assert!(language.texts.values().all(|text| !text.is_empty()));
        }
        assert!(!LANGUAGES[0].texts.is_empty());
    }

    #[test]
    fn the_page_outranks_the_channel_and_the_channel_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, "de, sq-AL;q=0.9, en;q=0.8".parse().expect("a header"));
        assert_eq!(choose(None, "auto", &headers).code, "sq");
        assert_eq!(choose(None, "en", &headers).code, "en");
        assert_eq!(choose(Some("sq"), "en", &headers).code, "sq");
        assert_eq!(choose(Some("xx"), "auto", &HeaderMap::new()).code, "en");
    }

    #[test]
    fn languages_asked_for_take_hostile_bytes() {
        let words = [",", ";q=", "-", "_", "sq", "EN", "*", ";q=0", "i-", " "];
        fuzz::bytes(&[b"de, sq-AL;q=0.9, en;q=0.8", b"*", b""], &words, |asked| {
            let Ok(value) = HeaderValue::from_bytes(asked) else { return };
            let headers = HeaderMap::from_iter([(header::ACCEPT_LANGUAGE, value)]);
            let chosen = choose(None, "auto", &headers).code;
            assert!(chosen == "en" || asked.to_ascii_lowercase().windows(2).any(|two| two == chosen.as_bytes()));
        });
    }
}
