//! Where an answer may point to: addresses of the organization, and of what it says of itself.

use types::agent::Passage;

/// Where an answer may point to.
pub(super) struct Targets {
    /// Hosts of the organization: of its pages, and those that it names in its instructions and settings.
    pub own: Vec<String>,
    /// Addresses that the passages name. They may be told, letter by letter and so with nothing of the conversation in
    /// them, but not be links: who writes on a page that is read here would else place links in our answers.
    pub told: Vec<String>,
    /// Mail addresses that stand in any of these.
    pub mail: Vec<String>,
}

/// What an address in an answer may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    Link,
    Words,
    Nothing,
}

impl Targets {
    /// Those of the passages, and of what the organization says of itself.
    pub(super) fn of<'a>(passages: &'a [Passage], others: impl IntoIterator<Item = &'a str>) -> Self {
        let others: Vec<&str> = others.into_iter().collect();
        let own = passages.iter().filter_map(|passage| passage.url.as_deref()).chain(others.iter().copied());
        let texts = passages.iter().map(|passage| passage.content.as_str());
        Self {
            own: own.flat_map(addresses).filter_map(host).collect(),
            told: texts.clone().flat_map(addresses).map(str::to_owned).collect(),
            mail: texts.chain(others.iter().copied()).flat_map(mail_addresses).collect(),
        }
    }

    /// What an address, as Markdown has it, may be.
    pub(super) fn standing(&self, address: &str) -> Standing {
        let address = address.trim().trim_matches(['<', '>']);
        if let Some(mail) = address.strip_prefix("mailto:") {
            // Without a subject or text, which could carry something away.
            return if self.mail.contains(&mail.to_lowercase()) { Standing::Link } else { Standing::Nothing };
        }
        if address.starts_with("tel:") {
            return Standing::Link;
        }
        match host(address) {
            Some(host) if self.own.contains(&host) => Standing::Link,
            Some(_) if self.told.iter().any(|told| told == address) => Standing::Words,
            _ => Standing::Nothing,
        }
    }
}

/// The http(s) addresses of a text, without the punctuation behind them.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let start = (0..rest.len()).find(|at| starts_with_address(&rest.as_bytes()[*at..]))?;
        let (address, after) = bare(&rest[start..]);
        rest = after;
        Some(unpunctuated(address))
    })
}

/// Whether a text begins with an http(s) address.
pub(super) fn starts_with_address(text: &[u8]) -> bool {
    ["http://", "https://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme.as_bytes())))
}

/// An address that a text begins with, and what follows it.
pub(super) fn bare(text: &str) -> (&str, &str) {
    let ends = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ')' | ']' | '"');
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// An address without the punctuation behind it, which belongs to the sentence.
pub(super) fn unpunctuated(address: &str) -> &str {
    address.trim_end_matches(['.', ',', ';', ':', '!', '?', '*', '_'])
}

/// The host of an http(s) address as browsers read it, with its port.
pub(super) fn host(address: &str) -> Option<String> {
    let url = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let is_plain = url.username().is_empty() && url.password().is_none();
    let host = url.host_str().filter(|_| is_plain)?.trim_end_matches('.');
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn mail_addresses(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>()[],;:\"'".contains(c));
    words.map(|word| word.trim_end_matches(['.', '!', '?'])).filter(|word| word.contains('@')).map(str::to_lowercase)
}
