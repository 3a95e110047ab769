//! Files as people upload them, made here: sound, damaged and hostile.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

use std::io::{Cursor, Write};

use text::{BlockKind, ExtractError, Extracted, chunk, extract};
use zip::write::SimpleFileOptions;

/// A PDF file of the given objects, the first of which is the catalog; `extra` goes into the trailer.
fn pdf(objects: &[String], extra: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let mut offsets = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        offsets.push(file.len());
        file.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let xref = file.len();
    file.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for offset in offsets {
        file.extend(format!("{offset:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    file.extend(format!("trailer\n<< /Size {size} /Root 1 0 R {extra} >>\nstartxref\n{xref}\n%%EOF\n").bytes());
    file
}

fn stream(dictionary: &str, body: &str) -> String {
    format!("<< /Length {} {dictionary} >>\nstream\n{body}\nendstream", body.len())
}

/// Two pages of text.
fn manual(extra: &str) -> Vec<u8> {
    let page = |contents: u32| {
        format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 5 0 R >> >> /Contents {contents} 0 R >>"
        )
    };
    let text = |text: &str| stream("", &format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET"));
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [3 0 R 4 0 R] /Count 2 >>".into(),
        page(6),
        page(7),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        text("The warranty of the device is two years."),
        text("Send repairs to Tirana."),
        "<< /Title (Device manual) >>".into(),
    ];
    pdf(&objects, extra)
}

fn docx(parts: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(content.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn read(bytes: &[u8], name: &str) -> Result<Extracted, ExtractError> {
    extract(bytes, "application/octet-stream", name)
}

#[test]
fn a_pdf_keeps_its_pages() {
    let document = read(&manual("/Info 8 0 R"), "manual.pdf").unwrap();
    assert_eq!(document.title, "Device manual");
    let (_, pieces) = chunk(&document);
    let seen: Vec<_> = pieces.iter().map(|piece| (piece.page, piece.content.as_str())).collect();
    assert_eq!(seen, [(Some(1), "The warranty of the device is two years."), (Some(2), "Send repairs to Tirana.")]);
    let json = serde_json::to_string(&document).unwrap();
    assert_eq!(serde_json::from_str::<Extracted>(&json).unwrap(), document);
}

#[test]
fn a_pdf_that_cannot_be_read_says_why() {
    let key = "41".repeat(32);
    let locked = format!("/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{key}> /U <{key}> >>");
    assert_eq!(read(&manual(&locked), "a.pdf"), Err(ExtractError::Encrypted));

    let scan = pdf(
        &[
            "<< /Type /Catalog /Pages 2 0 R >>".into(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Resources << /XObject << /I 4 0 R >> >> /Contents 5 0 R >>".into(),
            stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", "x"),
            stream("", "/I Do"),
        ],
        "",
    );
    assert_eq!(read(&scan, "a.pdf"), Err(ExtractError::Scanned));

    let whole = manual("");
    for broken in [&whole[..60], &whole[..whole.len() / 2], b"%PDF-1.7 nothing"] {
        assert!(matches!(read(broken, "a.pdf"), Err(ExtractError::Broken(_) | ExtractError::Empty)), "{broken:?}");
    }
    // Every byte wrong once: an answer, whatever it is.
    for at in (0..whole.len()).step_by(7) {
        let mut damaged = whole.clone();
        damaged[at] ^= 0x15;
        let _ = read(&damaged, "a.pdf");
    }
}

#[test]
fn pages_in_a_circle_end() {
    let circle = pdf(
        &[
            "<< /Type /Catalog /Pages 2 0 R >>".into(),
            "<< /Type /Pages /Parent 2 0 R /Kids [2 0 R 2 0 R] /Count 9 >>".into(),
        ],
        "",
    );
    assert!(read(&circle, "a.pdf").is_err());
}

#[test]
fn more_pages_than_a_book_has_are_not_read() {
    let kids: String = (3..10_004).map(|number| format!("{number} 0 R ")).collect();
    let mut objects =
        vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), format!("<< /Type /Pages /Kids [{kids}] /Count 10001 >>")];
    objects.resize(10_003, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] >>".to_owned());
    assert!(matches!(read(&pdf(&objects, ""), "a.pdf"), Err(ExtractError::TooLarge(_))));
}

#[test]
fn a_word_document_keeps_headings_lists_and_tables() {
    let body = r#"<?xml version="1.0"?><w:document xmlns:w="w"><w:body>
        <w:p><w:pPr><w:pStyle w:val="berschrift1"/></w:pPr><w:r><w:t>Garantie &amp; R&#252;ckgabe</w:t></w:r></w:p>
        <w:p><w:r><w:t xml:space="preserve">Zwei </w:t></w:r><w:r><w:t>Jahre.</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
        <w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>Punkt</w:t></w:r></w:p>
        <w:tbl><w:tr><w:tc><w:p><w:r><w:t>A</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>B</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
        </w:body></w:document>"#;
    let styles = r#"<w:styles><w:style w:styleId="berschrift1"><w:name w:val="heading 1"/></w:style></w:styles>"#;
    let core = "<p><dc:title>Hand&#98;uch</dc:title></p>";
    let file = docx(&[("word/document.xml", body), ("word/styles.xml", styles), ("docProps/core.xml", core)]);
    let document = read(&file, "a.docx").unwrap();
    assert_eq!(document.title, "Handbuch");
    let blocks: Vec<_> = document.blocks.iter().map(|block| (block.kind, block.text.as_str())).collect();
    assert_eq!(
        blocks,
        [
            (BlockKind::Heading(1), "Garantie & Rückgabe"),
            (BlockKind::Text, "Zwei Jahre."),
            (BlockKind::Text, "- Punkt"),
            (BlockKind::Text, "A | B"),
        ]
    );
}

#[test]
fn word_documents_that_are_traps() {
    let bomb = format!("<w:document><w:p><w:t>{}</w:t></w:p></w:document>", " ".repeat(40 * 1024 * 1024));
    assert!(matches!(read(&docx(&[("word/document.xml", &bomb)]), "a.docx"), Err(ExtractError::TooLarge(_))));
    let laughs =
        r#"<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><w:document><w:p><w:t>x&b;y</w:t></w:p></w:document>"#;
    assert_eq!(read(&docx(&[("word/document.xml", laughs)]), "a.docx").unwrap().blocks[0].text, "xy");
    assert!(matches!(
        read(&docx(&[("word/document.xml", "<w:p><w:t>x</w:q>")]), "a.docx"),
        Err(ExtractError::Broken(_))
    ));
    assert!(matches!(read(&docx(&[("other.txt", "x")]), "a.docx"), Err(ExtractError::Unsupported(_))));
    let whole = docx(&[("word/document.xml", "<w:p><w:t>x</w:t></w:p>")]);
    assert!(matches!(
        read(&whole[..whole.len() / 2], "a.docx"),
        Err(ExtractError::Broken(_) | ExtractError::Unsupported(_))
    ));
    let names: Vec<String> = (0..20_001).map(|number| format!("{number}.xml")).collect();
    let body = ("word/document.xml", "<w:p><w:t>x</w:t></w:p>");
    let parts: Vec<_> = [body].into_iter().chain(names.iter().map(|name| (name.as_str(), ""))).collect();
    assert!(matches!(read(&docx(&parts), "a.docx"), Err(ExtractError::TooLarge(_))));
    let nested = "<w:tbl>".repeat(200_000);
    assert!(read(&docx(&[("word/document.xml", &nested)]), "a.docx").is_err());
}

#[test]
fn headings_without_end_are_read_as_text() {
    let words: Vec<String> = (0..2_000).map(|number| format!("word{number}")).collect();
    let long = words.join(" ");
    let word = format!(
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/></w:pPr><w:r><w:t>{long}</w:t></w:r></w:p>\
         <w:p><w:r><w:t>Text</w:t></w:r></w:p>"
    );
    for (name, file) in [
        ("a.html", format!("<title>T</title><h1>{long}").into_bytes()),
        ("b.html", format!("<title>T</title><h1>{}<p>Text", words.join("<p>")).into_bytes()),
        ("a.md", format!("# {long}\n\nText\n").into_bytes()),
        ("a.docx", docx(&[("word/document.xml", &word)])),
    ] {
        let (_, pieces) = chunk(&read(&file, name).unwrap());
        assert!(pieces.iter().all(|piece| piece.content.chars().count() <= 1_250), "{name}");
        let found: Vec<&str> =
            pieces.iter().flat_map(|piece| piece.content.split_whitespace()).filter(|word| *word != "Text").collect();
        assert_eq!(found, words, "{name}");
    }
    let short = "x".repeat(200);
    let document = read(format!("# {short}\n\nText").as_bytes(), "a.md").unwrap();
    assert_eq!(chunk(&document).1[0].heading_path, [short]);
}

#[test]
fn more_paragraphs_than_a_library_has_are_not_read() {
    assert!(matches!(read("a\n\n".repeat(1_000_001).as_bytes(), "a.txt"), Err(ExtractError::TooLarge(_))));
}

#[test]
fn hidden_characters_do_not_survive() {
    let sly: String =
        "ok".chars().chain("hidden".chars().map(|c| char::from_u32(0xe0000 + c as u32).unwrap())).collect();
    assert_eq!(
        read(format!("{sly}\u{202e}\u{200b}\0\u{7}").trim_end_matches('\0').replace('\0', "").as_bytes(), "a.txt")
            .unwrap()
            .blocks[0]
            .text,
        "ok"
    );
    assert_eq!(read(b" \n\n ", "a.txt"), Err(ExtractError::Empty));
}

/// The product reads these files in a process of its own, with limits on memory and time; here they may not even hang.
#[test]
fn pdf_files_take_hostile_bytes() {
    let words =
        ["obj", "endobj", "stream", "endstream", "/Kids [2 0 R]", "1 0 R", "/Length 99999999", "<<", ">>", "BT", "("];
    fuzz::bytes(&[&manual(""), &manual("/Info 8 0 R")], &words, |bytes| drop(read(bytes, "a.pdf")));
}
