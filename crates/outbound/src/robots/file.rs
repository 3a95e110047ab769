//! The lines of a `robots.txt` (RFC 9309, 2.2), with the misspellings that crawlers take.

use super::rules::Rules;

/// What a file says to us.
#[derive(Debug, Default)]
pub(super) struct File {
    pub(super) rules: Rules,
    /// Seconds between two requests.
    pub(super) delay: Option<f32>,
    /// Said to everybody.
    pub(super) sitemaps: Vec<String>,
}

/// What is said to somebody.
#[derive(Default)]
struct Group<'a> {
    /// Whether the lines that follow are said to them.
    hears: bool,
    patterns: Vec<(&'a [u8], bool)>,
    delay: Option<f32>,
}

enum Line<'a> {
    Agent(&'a [u8]),
    /// A pattern, and whether it allows.
    Rule(&'a [u8], bool),
    Delay(&'a [u8]),
    Sitemap(&'a [u8]),
}

/// Reads what is said to the agent of this name: the groups that name it, else those for all. In a file that names nobody
/// that is everything. What is no line of such a file is passed over.
pub(super) fn read(agent: &str, file: &[u8]) -> File {
    let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
    let [mut loose, mut all, mut ours] = [true, false, false].map(|hears| Group { hears, ..Group::default() });
    let (mut names_any, mut names_us, mut after_name) = (false, false, false);
    let mut sitemaps = Vec::new();
    for line in file.split(|octet| matches!(octet, b'\n' | b'\r' | 0)).filter_map(line) {
        let groups = [&mut loose, &mut all, &mut ours];
        match line {
            Line::Agent(name) => {
                // Names that follow each other are those of one group.
                if !after_name {
                    groups.into_iter().for_each(|group| group.hears = false);
                }
                all.hears |= name.split(u8::is_ascii_whitespace).next() == Some(b"*");
                ours.hears |= product(name).eq_ignore_ascii_case(agent.as_bytes());
                names_us |= ours.hears;
                (names_any, after_name) = (true, true);
            }
            Line::Rule(pattern, allows) => {
                groups.into_iter().filter(|group| group.hears).for_each(|group| group.patterns.push((pattern, allows)));
                after_name = false;
            }
            Line::Delay(text) => {
                let seconds = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
                let seconds = seconds.filter(|seconds: &f32| *seconds >= 0.0);
                groups.into_iter().filter(|group| group.hears).for_each(|group| group.delay = group.delay.or(seconds));
                after_name = false;
            }
            Line::Sitemap(address) => sitemaps.extend(std::str::from_utf8(address).map(str::to_owned)),
        }
    }
    // A pause that stands before all groups is asked of everybody.
    let asked_of_all = loose.delay;
    let said = match (names_us, names_any) {
        (true, _) => ours,
        (false, true) => all,
        (false, false) => loose,
    };
    File { delay: said.delay.or(asked_of_all), rules: Rules::new(said.patterns), sitemaps }
}

/// What a line says, without its comment.
fn line(line: &[u8]) -> Option<Line<'_>> {
    let line = line.split(|octet| *octet == b'#').next()?.trim_ascii();
    let parted = |sign: fn(&u8) -> bool| {
        let at = line.iter().position(sign)?;
        said(line[..at].trim_ascii(), line[at + 1..].trim_ascii())
    };
    // Some forget the colon, and their value may hold one.
    parted(|octet| *octet == b':').or_else(|| parted(u8::is_ascii_whitespace))
}

fn said<'a>(name: &[u8], value: &'a [u8]) -> Option<Line<'a>> {
    Some(match name.to_ascii_lowercase().as_slice() {
        b"user-agent" | b"user agent" | b"useragent" => Line::Agent(value),
        b"allow" => Line::Rule(value, true),
        b"disallow" | b"dissallow" | b"dissalow" | b"disalow" | b"diasllow" | b"disallaw" => Line::Rule(value, false),
        b"crawl-delay" | b"crawl delay" | b"crawldelay" => Line::Delay(value),
        b"sitemap" | b"site-map" | b"site map" => Line::Sitemap(value),
        _ => return None,
    })
}

/// The name of a crawler without its version.
fn product(name: &[u8]) -> &[u8] {
    let is_of_name = |octet: &u8| octet.is_ascii_alphabetic() || matches!(octet, b'-' | b'_');
    &name[..name.iter().position(|octet| !is_of_name(octet)).unwrap_or(name.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(file: &str, path: &str) -> bool {
        read("Biseda", file.as_bytes()).rules.allow(path.as_bytes())
    }

    #[test]
    fn the_groups_that_name_us_count_and_else_those_for_all() {
        let file = "User-agent: other\nDisallow: /\n\nUSER-AGENT: * # all\nDisallow: /all\n\nUser-agent: x\nuser-agent: \
                    bIseda/2.0\nSitemap: /map.xml\nunknown: x\nDisallow: /ours\n\nUser-agent: Biseda\rDisallow:/more#x\n";
        for (path, allowed) in [("/all", true), ("/ours", false), ("/more", false), ("/other", true)] {
            assert_eq!(allows(file, path), allowed, "{path}");
        }
        let for_all = "User-agent: Bisedabot\nDisallow: /\nUser-agent: *\nDisallow: /a\nUser-agent: z\nDisallow: /b\n\
                       User-agent: *\nDisallow: /c\n";
        for (path, allowed) in [("/a", false), ("/b", true), ("/c", false), ("/d", true)] {
            assert_eq!(allows(for_all, path), allowed, "{path}");
        }
        assert!(!allows("User-agent: Biseda\n\nUser-agent: *\nDisallow: /", "/a"), "one group of two names");
        assert!(allows("User-agent: *\nDisallow: /\nUser-agent: Biseda\n", "/a"), "nothing is said to us");
    }

    #[test]
    fn lines_are_read_as_people_write_them() {
        for (file, allowed) in [
            ("\u{feff}User-agent: *\r\n  DISALLOW  :  /a  # why\r\n", false),
            ("Disallow: /a", false),
            ("User-agent: *\nDisallow /a", false),
            ("User-agent: *\ndissalow: /a", false),
            ("Disallow: /a\nUser-agent: x", true),
            ("User-agent: *\nDisallow:\n", true),
            ("User-agent: *\nDisallow: /\nDisallow:\n", false),
            ("User-agent: *\nDisallow: /\nAllow: /a\n", true),
            ("User-agent: *\n# Disallow: /a", true),
            ("User-agent: *\nDisallow: /b\0Disallow: /a", false),
            ("<html>Disallow: /a</html>", true),
        ] {
            assert_eq!(allows(file, "/a"), allowed, "{file:?}");
        }
        assert!(!allows("User-agent: *\nDisallow /a:b", "/a:b"));
    }

    #[test]
    fn pauses_and_maps() {
        let file =
            read("Biseda", b"Crawl-delay: 1\nSitemap: /a.xml\nUser-agent: *\nCrawl-delay: 2.5\nCrawl-delay: 9\n");
        assert_eq!((file.delay, file.sitemaps.as_slice()), (Some(2.5), &["/a.xml".to_owned()][..]));
        let delay = |file: &str| read("Biseda", file.as_bytes()).delay;
        assert_eq!(delay("Crawl-delay: 1\nUser-agent: *\nDisallow: /a"), Some(1.0));
        assert_eq!(delay("User-agent: *\nCrawl-delay: -1\nCrawl-delay: soon\nCrawl-delay: NaN"), None);
        assert_eq!(delay("User-agent: x\nCrawl-delay: 7\nUser-agent: *\nDisallow: /a"), None);
    }
}
