//! Links of Markdown, as a renderer understands them.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// So often links may come out of each other; what still has some then is left without the signs that make them.
const ROUNDS: usize = 8;

/// Takes links and images whose target is not allowed out of Markdown; their words stay. The target is given as browsers
/// get it: with escapes, entities and references resolved, which is how one host is made to look like another.
pub fn without_links(source: &str, allowed: impl Fn(&str) -> bool) -> String {
    let mut text = source.to_owned();
    for _ in 0..ROUNDS {
        let refused = refused(&text, &allowed);
        if refused.is_empty() {
            return text;
        }
        for (range, words) in refused.into_iter().rev() {
            text.replace_range(range, &words);
        }
    }
    text.retain(|c| !matches!(c, '[' | ']' | '<' | '>'));
    text
}

/// The outermost links and images that are not allowed: where they stand, and their words.
fn refused(source: &str, allowed: &impl Fn(&str) -> bool) -> Vec<(Range<usize>, String)> {
    let mut found: Vec<(Range<usize>, String)> = Vec::new();
    let mut depth = 0;
    for (event, range) in Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { ref dest_url, .. } | Tag::Image { ref dest_url, .. })
                if depth == 0 && !allowed(dest_url) =>
            {
                found.push((range, String::new()));
                depth = 1;
            }
            Event::Start(_) if depth > 0 => depth += 1,
            Event::End(TagEnd::Link | TagEnd::Image) if depth == 1 => depth = 0,
            Event::End(_) if depth > 0 => depth -= 1,
            Event::Text(words) | Event::Code(words) if depth > 0 => {
                if let Some((_, label)) = found.last_mut() {
                    label.push_str(&words);
                }
            }
            Event::SoftBreak | Event::HardBreak if depth > 0 => {
                if let Some((_, label)) = found.last_mut() {
                    label.push(' ');
                }
            }
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::markdown_to_html;

    fn only_shop(target: &str) -> bool {
        target.starts_with("https://shop.example/")
    }

    #[test]
    fn links_elsewhere_become_words() {
        for (source, expected) in [
            ("See [here](https://shop.example/a).", "See [here](https://shop.example/a)."),
            ("See [the *best* `offer`](https://evil.example).", "See the best offer."),
            ("<HTTPS://evil.example/x> <x@evil.example>", "HTTPS://evil.example/x x@evil.example"),
            ("[a\nb](https:evil.example)", "a b"),
            ("![p](https://evil.example/p.png) [![p](https://shop.example/p)](https://evil.example)", "p p"),
            ("[a][1]\n\n[1]: https://evil.example", "a\n\n[1]: https://evil.example"),
            ("[a](https://shop.example\\@evil.example/)", "a"),
            ("[a](https://shop.example&#64;evil.example/)", "a"),
            ("no links [1], `[a](https://evil.example)`", "no links [1], `[a](https://evil.example)`"),
        ] {
            assert_eq!(without_links(source, only_shop), expected);
        }
    }

    #[test]
    fn words_that_become_links_go_too() {
        let nested = "\\[a\\](https://evil.example) [\\[a\\](https://evil.example)](https://evil.example)";
        let deep = (0..20).fold("x".to_owned(), |inner, _| format!("[{}](//e)", inner.replace(['[', ']'], "&#91;")));
        // Each round finds one that the round before has written.
        let escaped = |text: &str| text.replace('&', "&amp;").replace('[', "&#91;").replace(']', "&#93;");
        let deepest = (0..ROUNDS + 4).fold("x".to_owned(), |inner, _| format!("[{}](//e)", escaped(&inner)));
        for source in
            [nested, &deep, &deepest, "<<https://evil.example>>", "[<https://evil.example>](https://evil.example)"]
        {
            let html = markdown_to_html(&without_links(source, only_shop));
            assert!(!html.contains("href"), "{html}");
        }
    }
}
