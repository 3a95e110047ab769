//! What a file really is.

use memchr::memmem::find;

use crate::ExtractError;

/// A kind of document that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Docx,
    Html,
    Markdown,
    Csv,
    Text,
}

impl Kind {
    /// Whether hostile files of this kind can take a parser down however small they are, so that it belongs in a
    /// process of its own.
    pub fn needs_isolation(self) -> bool {
        matches!(self, Self::Pdf | Self::Docx)
    }
}

/// Finds the kind from the first bytes; where those are text, from the declared type and the name.
///
/// # Errors
/// [`ExtractError::Unsupported`] with the name of what it is, as far as that can be told.
pub fn sniff(bytes: &[u8], media_type: &str, file_name: &str) -> Result<Kind, ExtractError> {
    let unsupported = |what: &str| Err(ExtractError::Unsupported(what.into()));
    let head = &bytes[..bytes.len().min(4096)];
    if head.is_empty() {
        return Err(ExtractError::Empty);
    }
    if find(&head[..head.len().min(1024)], b"%PDF-").is_some() {
        return Ok(Kind::Pdf);
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return if find(bytes, b"word/document.xml").is_some() {
            Ok(Kind::Docx)
        } else if find(bytes, b"xl/workbook.xml").is_some() {
            unsupported("an Excel workbook (save it as CSV)")
        } else if find(bytes, b"ppt/presentation.xml").is_some() {
            unsupported("a PowerPoint presentation (save it as PDF)")
        } else {
            unsupported("a ZIP archive")
        };
    }
    let magic: [(&[u8], &str); 12] = [
        (b"\x89PNG", "an image"),
        (b"\xff\xd8\xff", "an image"),
        (b"GIF8", "an image"),
        (b"RIFF", "an image, a sound or a film"),
        (b"\x1f\x8b", "a compressed archive"),
        (b"7z\xbc\xaf", "a compressed archive"),
        (b"Rar!", "a compressed archive"),
        (b"\x7fELF", "a program"),
        (b"MZ", "a program"),
        (b"OggS", "a sound or a film"),
        (b"ID3", "a sound"),
        (b"{\\rtf", "an RTF document (save it as DOCX)"),
    ];
    if let Some((_, what)) = magic.iter().find(|(magic, _)| head.starts_with(magic)) {
        // Two letters begin ordinary sentences too.
        if magic_is_sure(head) {
            return unsupported(what);
        }
    }
    if head.starts_with(b"\xd0\xcf\x11\xe0") {
        // Old formats, and new ones with a password, share this container.
        return if find(bytes, b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0").is_some() {
            Err(ExtractError::Encrypted)
        } else {
            unsupported("an old Office document (save it as DOCX)")
        };
    }
    let utf16 = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    if !utf16 && head.contains(&0) {
        return unsupported("a file of this type");
    }
    text_kind(head, media_type, file_name)
}

/// Whether a short magic number is followed by bytes that no text has.
fn magic_is_sure(head: &[u8]) -> bool {
    head.len() > 2 && head[..2] != *b"MZ" && head[..3] != *b"ID3" || head.contains(&0)
}

fn text_kind(head: &[u8], media_type: &str, file_name: &str) -> Result<Kind, ExtractError> {
    let media_type = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let extension = file_name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    let start = String::from_utf8_lossy(head);
    let start = start.trim_start_matches(['\u{feff}', ' ', '\t', '\r', '\n']).to_ascii_lowercase();
    if ["<!doctype html", "<html", "<head", "<body"].iter().any(|tag| start.starts_with(tag)) {
        return Ok(Kind::Html);
    }
    if start.starts_with("<?xml") || start.starts_with("<!--") {
        return if start.contains("<html") || start.contains("<!doctype html") || media_type.contains("html") {
            Ok(Kind::Html)
        } else {
            Err(ExtractError::Unsupported("an XML file".into()))
        };
    }
    match media_type.as_str() {
        "text/html" | "application/xhtml+xml" => return Ok(Kind::Html),
        "text/markdown" | "text/x-markdown" => return Ok(Kind::Markdown),
        "text/csv" | "text/tab-separated-values" => return Ok(Kind::Csv),
        "text/css"
        | "text/javascript"
        | "application/javascript"
        | "application/x-javascript"
        | "application/json"
        | "application/ld+json"
        | "application/manifest+json" => {
            return Err(ExtractError::Unsupported(format!("a file of the type {media_type}")));
        }
        _ => {}
    }
    Ok(match extension.as_str() {
        "html" | "htm" | "xhtml" => Kind::Html,
        "md" | "markdown" | "mdx" => Kind::Markdown,
        "csv" | "tsv" => Kind::Csv,
        "js" | "css" | "json" => return Err(ExtractError::Unsupported(format!("a .{extension} file"))),
        _ => Kind::Text,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_beats_what_is_declared() {
        let kind = |bytes: &[u8], media_type, name| sniff(bytes, media_type, name);
        assert_eq!(kind(b"%PDF-1.7", "text/html", "a.html"), Ok(Kind::Pdf));
        assert_eq!(kind(b" <!DOCTYPE html><p>Sign in", "application/pdf", "manual.pdf"), Ok(Kind::Html));
        assert_eq!(kind(b"# Hello", "application/octet-stream", "a.MD"), Ok(Kind::Markdown));
        assert_eq!(kind(b"a,b", "text/csv; charset=utf-8", "a"), Ok(Kind::Csv));
        assert_eq!(kind(b"MZ is a short name", "text/plain", "a.txt"), Ok(Kind::Text));
        assert_eq!(kind(b"", "text/plain", "a.txt"), Err(ExtractError::Empty));
        for (bytes, name) in
            [(&b"\x89PNG\r\n"[..], "a.pdf"), (b"PK\x03\x04xx", "a.docx"), (b"\0\0\x01", "a.txt"), (b"{}", "a.json")]
        {
            assert!(matches!(kind(bytes, "", name), Err(ExtractError::Unsupported(_))), "{name}");
        }
    }
}
