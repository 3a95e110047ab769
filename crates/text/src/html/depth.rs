//! How deep a page nests, told before it is parsed.

/// Elements that never hold others.
const VOID: [&[u8]; 14] = [
    b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta", b"param", b"source",
    b"track", b"wbr",
];
/// Elements that the next of their kind closes, so that pages leave their ends out.
const SELF_ENDING: [&[u8]; 14] = [
    b"p",
    b"li",
    b"dt",
    b"dd",
    b"tr",
    b"td",
    b"th",
    b"thead",
    b"tbody",
    b"tfoot",
    b"option",
    b"optgroup",
    b"html",
    b"body",
];
/// Elements whose content is no markup.
const RAW: [&[u8]; 6] = [b"script", b"style", b"textarea", b"title", b"xmp", b"noscript"];

/// The greatest number of elements that are open at once, in one pass over the bytes. Approximate: ends are counted,
/// not matched, which is what decides how much work a tree builder has.
pub(crate) fn deepest(source: &str) -> usize {
    let bytes = source.as_bytes();
    let (mut depth, mut deepest, mut at) = (0usize, 0usize, 0usize);
    while let Some(found) = bytes[at..].iter().position(|byte| *byte == b'<') {
        at += found + 1;
        if bytes[at..].starts_with(b"!--") {
            at = after(bytes, at + 3, b"-->");
            continue;
        }
        let closing = bytes.get(at) == Some(&b'/');
        let start = at + usize::from(closing);
        let name_end = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
        if name_end == start {
            continue;
        }
        let name = bytes[start..name_end].to_ascii_lowercase();
        let name = name.as_slice();
        let end = tag_end(bytes, name_end);
        at = end;
        if VOID.contains(&name) || SELF_ENDING.contains(&name) {
            continue;
        }
        if closing {
            depth = depth.saturating_sub(1);
            continue;
        }
        if RAW.contains(&name) {
            let close = [b"</", name].concat();
            at = after_ignoring_case(bytes, end, &close);
            continue;
        }
        if end >= 2 && bytes[end - 2] == b'/' && is_foreign(name) {
            continue;
        }
        depth += 1;
        deepest = deepest.max(depth);
    }
    deepest
}

/// Elements of SVG and MathML may end with `/>`; in HTML the slash means nothing.
fn is_foreign(name: &[u8]) -> bool {
    const HTML: [&[u8]; 22] = [
        b"div", b"span", b"b", b"i", b"u", b"em", b"strong", b"a", b"ul", b"ol", b"dl", b"table", b"section",
        b"article", b"main", b"font", b"small", b"big", b"code", b"button", b"form", b"center",
    ];
    !HTML.contains(&name)
}

/// The place behind the tag's `>`, quotes minded.
fn tag_end(bytes: &[u8], mut at: usize) -> usize {
    let mut quote = None;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match (quote, byte) {
            (None, b'>') => return at,
            (None, b'"' | b'\'') => quote = Some(*byte),
            (Some(open), byte) if open == *byte => quote = None,
            _ => {}
        }
    }
    at
}

fn after(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let from = from.min(bytes.len());
    bytes[from..].windows(what.len()).position(|window| window == what).map_or(bytes.len(), |at| from + at + what.len())
}

fn after_ignoring_case(bytes: &[u8], from: usize, what: &[u8]) -> usize {
    let from = from.min(bytes.len());
    bytes[from..]
        .windows(what.len())
        .position(|window| window.eq_ignore_ascii_case(what))
        .map_or(bytes.len(), |at| from + at + what.len())
}
