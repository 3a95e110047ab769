//! Plain text, and bytes to characters.

use chardetng::EncodingDetector;
use encoding_rs::Encoding;
use memchr::memmem::find;

use crate::{Block, Extracted};

/// Decodes bytes: byte-order mark, then UTF-8 if they are that or nearly, then what is declared, then a guess.
pub(crate) fn decode(bytes: &[u8], media_type: &str, html: bool) -> String {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[mark..]).0.into_owned();
    }
    if let Some(text) = utf8(bytes) {
        return text;
    }
    let declared = declared_charset(media_type).or_else(|| html.then(|| meta_charset(bytes)).flatten());
    let encoding = declared.filter(|encoding| *encoding != encoding_rs::UTF_8).unwrap_or_else(|| {
        let mut detector = EncodingDetector::new();
        detector.feed(&bytes[..bytes.len().min(256 * 1024)], true);
        detector.guess(None, true)
    });
    encoding.decode_without_bom_handling(bytes).0.into_owned()
}

/// UTF-8 with a fault in at most one of ten of its signs beyond ASCII, such as one that was cut in two; text of other
/// encodings has faults nearly everywhere.
fn utf8(bytes: &[u8]) -> Option<String> {
    let (mut signs, mut faults) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        signs += chunk.valid().bytes().filter(|byte| *byte >= 0xc0).count();
        faults += usize::from(!chunk.invalid().is_empty());
    }
    (faults * 10 <= signs).then(|| String::from_utf8_lossy(bytes).into_owned())
}

fn declared_charset(media_type: &str) -> Option<&'static Encoding> {
    let at = media_type.to_ascii_lowercase().find("charset=")? + "charset=".len();
    Encoding::for_label(media_type[at..].split(';').next()?.trim_matches(['"', ' ']).as_bytes())
}

fn meta_charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes[..bytes.len().min(2048)].to_ascii_lowercase();
    let at = find(&head, b"charset=")? + "charset=".len();
    let rest = head[at..].strip_prefix(b"\"").unwrap_or(&head[at..]);
    let end = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"-_:.".contains(byte))?;
    Encoding::for_label(&rest[..end])
}

/// Paragraphs at blank lines.
pub(crate) fn extract(text: &str) -> Extracted {
    let mut document = Extracted::default();
    let mut paragraph = String::new();
    for line in text.lines().chain([""]) {
        let line = line.trim_end();
        if line.trim().is_empty() {
            if !paragraph.is_empty() {
                document.blocks.push(Block::text(std::mem::take(&mut paragraph)));
            }
        } else {
            if !paragraph.is_empty() {
                paragraph.push('\n');
            }
            paragraph.push_str(line);
        }
    }
    document
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        assert_eq!(decode("Përshëndetje".as_bytes(), "text/plain; charset=latin1", false), "Përshëndetje");
        let (latin, ..) = encoding_rs::WINDOWS_1252.encode("Çfarë është kjo? Një provë e vogël.");
        assert_eq!(decode(&latin, "", false), "Çfarë është kjo? Një provë e vogël.");
        let (cyrillic, ..) = encoding_rs::WINDOWS_1251.encode("привет");
        let page = [b"<meta charset=windows-1251><p>".as_slice(), &cyrillic].concat();
        assert!(decode(&page, "text/html", true).ends_with("привет"));
        let utf16: Vec<u8> = "\u{feff}hi".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(decode(&utf16, "", false), "hi");
    }

    #[test]
    fn one_wrong_byte_leaves_the_others_what_they_are() {
        let page = "Përshëndetje nga Shqipëria: çfarë kërkoni është këtu, në fund të faqes.";
        for declared in ["text/html; charset=utf-8", "text/html; charset=windows-1252", ""] {
            assert_eq!(decode(&[page.as_bytes(), b"\xff"].concat(), declared, true), format!("{page}\u{fffd}"));
        }
        // Few signs, and as many faults: another encoding.
        assert_eq!(decode(b"caf\xe9", "text/plain; charset=latin1", false), "café");
        assert_eq!(decode(b"caf\xe9 \xc3\xa9", "text/plain; charset=latin1", false), "café Ã©");
    }

    #[test]
    fn paragraphs() {
        let texts: Vec<_> = extract("a\r\nb\r\n\r\n\r\n c\n").blocks.into_iter().map(|block| block.text).collect();
        assert_eq!(texts, ["a\nb", " c"]);
    }
}
