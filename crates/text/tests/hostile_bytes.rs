//! Every parser of documents and messages under changed examples: none panics, and nothing that runs comes out.

#![allow(clippy::unwrap_used, reason = "a test that cannot set up its world has failed")]

use std::io::Write;

use scraper::Html;
use text::{BlockKind, extract, markdown_to_html, plain_to_html, sitemap, without_links};
use zip::write::SimpleFileOptions;

const MARKDOWN: &[&str] = &[
    "# Returns\n\nGoods *can* be **returned** within `30` days:\n\n1. pack\n2. send\n   - by mail\n\n> we pay\n\n---",
    "[here](https://shop.example/a?b=1&c=2 \"title\") <https://shop.example> <a@shop.example> ![x](https://evil.example)",
    "[a][b] [b] [c](<x y>)\n\n[b]: https://evil.example 'title'\n[c]: javascript:alert(1)",
    "<script>alert(1)</script> <img src=x onerror=alert(1)> <a href=\"javascript:alert(1)\">x</a> <!-- x -->",
    "a\\\nb ~~c~~ &amp; &#x3c;script&#62; \\<b\\> ``` \n code\n```\n| a | b |\n|---|---|\n| 1 | 2 |",
    "<svg/onload=alert(1)><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
];
const MARKS: &[&str] = &[
    "[",
    "](",
    ")",
    "](javascript:",
    "](data:text/html,",
    "](//",
    "![",
    "<",
    "</",
    "<a href=",
    "<img src=x onerror=",
    "javascript:",
    "JaVaScRiPt&colon;",
    "&#106;",
    "&#x6a;",
    "https://",
    "HTTPS:",
    "mailto:",
    "\\",
    "`",
    "```\n",
    "> ",
    "- ",
    "1. ",
    "***",
    "~~",
    "\n\n",
    "\n",
    "\t",
    "\0",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "\u{2028}",
    "&lt;script&gt;",
    "\" onmouseover=\"",
    "' style='",
    "[b]: ",
    "<style>",
    "</style>",
    "<noscript>",
    "<template>",
    "<svg>",
    "<math>",
];

