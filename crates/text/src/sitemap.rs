//! Sitemaps (sitemaps.org), packed or not.

use std::io::Read;

use quick_xml::{Reader, XmlVersion, events::Event};

/// The protocol allows 50 MB unpacked and 50,000 addresses.
const MAX_BYTES: u64 = 50 * 1024 * 1024;
const MAX_ADDRESSES: usize = 50_000;
/// Longer addresses are not allowed.
const MAX_ADDRESS: usize = 2_048;

/// What a sitemap names.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sitemap {
    /// Addresses of pages.
    pub pages: Vec<String>,
    /// Addresses of further sitemaps, when this one is an index.
    pub sitemaps: Vec<String>,
}

/// Reads a sitemap, an index of sitemaps, or a text file with an address a line; each may be packed with gzip. What
/// is damaged counts as far as it can be read.
pub fn sitemap(bytes: &[u8]) -> Sitemap {
    let mut unpacked = Vec::new();
    let bytes = if bytes.starts_with(b"\x1f\x8b") {
        // An error at the end leaves what came before.
        let _ = flate2::read::MultiGzDecoder::new(bytes).take(MAX_BYTES).read_to_end(&mut unpacked);
        &unpacked
    } else {
        bytes
    };
    let text = crate::plain::decode(bytes, "", false);
    if text.trim_start().starts_with('<') { xml(&text) } else { lines(&text) }
}

fn lines(text: &str) -> Sitemap {
    let is_page = |line: &&str| line.starts_with("http") && line.len() < MAX_ADDRESS;
    let pages = text.lines().map(str::trim).filter(is_page).take(MAX_ADDRESSES);
    Sitemap { pages: pages.map(str::to_owned).collect(), sitemaps: Vec::new() }
}

fn xml(text: &str) -> Sitemap {
    let mut found = Sitemap::default();
    let mut reader = Reader::from_str(text);
    let (mut index, mut address) = (false, None::<String>);
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(tag) => match tag.local_name().as_ref() {
                "sitemap" => index = true,
                "url" => index = false,
                // Not the addresses of images and films, which have a prefix.
                "loc" if tag.name().as_ref() == "loc" => address = Some(String::new()),
                _ => {}
            },
            Event::Text(piece) => {
                if let Some(address) = &mut address {
                    address.push_str(&piece.xml_content(XmlVersion::Implicit1_0));
                }
            }
            Event::CData(piece) => {
                if let Some(address) = &mut address {
                    address.push_str(&piece.xml_content(XmlVersion::Implicit1_0));
                }
            }
            Event::GeneralRef(reference) => {
                if let Some(address) = &mut address {
                    address.extend(crate::docx::resolve(&reference));
                }
            }
            Event::End(tag) if tag.local_name().as_ref() == "loc" => {
                if let Some(address) = address.take() {
                    let list = if index { &mut found.sitemaps } else { &mut found.pages };
                    let address = address.trim();
                    if list.len() < MAX_ADDRESSES && address.len() < MAX_ADDRESS {
                        list.push(address.to_owned());
                    }
                }
            }
            Event::Eof => break,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn maps_indexes_and_packed_ones() {
        let map = "<?xml version='1.0'?><urlset xmlns='x'><url><loc> http://x.test/a?b=1&amp;c=2 </loc><image:loc>http://x.test/i.png</image:loc></url><url><loc><![CDATA[http://x.test/b]]></loc></url>";
        assert_eq!(sitemap(map.as_bytes()).pages, ["http://x.test/a?b=1&c=2", "http://x.test/b"]);
        let index = "<sitemapindex><sitemap><loc>http://x.test/1.xml.gz</loc></sitemap></sitemapindex>";
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(index.as_bytes()).unwrap();
        assert_eq!(sitemap(&packed.finish().unwrap()).sitemaps, ["http://x.test/1.xml.gz"]);
        assert_eq!(sitemap(b"http://x.test/1\nnonsense\nhttps://x.test/2\n").pages.len(), 2);
        assert_eq!(sitemap(b"<html>404</html>"), Sitemap::default());
    }

    #[test]
    fn maps_without_end_are_read_to_the_limits() {
        let addresses = "http://x.test/\n".repeat(MAX_ADDRESSES + 10);
        assert_eq!(sitemap(addresses.as_bytes()).pages.len(), MAX_ADDRESSES);
        let map = "<url><loc>http://x.test/</loc></url>".repeat(MAX_ADDRESSES + 10);
        assert_eq!(sitemap(map.as_bytes()).pages.len(), MAX_ADDRESSES);
        let long = format!("http://x.test/{}", "x".repeat(MAX_ADDRESS));
        assert_eq!(sitemap(long.as_bytes()), Sitemap::default());
        let index = format!("<sitemap><loc>{long}</loc></sitemap>");
        assert_eq!(sitemap(index.as_bytes()), Sitemap::default());
        // A bomb: small on the outside, and what stands behind the limit is not unpacked.
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(b"http://x.test/1\n").unwrap();
        for _ in 0..=MAX_BYTES / (1024 * 1024) {
            packed.write_all(&[b'\n'; 1024 * 1024]).unwrap();
        }
        packed.write_all(b"http://x.test/2\n").unwrap();
        assert_eq!(sitemap(&packed.finish().unwrap()).pages, ["http://x.test/1"]);
    }
}
