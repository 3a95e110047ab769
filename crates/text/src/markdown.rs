//! Text that people and models write, as safe HTML.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::Builder;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// The one list of what may appear in rendered text.
static SANITIZER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut builder = Builder::empty();
    builder
        .tags(["p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h4"].into())
        .tag_attributes(HashMap::from([("a", ["href"].into()), ("ol", ["start"].into())]))
        // Not even a title: it would be read as the place where the link leads.
        .generic_attributes(HashSet::new())
        .url_schemes(["http", "https", "mailto"].into())
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener nofollow"))
        .set_tag_attribute_value("a", "target", "_blank");
    builder
});

/// As deep as elements are nested; what is deeper stands there without its own. (The time that browsers and the sanitiser take
/// grows with the square of the depth: a text of nothing but `>` would take seconds.)
const DEEPEST: usize = 32;

/// Renders Markdown to the sanitised subset of HTML that conversations show.
///
/// Paragraphs, line breaks, emphasis, code, lists, quotes, and links to http, https and mailto addresses (with
/// `rel="noopener nofollow" target="_blank"`). Headings become `h4` (levels 1 and 2) or bold paragraphs. An image
/// becomes its description. HTML in the source is shown as text, never interpreted.
pub fn markdown_to_html(source: &str) -> String {
    let mut depth = 0;
    let events = Parser::new_ext(source, Options::ENABLE_STRIKETHROUGH).filter(move |event| match event {
        Event::Start(_) => {
            depth += 1;
            depth <= DEEPEST
        }
        Event::End(_) => {
            depth -= 1;
            depth < DEEPEST
        }
        _ => true,
    });
    let events = events.filter_map(|event| match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        // A single line break in a chat message is meant.
        Event::SoftBreak => Some(Event::HardBreak),
        Event::Rule => Some(Event::HardBreak),
        Event::Start(Tag::HtmlBlock) => Some(Event::Start(Tag::Paragraph)),
        Event::End(TagEnd::HtmlBlock) => Some(Event::End(TagEnd::Paragraph)),
        Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => None,
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Html(CowStr::Borrowed(open(level)))),
        Event::End(TagEnd::Heading(level)) => Some(Event::Html(CowStr::Borrowed(close(level)))),
        other => Some(other),
    });
    let mut html = String::with_capacity(source.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, events);
    SANITIZER.clean(&html).to_string()
}

fn open(level: HeadingLevel) -> &'static str {
    if level <= HeadingLevel::H2 { "<h4>" } else { "<p><strong>" }
}

fn close(level: HeadingLevel) -> &'static str {
    if level <= HeadingLevel::H2 { "</h4>\n" } else { "</strong></p>\n" }
}

/// Renders plain text: everything shown as it was typed, blank lines as paragraphs, line breaks kept, bare
/// `http(s)` addresses as links.
pub fn plain_to_html(source: &str) -> String {
    let mut html = String::with_capacity(source.len() * 3 / 2);
    let source = source.replace("\r\n", "\n");
    for paragraph in source.split("\n\n").map(|text| text.trim_matches('\n')).filter(|text| !text.trim().is_empty()) {
        html.push_str("<p>");
        for (index, line) in paragraph.split('\n').enumerate() {
            if index > 0 {
                html.push_str("<br>");
            }
            push_line(&mut html, line);
        }
        html.push_str("</p>\n");
    }
    SANITIZER.clean(&html).to_string()
}

/// One line, escaped, its addresses as links.
fn push_line(html: &mut String, line: &str) {
    let mut rest = line;
    while let Some(start) = find_address(rest) {
        push_escaped(html, &rest[..start]);
        let tail = &rest[start..];
        let end = tail.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"')).unwrap_or(tail.len());
        // Punctuation at the end belongs to the sentence.
        let address = tail[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', ']', '\'']);
        html.push_str("<a href=\"");
        push_escaped(html, address);
        html.push_str("\">");
        push_escaped(html, address);
        html.push_str("</a>");
        rest = &tail[address.len()..];
    }
    push_escaped(html, rest);
}

fn find_address(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .iter()
        .filter_map(|scheme| {
            text.match_indices(scheme)
                .find(|(at, _)| {
                    let before = text[..*at].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
                    before && text[at + scheme.len()..].chars().next().is_some_and(char::is_alphanumeric)
                })
                .map(|(at, _)| at)
        })
        .min()
}

fn push_escaped(html: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            // Control characters have no glyph and confuse terminals and logs.
            c if c.is_control() && c != '\t' => {}
            c => html.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markdown_keeps_the_subset() {
        let html =
            markdown_to_html("# Hi\n\n**b** *e* `c`\nnext\n\n- one\n- two\n\n> q\n\n[a](https://x.test/?a=1&b=2)");
        assert!(html.contains("<h4>Hi</h4>"), "{html}");
        assert!(html.contains("<strong>b</strong> <em>e</em> <code>c</code><br>\nnext"), "{html}");
        assert!(html.contains("<li>one</li>"), "{html}");
        assert!(html.contains("<blockquote>"), "{html}");
        assert!(html.contains("href=\"https://x.test/?a=1&amp;b=2\""), "{html}");
        assert!(html.contains("rel=\"noopener nofollow\"") && html.contains("target=\"_blank\""), "{html}");
        assert!(markdown_to_html("### Small").contains("<strong>Small</strong>"));
    }

    #[test]
    fn html_in_markdown_is_text() {
        for source in ["<script>alert(1)</script>", "a <img src=x onerror=alert(1)> b", "<b>x</b>", "<!-- c -->"] {
            let html = markdown_to_html(source);
            assert!(!html.contains("<script") && !html.contains("<img") && !html.contains("<b>"), "{html}");
            assert!(html.contains("&lt;"), "{html}");
        }
        assert!(markdown_to_html("<script>alert(1)</script>").contains("&lt;script&gt;alert(1)&lt;/script&gt;"));
    }

    #[test]
    fn dangerous_links_and_images_go() {
        for source in
            ["[x](javascript:alert(1))", "[x](data:text/html,1)", "[x](//evil.test)", "[x](/app)", "<javascript:x>"]
        {
            assert!(!markdown_to_html(source).contains("href"), "{source}");
        }
        let html = markdown_to_html("![the cat](https://x.test/cat.png)");
        assert!(!html.contains("img") && html.contains("the cat"), "{html}");
        assert!(markdown_to_html("<a@b.test>").contains("href=\"mailto:a@b.test\""));
    }

    #[test]
    fn plain_text_stays_what_was_typed() {
        let html = plain_to_html("a < b & *c*\nsee https://x.test/a?b=1&c=2.\n\n\"<script>\"");
        assert!(html.starts_with("<p>a &lt; b &amp; *c*<br>see <a href=\"https://x.test/a?b=1&amp;c=2\""), "{html}");
        assert!(html.contains("</a>.</p>"), "{html}");
        assert!(html.contains("\"&lt;script&gt;\""), "{html}");
        assert_eq!(plain_to_html(" \n\n "), "");
        assert!(!plain_to_html("javascript:alert(1) xhttp://a").contains("href"));
    }
}