/// Asserts that a browser would find nothing in it but words in the few elements that messages have.
fn assert_inert(html: &str) {
    const ALLOWED: &[&str] =
        &["p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "a", "h4"];
    for node in Html::parse_fragment(html).tree.nodes() {
        let Some(element) = node.value().as_element() else {
            assert!(node.value().is_text() || node.parent().is_none(), "{:?} in {html}", node.value());
            continue;
        };
        let name = element.name();
        // What the parser puts around a fragment.
        let is_frame = matches!(name, "html" | "body") && element.attrs().count() == 0;
        assert!(ALLOWED.contains(&name) || is_frame, "<{name}> in {html}");
        for (attribute, value) in element.attrs() {
            match (name, attribute) {
                ("ol", "start") | ("a", "rel" | "target") => {}
                ("a", "href") => {
                    let scheme = value.split(':').next().unwrap_or_default().to_ascii_lowercase();
                    assert!(matches!(scheme.as_str(), "http" | "https" | "mailto"), "{value} in {html}");
                }
                _ => panic!("{attribute} of <{name}> in {html}"),
            }
        }
    }
}

#[test]
fn markdown_takes_hostile_bytes() {
    fuzz::text(MARKDOWN, MARKS, |source| assert_inert(&markdown_to_html(source)));
}

/// The longest answers of models, and nothing but marks that hold others.
#[test]
fn marks_within_marks_do_not_reach_the_end_of_the_stack() {
    for mark in ["> ", ">", "- ", "1. ", "[", "![", "*a ", "**a ", "~~a ", "_a ", "<a ", "`", "\\[", "- > "] {
        let deep = mark.repeat(20_000 / mark.len());
        let closed = format!("{deep}x{}", "](https://shop.example/)".repeat(200));
        for source in [&deep, &closed, &format!("{deep}x\n\n{deep}y")] {
            assert_inert(&markdown_to_html(source));
            without_links(source, |_| false);
            read(source.as_bytes(), "text/markdown", "a.md");
        }
    }
}

#[test]
fn plain_text_takes_hostile_bytes() {
    fuzz::text(MARKDOWN, MARKS, |source| assert_inert(&plain_to_html(source)));
}

#[test]
fn links_to_strangers_do_not_survive_hostile_bytes() {
    let is_ours = |target: &str| target.starts_with("https://shop.example/");
    fuzz::text(MARKDOWN, MARKS, |source| {
        let html = Html::parse_fragment(&markdown_to_html(&without_links(source, is_ours)));
        for element in html.tree.nodes().filter_map(|node| node.value().as_element()) {
            let target = element.attr("href").unwrap_or("https://shop.example/");
            assert!(is_ours(target), "{target} of {source:?}");
        }
    });
}

/// Reads a document of this type and name; what comes out has no signs that deceive.
fn read(bytes: &[u8], media_type: &str, name: &str) {
    let Ok(document) = extract(bytes, media_type, name) else { return };
    for block in document.blocks.iter().filter(|block| block.kind != BlockKind::Text) {
        assert!(block.text.chars().count() <= 200, "{:?}", block.text);
    }
    for text in document.blocks.iter().map(|block| &block.text).chain([&document.title]) {
        let hidden = |c: char| c.is_control() && !matches!(c, '\n' | '\t') || matches!(c, '\u{202a}'..='\u{202e}');
        assert!(!text.contains(hidden), "{text:?}");
    }
    let (_, pieces) = text::chunk(&document);
    assert!(document.blocks.is_empty() || !pieces.is_empty());
}

#[test]
fn declared_types_take_hostile_bytes() {
    const TYPES: &[&str] =
        &["text/html; charset=windows-1250", "TEXT/plain;charset=\"utf-7\"", "application/octet-stream", "text/csv"];
    let words = [";", "charset=", "\"", "utf-16le", "iso-2022-jp", "İ", "text/", "xml", "markdown", "\0"];
    fuzz::few_text(100, TYPES, &words, |declared| {
        for (bytes, name) in
            [(&b"<p>\xe7a va, \x1b$B$3\x1b(B</p>"[..], "a.html"), (b"a;\xff\xfe\n", "b"), (b"# \x83\n", "c.md")]
        {
            read(bytes, declared, name);
            // Names are declared too.
            read(bytes, "", declared);
        }
    });
}

#[test]
fn markdown_documents_take_hostile_bytes() {
    fuzz::text(MARKDOWN, MARKS, |source| read(source.as_bytes(), "text/markdown", "a.md"));
}

#[test]
fn pages_take_hostile_bytes() {
    const PAGES: &[&[u8]] = &[
        b"<!doctype html><html lang=sq><head><title>Help</title><base href=/d/><link rel=canonical href=/x></head>\
          <body><nav><a href=/a>A</a></nav><main><h1>Hi</h1><p>One <b>two</b></p><table><tr><td>1<td>2</table></main>",
        b"<html><head><meta charset=iso-8859-1></head><body><p>\xe7a va</p><script>x('</p>')</script><style>p{}</style>",
        b"\xff\xfe<\0p\0>\0x\0<\0/\0p\0>\0",
        b"<ul><li>a<ul><li>b</ul><li>c</ul><dl><dt>x<dd>y</dl><pre> a\n b </pre><!-- c --><svg><title>t</title></svg>",
    ];
    let words = [
        MARKS,
        &["<div>", "</div>", "</x>", "<p>", "<table><tr><td>", "<a href='", "<title>", "&nbsp;", "<plaintext>"],
        &["<!-->", "<!--->", "--!>", "<b id=1>", "<h1>", "<button>", "<summary>", "<article>"],
    ];
    fuzz::bytes(PAGES, &words.concat(), |page| read(page, "text/html", "a.html"));
}

#[test]
fn tables_take_hostile_bytes() {
    const TABLES: &[&[u8]] =
        &[b"Question;Answer\n\"How; \"\"long\"\"?\";Two days\n", b"a,b\n1,2,3\n\n,,,\n", b"a\tb\r\nc\td"];
    fuzz::bytes(TABLES, &["\"", "\"\"", ";", ",", "\t", "|", "\r\n"], |table| read(table, "text/csv", "a.csv"));
}

fn docx() -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let parts = [
        (
            "word/document.xml",
            "<w:document xmlns:w='w'><w:body><w:p><w:pPr><w:pStyle w:val='H1'/></w:pPr><w:r><w:t>Hi</w:t>\
          </w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>a &amp; b</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>",
        ),
        (
            "word/styles.xml",
            "<w:styles xmlns:w='w'><w:style w:styleId='H1'><w:name w:val='heading 1'/></w:style></w:styles>",
        ),
        ("docProps/core.xml", "<cp:coreProperties><dc:title>T</dc:title></cp:coreProperties>"),
    ];
    for (name, xml) in parts {
        // Not packed: so changes reach the XML, too.
        let plain = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        archive.start_file(name, plain).unwrap();
        archive.write_all(xml.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn word_documents_take_hostile_bytes() {
    let docx = docx();
    let words = [
        "<w:p>",
        "</w:p>",
        "<w:tbl>",
        "<!DOCTYPE x [<!ENTITY a 'b'>]>",
        "&a;",
        "PK\x03\x04",
        "PK\x01\x02",
        "<![CDATA[",
    ];
    assert!(extract(&docx, "", "a.docx").is_ok());
    fuzz::bytes(&[&docx], &words, |bytes| read(bytes, "", "a.docx"));
}

#[test]
fn sitemaps_take_hostile_bytes() {
    const MAPS: &[&[u8]] = &[
        b"<?xml version='1.0'?><urlset><url><loc> http://x.test/a?b=1&amp;c=2 </loc></url><url><loc><![CDATA[http://x.test/b]]></loc></url></urlset>",
        b"<sitemapindex><sitemap><loc>http://x.test/1.xml.gz</loc></sitemap></sitemapindex>",
        b"http://x.test/1\nhttps://x.test/2\n",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0",
    ];
    let words = ["<loc>", "</loc>", "<url>", "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>", "&a;", "<!--"];
    fuzz::bytes(MAPS, &words, |map| {
        let found = sitemap(map);
        assert!(found.pages.iter().chain(&found.sitemaps).all(|url| !url.contains("root:")));
    });
}
