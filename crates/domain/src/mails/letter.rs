//! What a mail says, in the reader's language, as text and as HTML.

use std::{collections::HashMap, sync::LazyLock};

use serde::{Deserialize, Serialize};

/// What a mail is about. What anybody can have sent to any address, by signing up with it, names nothing that they chose.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Letter<'a> {
    Invitation { organization: &'a str, inviter: &'a str },
    PasswordReset,
    Verification,
    PasswordChanged,
    TwoFactorOn,
    TwoFactorOff,
    AppRemoved,
    RecoveryCodeUsed,
    PasskeyAdded { name: &'a str },
    PasskeyRemoved { name: &'a str },
    PasskeyCopied { name: &'a str },
    WebhookDisabled { organization: &'a str, url: &'a str },
}

impl<'a> Letter<'a> {
    /// The stable word for it.
    pub(crate) fn kind(self) -> &'static str {
        match self {
            Self::Invitation { .. } => "invitation",
            Self::PasswordReset => "password_reset",
            Self::Verification => "verification",
            Self::PasswordChanged => "password_changed",
            Self::TwoFactorOn => "two_factor_on",
            Self::TwoFactorOff => "two_factor_off",
            Self::AppRemoved => "app_removed",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::PasskeyAdded { .. } => "passkey_added",
            Self::PasskeyRemoved { .. } => "passkey_removed",
            Self::PasskeyCopied { .. } => "passkey_copied",
            Self::WebhookDisabled { .. } => "webhook_disabled",
        }
    }

    /// What stands for the names in braces.
    fn values(self) -> Vec<(&'static str, &'a str)> {
        match self {
            Self::Invitation { organization, inviter } => {
                vec![("{organization}", organization), ("{inviter}", inviter)]
            }
            Self::PasskeyAdded { name } | Self::PasskeyRemoved { name } | Self::PasskeyCopied { name } => {
                vec![("{name}", name)]
            }
            Self::WebhookDisabled { organization, url } => vec![("{organization}", organization), ("{url}", url)],
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
impl<'a> Letter<'a> {
    /// One of each, with this text wherever a letter names something.
    pub(super) fn each(text: &'a str) -> [Self; 12] {
        [
            Self::Invitation { organization: text, inviter: text },
            Self::PasswordReset,
            Self::Verification,
            Self::PasswordChanged,
            Self::TwoFactorOn,
            Self::TwoFactorOff,
            Self::AppRemoved,
            Self::RecoveryCodeUsed,
            Self::PasskeyAdded { name: text },
            Self::PasskeyRemoved { name: text },
            Self::PasskeyCopied { name: text },
            Self::WebhookDisabled { organization: text, url: text },
        ]
    }
}

/// The words of a language.
#[derive(Deserialize)]
struct Words {
    link: String,
    unexpected: String,
    letters: HashMap<String, LetterWords>,
}

#[derive(Default, Deserialize)]
struct LetterWords {
    subject: String,
    lines: Vec<String>,
    action: String,
}

static ENGLISH: LazyLock<Words> = LazyLock::new(|| read(include_str!("words/en.json")));
static ALBANIAN: LazyLock<Words> = LazyLock::new(|| read(include_str!("words/sq.json")));

fn read(json: &str) -> Words {
    #[expect(clippy::expect_used, reason = "built in; a test reads both")]
    serde_json::from_str(json).expect("the words of the mails")
}

/// A mail as it is sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Body {
    pub text: String,
    pub html: String,
}

/// Writes a letter in a language (English when it is another than we speak), with the address behind its button.
pub(super) fn write(letter: Letter<'_>, locale: &str, link: &str) -> (String, Body) {
    let words = if locale == "sq" { &*ALBANIAN } else { &*ENGLISH };
    let none = LetterWords::default();
    let own = words.letters.get(letter.kind()).unwrap_or(&none);
    let values = letter.values();
    let plain = |template: &str| fill(template, &values, str::to_owned);
    let marked_up = |template: &str| fill(template, &values, escape);
    let lines: Vec<String> = own.lines.iter().map(|line| plain(line)).collect();
    let text = format!("{}\n\n{}:\n{link}\n\n{}\n", lines.join("\n\n"), own.action, words.unexpected);
    let paragraphs: String =
        own.lines.iter().map(|line| format!("<p style=\"margin:0 0 16px\">{}</p>\n", marked_up(line))).collect();
    let html = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body style=\"margin:0;padding:24px;background:#f6f7f9;color:#16181d;font:16px/1.5 system-ui,sans-serif\">\n\
         <div style=\"max-width:520px;margin:0 auto;padding:32px;background:#fff;border:1px solid #e3e5e9;border-radius:8px\">\n\
         {paragraphs}\
         <p style=\"margin:24px 0\"><a href=\"{href}\" style=\"display:inline-block;padding:10px 18px;border-radius:6px;\
         background:#4338ca;color:#fff;text-decoration:none;font-weight:600\">{action}</a></p>\n\
         <p style=\"margin:0 0 16px;color:#5b616e;font-size:14px\">{link_words}<br>{href}</p>\n\
         <p style=\"margin:0;color:#5b616e;font-size:14px\">{unexpected}</p>\n</div>\n</body>\n</html>\n",
        lang = if locale == "sq" { "sq" } else { "en" },
        title = marked_up(&own.subject),
        href = escape(link),
        action = escape(&own.action),
        link_words = escape(&words.link),
        unexpected = escape(&words.unexpected),
    );
    (plain(&own.subject), Body { text, html })
}

/// Puts values in the places of their names, in one go: a value that holds another's name stays as it is.
fn fill(template: &str, values: &[(&str, &str)], form: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        filled.push_str(&form(&rest[..start]));
        rest = &rest[start..];
        let found = values.iter().find(|(name, _)| rest.starts_with(name));
        let (taken, value) = found.map_or(("{", "{"), |(name, value)| (*name, *value));
        filled.push_str(&form(value));
        rest = &rest[taken.len()..];
    }
    filled.push_str(&form(rest));
    filled
}

/// Text as HTML shows it, also within quoted attributes.
fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Leaves a header, a line, an attribute and the text, in whichever it stands; a value that holds another's name.
    const HOSTILE: &str =
        "{inviter}{url}\r\nBcc: x@evil.example\n\n\"'><script>x()</script><img src=x onerror=x()>&lt;{name}";

    #[test]
    fn there_is_one_of_each() {
        let kinds: BTreeSet<&str> = Letter::each("Ana").iter().map(|letter| letter.kind()).collect();
        for words in [&ENGLISH, &ALBANIAN] {
            assert_eq!(words.letters.keys().map(String::as_str).collect::<BTreeSet<_>>(), kinds);
        }
    }

    #[test]
    fn every_letter_is_written_in_every_language() {
        for letter in Letter::each("Ana") {
            let subjects = ["en", "sq"].map(|locale| {
                let (subject, body) = write(letter, locale, "https://help.example.com/x/1");
                assert!(!subject.is_empty() && body.text.contains("https://help.example.com/x/1"), "{subject}");
                assert!(body.html.contains(&format!("<html lang=\"{locale}\">")), "{}", body.html);
                subject
            });
            assert_ne!(subjects[0], subjects[1]);
        }
    }

    #[test]
    fn names_are_text_wherever_they_stand() {
        let letter = Letter::Invitation { organization: "{inviter} & <b>Sons</b>", inviter: "Ana \"x\"" };
        let (subject, body) = write(letter, "en", "https://help.example.com/?a=1&b=\"2");
        assert_eq!(subject, "Ana \"x\" has invited you to {inviter} & <b>Sons</b>");
        assert!(body.text.contains("Ana \"x\" has invited you to join {inviter} & <b>Sons</b>."), "{}", body.text);
        assert!(body.html.contains("{inviter} &amp; &lt;b&gt;Sons&lt;/b&gt;"), "{}", body.html);
        assert!(!body.html.contains("<b>") && body.html.contains("?a=1&amp;b=&quot;2"), "{}", body.html);
    }

    /// Whatever a name is, it adds no mark to the HTML and takes none away.
    #[test]
    fn no_letter_takes_markup_from_a_name() {
        let marks = |html: &str| ['<', '>', '"', '\''].map(|mark| html.matches(mark).count());
        for (plain, hostile) in Letter::each("Ana").into_iter().zip(Letter::each(HOSTILE)) {
            for locale in ["en", "sq"] {
                let link = "https://help.example.com/x/1";
                let (_, expected) = write(plain, locale, link);
                let (_, body) = write(hostile, locale, link);
                assert_eq!(marks(&body.html), marks(&expected.html), "{}", body.html);
                // A letter without a name is the same for everybody.
                let told = body.html.contains("&lt;script&gt;x()");
                assert_eq!(told, !plain.values().is_empty(), "{}", body.html);
            }
        }
    }
}
