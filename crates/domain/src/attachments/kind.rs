//! What a file is, told by its first bytes; its name and the sender's word only choose among what these allow.

/// What is known of an accepted file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Kind {
    pub media_type: &'static str,
    /// Whether browsers may show it as a picture. Nothing else: an SVG or HTML file is a program.
    pub is_inline: bool,
}

/// So many first bytes tell what a file is.
pub(super) const HEAD: usize = 512;

const OFFICE: &[(&str, &str)] = &[
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("odt", "application/vnd.oasis.opendocument.text"),
    ("ods", "application/vnd.oasis.opendocument.spreadsheet"),
];

/// The kind of a file by its first [`HEAD`] bytes; `None` for what conversations do not carry: programs, pages,
/// unknown formats.
pub(super) fn sniff(head: &[u8], file_name: &str) -> Option<Kind> {
    let file = |media_type| Some(Kind { media_type, is_inline: false });
    let picture = |media_type| Some(Kind { media_type, is_inline: true });
    let extension = file_name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).unwrap_or_default();
    match head {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => picture("image/png"),
        [0xff, 0xd8, 0xff, ..] => picture("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => picture("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => picture("image/webp"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'A', b'V', b'E', ..] => file("audio/wav"),
        [b'%', b'P', b'D', b'F', b'-', ..] => file("application/pdf"),
        [b'P', b'K', 3, 4, ..] => {
            file(OFFICE.iter().find(|(name, _)| *name == extension).map_or("application/zip", |(_, media)| media))
        }
        [_, _, _, _, b'f', b't', b'y', b'p', b'h', b'e', b'i' | b'v', ..] => file("image/heic"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'q', b't', ..] => file("video/quicktime"),
        [_, _, _, _, b'f', b't', b'y', b'p', b'M', b'4', b'A', ..] => file("audio/mp4"),
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => file("video/mp4"),
        [0x1a, 0x45, 0xdf, 0xa3, ..] => file("video/webm"),
        [b'O', b'g', b'g', b'S', ..] => file("audio/ogg"),
        [b'I', b'D', b'3', ..] | [0xff, 0xfb | 0xf3 | 0xf2, ..] => file("audio/mpeg"),
        _ if is_text(head) => file(if extension == "csv" { "text/csv" } else { "text/plain" }),
        _ => None,
    }
}

/// Whether the bytes are the beginning of UTF-8 text.
fn is_text(head: &[u8]) -> bool {
    let text = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The cut may go through a character.
        Err(error) if error.error_len().is_none() => match std::str::from_utf8(&head[..error.valid_up_to()]) {
            Ok(text) => text,
            Err(_) => return false,
        },
        Err(_) => return false,
    };
    !text.is_empty() && !text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_tell_and_not_the_name() {
        let media = |head: &[u8], name| sniff(head, name).map(|kind| kind.media_type);
        assert_eq!(media(b"\x89PNG\r\n\x1a\nrest", "invoice.pdf"), Some("image/png"));
        assert_eq!(media(b"%PDF-1.7", "x.png"), Some("application/pdf"));
        assert_eq!(media(b"PK\x03\x04", "a.docx").map(|media| media.ends_with("document")), Some(true));
        assert_eq!(media(b"a;b\n1;2", "a.csv"), Some("text/csv"));
        assert_eq!(media(b"MZ\x90\x00\x03", "picture.png"), None);
        assert_eq!(media(b"\x7fELF\x02\x01", "a.txt"), None);
    }

    #[test]
    fn pages_and_drawings_are_text_and_nothing_that_runs() {
        for page in [&b"<html><script>alert(1)</script>"[..], b"<svg onload=alert(1)>"] {
            let kind = sniff(page, "a.svg").expect("text");
            assert_eq!((kind.media_type, kind.is_inline), ("text/plain", false));
        }
    }

    #[test]
    fn text_that_is_cut_within_a_character_is_text() {
        assert!(is_text(&"përshëndetje ë".as_bytes()[..16]));
        assert!(!is_text(b"a\xff\xfe"));
    }

    #[test]
    fn first_bytes_take_hostile_bytes() {
        let examples: [&[u8]; 6] = [
            b"\x89PNG\r\n\x1a\n",
            b"GIF89a",
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"<svg onload=alert(1)>",
            b"RIFF\0\0\0\0WEBP",
        ];
        fuzz::bytes(&examples, &["MZ", "<script>", "\u{0}", "ftyp"], |head| {
            for name in ["a.html", "a.svg", "a.docx", "a"] {
                let Some(kind) = sniff(head, name) else { continue };
                let runs = ["html", "svg", "xml", "javascript"]
                    .iter()
                    .any(|word| kind.media_type.contains(word) && !kind.media_type.contains("openxmlformats"));
                let is_picture = ["image/png", "image/jpeg", "image/gif", "image/webp"].contains(&kind.media_type);
                assert!(!runs && kind.is_inline == is_picture, "{kind:?}");
            }
        });
    }
}
