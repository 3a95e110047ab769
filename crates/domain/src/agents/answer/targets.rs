//! Where an answer may point to: addresses of the organization, and of what it says of itself.

use std::collections::HashSet;

use types::agent::Passage;
use url::Url;

/// Where an answer may point to.
#[derive(Default)]
pub(super) struct Targets {
    /// Addresses that may be links, as browsers write them: those that the model was told of the organization's own hosts,
    /// which are the hosts of its pages, and those that it names in its instructions and settings. Another path or query of
    /// them could carry something away, or lead on to a stranger.
    pub links: Vec<String>,
    /// All addresses that the model was told. They may be told on, letter by letter and so with nothing of the conversation
    /// in them, but not be links: who writes on a page that is read here would else place links in our answers.
    pub told: Vec<String>,
    /// Mail addresses that stand in any of these.
    pub mail: Vec<String>,
    /// Numbers that stand in any of these, in the groups in which they are written; those of one list follow each other.
    pub numbers: Vec<Vec<String>>,
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
        let pages = passages.iter().filter_map(|passage| passage.url.as_deref());
        let own: Vec<&str> = pages.chain(others.iter().copied().flat_map(addresses)).collect();
        let texts = passages.iter().map(|passage| passage.content.as_str());
        let hosts: HashSet<String> = own.iter().copied().filter_map(host).collect();
        let told: HashSet<&str> = own.into_iter().chain(texts.clone().flat_map(addresses)).collect();
        let is_own = |address: &&str| host(address).is_some_and(|host| hosts.contains(&host));
        let said = texts.chain(others.iter().copied());
        Self {
            links: told.iter().copied().filter(is_own).filter_map(web).map(String::from).collect(),
            told: told.iter().copied().map(str::to_owned).collect(),
            mail: said.clone().flat_map(mail_addresses).collect(),
            numbers: said.flat_map(numbers).collect(),
        }
    }

    /// What an address, as Markdown has it, may be.
    pub(super) fn standing(&self, address: &str) -> Standing {
        let address = address.trim().trim_matches(['<', '>']);
        if let Some(mail) = address.strip_prefix("mailto:") {
            // Without a subject or text, which could carry something away.
            return if self.mail.contains(&mail.to_lowercase()) { Standing::Link } else { Standing::Nothing };
        }
        if let Some(number) = address.strip_prefix("tel:") {
            // Never a link: a page may have named it, and some numbers cost much.
            return if self.has_number(number) { Standing::Words } else { Standing::Nothing };
        }
        match web(address) {
            Some(url) if self.links.iter().any(|link| link == url.as_str()) => Standing::Link,
            Some(_) if self.told.iter().any(|told| told == address) => Standing::Words,
            _ => Standing::Nothing,
        }
    }

    /// Whether a telephone number was told, however its digits are grouped.
    fn has_number(&self, number: &str) -> bool {
        let number: String = number.chars().filter(|c| *c == '+' || !SEPARATORS.contains(c)).collect();
        self.numbers.iter().any(|groups| (0..groups.len()).any(|from| begin_with(&groups[from..], &number)))
    }
}

/// Whether the first groups make the number.
fn begin_with(groups: &[String], number: &str) -> bool {
    let mut rest = number;
    for group in groups {
        match rest.strip_prefix(group.as_str()) {
            None => return false,
            Some("") => return true,
            Some(after) => rest = after,
        }
    }
    false
}

/// What stands between the groups of a number, or before it.
const SEPARATORS: [char; 8] = ['+', ' ', '\u{a0}', '-', '.', '/', '(', ')'];

/// The groups of digits of a text, each with a plus before it where it has one; words part the lists.
fn numbers(text: &str) -> impl Iterator<Item = Vec<String>> {
    let lists = text.split(|c: char| !(c.is_ascii_digit() || SEPARATORS.contains(&c)));
    lists.filter(|list| list.contains(|c: char| c.is_ascii_digit())).map(|list| {
        let groups = list.split(|c: char| c != '+' && SEPARATORS.contains(&c));
        groups.filter(|group| group.contains(|c: char| c.is_ascii_digit())).map(str::to_owned).collect()
    })
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

/// An http(s) address as browsers read it.
fn web(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    (url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// The host of an http(s) address, with its port.
fn host(address: &str) -> Option<String> {
    let url = web(address)?;
    let host = url.host_str()?.trim_end_matches('.');
    Some(url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
}

fn mail_addresses(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| c.is_whitespace() || "<>()[],;:\"'".contains(c));
    words.map(|word| word.trim_end_matches(['.', '!', '?'])).filter(|word| word.contains('@')).map(str::to_lowercase)
}
