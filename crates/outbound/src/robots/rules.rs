//! Which paths the rules of a `robots.txt` allow: the longest pattern that matches decides, and of two as long the one that
//! allows (RFC 9309). `*` stands for any octets, `$` at the end for the end.
//!
//! The file is a stranger's and may hold tens of thousands of patterns, each asked for each link of each page. So those
//! whose beginning is not that of the path are never looked at, and the others only for so long.

use std::cmp::Reverse;

use memchr::memmem;

/// An address is tried for so many octets. Who needs more for one has not written rules for crawlers: it is forbidden.
/// Two thousand patterns with a `*` at their beginning need some 300,000 for an address of ordinary length.
const MOST_STEPS: usize = 512 * 1024;
/// What a search costs however short it is, in octets.
const SEARCH: usize = 16;
const DIGITS: &[u8; 16] = b"0123456789ABCDEF";

/// The rules for us. At most as large as their file.
#[derive(Debug, Default)]
pub(super) struct Rules {
    /// Ordered by what stands before the first `*`; of the same head the longest first.
    rules: Vec<Rule>,
}

#[derive(Debug, PartialEq, Eq)]
struct Rule {
    /// In normal form, without the `$` at its end and with one `*` where several follow each other.
    pattern: Vec<u8>,
    /// So many octets stand before the first `*`.
    head: usize,
    /// Nothing may follow.
    ends: bool,
    allows: bool,
}

impl Rules {
    /// Patterns as they stand in the file, with whether they allow. One without any octet says nothing.
    pub(super) fn new<'a>(patterns: impl IntoIterator<Item = (&'a [u8], bool)>) -> Self {
        let patterns = patterns.into_iter().filter(|(pattern, _)| !pattern.is_empty());
        let mut rules: Vec<Rule> = patterns.map(|(pattern, allows)| Rule::new(pattern, allows)).collect();
        rules.sort_unstable_by(|a, b| a.order().cmp(&b.order()));
        rules.dedup();
        rules.shrink_to_fit();
        Self { rules }
    }

    /// Whether the path, with its query, may be fetched.
    pub(super) fn allow(&self, path: &[u8]) -> bool {
        self.judge(&normal(path)).0
    }

    /// The same for a path in normal form, with the octets that were looked at.
    fn judge(&self, path: &[u8]) -> (bool, usize) {
        let mut steps = 0;
        let mut best = None;
        // Those that begin as the path does, up to `depth`.
        let mut within = &self.rules[..];
        for depth in 0..=path.len() {
            let (here, longer) = within.split_at(within.partition_point(|rule| rule.head == depth));
            for rule in here {
                // Those that follow are no better.
                if best >= Some(rule.weight()) {
                    break;
                }
                let goes_on = rule.goes_on(&path[depth..], &mut steps);
                if steps > MOST_STEPS {
                    return (false, steps);
                }
                if goes_on {
                    best = Some(rule.weight());
                    break;
                }
            }
            let Some(next) = path.get(depth) else { break };
            let from = longer.partition_point(|rule| rule.pattern[depth] < *next);
            let to = longer.partition_point(|rule| rule.pattern[depth] <= *next);
            within = &longer[from..to];
            steps += 1;
            if within.is_empty() {
                break;
            }
        }
        (best.is_none_or(|(_, allows)| allows), steps)
    }
}

impl Rule {
    fn new(pattern: &[u8], allows: bool) -> Self {
        let mut pattern = normal(pattern);
        let ends = pattern.last() == Some(&b'$');
        pattern.truncate(pattern.len() - usize::from(ends));
        pattern.dedup_by(|a, b| *a == b'*' && *b == b'*');
        let head = memchr::memchr(b'*', &pattern).unwrap_or(pattern.len());
        Self { pattern, head, ends, allows }
    }

    fn order(&self) -> (&[u8], Reverse<(usize, bool)>, &[u8]) {
        (&self.pattern[..self.head], Reverse(self.weight()), &self.pattern)
    }

    /// The larger one decides.
    fn weight(&self) -> (usize, bool) {
        (self.pattern.len() + usize::from(self.ends), self.allows)
    }

    /// Whether what follows the head matches the rest of the path. Each piece is taken where it first occurs, which leaves
    /// most to the next, so that nothing is looked at twice.
    fn goes_on(&self, mut path: &[u8], steps: &mut usize) -> bool {
        *steps += 1;
        let Some(rest) = self.pattern.get(self.head + 1..) else { return !self.ends || path.is_empty() };
        let mut pieces = rest.split(|octet| *octet == b'*').peekable();
        while let Some(piece) = pieces.next() {
            *steps += SEARCH + piece.len();
            if self.ends && pieces.peek().is_none() {
                return path.ends_with(piece);
            }
            let found = memmem::find(path, piece);
            *steps += found.unwrap_or(path.len());
            let Some(at) = found else { return false };
            path = &path[at + piece.len()..];
            if *steps > MOST_STEPS {
                break;
            }
        }
        true
    }
}

/// Octets as they are compared: those that need not be encoded are not, all others that are no signs of an address are.
fn normal(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [octet, after @ ..] = rest {
        let (octet, is_encoded) = match rest {
            [b'%', high, low, ..] => match (hex(*high), hex(*low)) {
                (Some(high), Some(low)) => (high * 16 + low, true),
                _ => (b'%', false),
            },
            _ => (*octet, false),
        };
        rest = if is_encoded { &after[2..] } else { after };
        let is_free = octet.is_ascii_alphanumeric() || b"-._~".contains(&octet);
        if is_free || !is_encoded && b"%:/?#[]@!$&'()*+,;=".contains(&octet) {
            out.push(octet);
        } else {
            out.extend([b'%', DIGITS[usize::from(octet >> 4)], DIGITS[usize::from(octet & 15)]]);
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| value.try_into().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pattern of the tests: `+` before it allows.
    fn said(line: &[u8]) -> (&[u8], bool) {
        line.strip_prefix(b"+").map_or((line, false), |pattern| (pattern, true))
    }

    /// RFC 9309, 2.2.2 and 5.2, and the table of what a major search engine reads in paths.
    #[test]
    fn the_longest_pattern_decides_and_signs_mean_what_they_mean() {
        for (lines, path, allowed) in [
            (&["/"][..], "/a", false),
            (&[], "/a", true),
            (&[""], "/a", true),
            (&["/fish"], "/fish", false),
            (&["/fish"], "/fishheads/yummy.html", false),
            (&["/fish"], "/fish.php?id=anything", false),
            (&["/fish"], "/Fish.asp", true),
            (&["/fish"], "/catfish", true),
            (&["/fish/"], "/fish", true),
            (&["/fish*"], "/fishheads", false),
            (&["/*.php"], "/folder/any.php.file.html", false),
            (&["/*.php"], "/windows.PHP", true),
            (&["/*.php$"], "/folder/filename.php", false),
            (&["/*.php$"], "/filename.php?parameters", true),
            (&["/*.php$"], "/a.php.php", false),
            (&["/fish*.php"], "/fishheads/catfish.php?parameters", false),
            (&["/a*b*a$"], "/aba", false),
            (&["/a*b*a$"], "/ab", true),
            (&["/a***b"], "/a/b", false),
            (&["*.pdf"], "/x.pdf", false),
            (&["/a$b"], "/a$b", false),
            (&["/a$"], "/a", false),
            (&["/a$"], "/ab", true),
            (&["+/p", "/"], "/page", true),
            (&["+/folder", "/folder"], "/folder/page", true),
            (&["+/page", "/*.htm"], "/page.htm", false),
            (&["+/page", "/*.ph"], "/page.php5", true),
            (&["+/$", "/"], "/", true),
            (&["+/$", "/"], "/page.htm", false),
            (&["+/a/", "/a/*/c", "+/a/b/c/d"], "/a/b/c", false),
            (&["+/a/", "/a/*/c", "+/a/b/c/d"], "/a/b/c/d", true),
            (&["/foo/bar?baz=https://foo.bar"], "/foo/bar?baz=https://foo.bar", false),
            (&["/\u{e7}"], "/%C3%A7", false),
            (&["/%c3%a7"], "/%C3%A7", false),
            (&["/%62%61r"], "/bar", false),
            (&["/%7Euser"], "/~user", false),
            (&["/a%2Fb"], "/a/b", true),
            (&["/a%2ab"], "/a%2Ab", false),
            (&["/a%2ab"], "/axb", true),
            (&["/a b{c}"], "/a%20b%7Bc%7D", false),
            (&["/100%"], "/100%", false),
            (&["secret"], "/secret", true),
        ] {
            let rules = Rules::new(lines.iter().map(|line| said(line.as_bytes())));
            assert_eq!(rules.allow(path.as_bytes()), allowed, "{lines:?} {path}");
        }
    }

    /// Tries every rule in every way.
    fn simply(lines: &[&[u8]], path: &[u8]) -> bool {
        fn matches(pattern: &[u8], path: &[u8]) -> bool {
            match pattern {
                [] => true,
                [b'$'] => path.is_empty(),
                [b'*', rest @ ..] => (0..=path.len()).any(|at| matches(rest, &path[at..])),
                [octet, rest @ ..] => path.first() == Some(octet) && matches(rest, &path[1..]),
            }
        }
        let said = lines.iter().map(|line| said(line));
        let matching = said.filter(|(pattern, _)| !pattern.is_empty() && matches(pattern, path));
        matching.map(|(pattern, allows)| (pattern.len(), allows)).max().is_none_or(|(_, allows)| allows)
    }

    #[test]
    fn patterns_take_hostile_bytes() {
        const FEW: &[u8] = b"ab/*$+\n";
        let examples: [&[u8]; 4] =
            [b"/ab/ab\n/a*b$\n+/ab", b"/aab\n/*ab$\n+/a*b\n/a", b"/a/b\n+/\n/*/\n+/a/$\n/a/", b"/abb\n*b\n+*bb"];
        fuzz::bytes(&examples, &["/a", "*b", "*a*", "$", "\n+", "\n/a*", "\n", "ab"], |case| {
            // Of few octets, so that much matches, and no more than the simple way can do in time.
            let few = |octet: &u8| if FEW.contains(octet) { *octet } else { FEW[usize::from(*octet) % FEW.len()] };
            let mut case: Vec<u8> = case.iter().take(60).map(few).collect();
            case.dedup_by(|a, b| *a == b'*' && *b == b'*');
            let mut lines: Vec<&[u8]> = case.split(|octet| *octet == b'\n').collect();
            let path = lines.remove(0);
            let read = Rules::new(lines.iter().map(|line| said(line)));
            assert_eq!(read.allow(path), simply(&lines, path), "{}", case.escape_ascii());
        });
    }

    /// As many rules as a file has room for, made of whatever bytes: no address takes longer than is said above.
    #[test]
    fn files_full_of_rules_take_hostile_bytes() {
        const FILE: usize = 512 * 1024;
        let examples: [&[u8]; 5] = [b"/*a", b"/a*a*a*a*a*a*b", b"/*#$", b"*/*/*/*#", b"/aaaa#"];
        fuzz::few_bytes(24, &examples, &["*", "*a", "/", "$", "#", "%61", "aaaaaaaa"], |case| {
            let case = &case[..case.len().min(4_096)];
            let mut patterns: Vec<Vec<u8>> = Vec::new();
            let mut size = 0;
            while size < FILE {
                let number = patterns.len().to_string();
                let parts: Vec<&[u8]> = case.split(|octet| *octet == b'#').collect();
                patterns.push(parts.join(number.as_bytes()));
                size += patterns[patterns.len() - 1].len() + "allow:\n".len();
            }
            let read = Rules::new(patterns.iter().map(|pattern| (pattern.as_slice(), false)));
            for path in [format!("/{}", "a".repeat(2_000)), format!("/{}", "a/9".repeat(600)), "/".into()] {
                let (_, steps) = read.judge(path.as_bytes());
                // The last search may go beyond by what it looks through.
                assert!(steps <= MOST_STEPS + 32 * 1024, "{steps}");
                if patterns.iter().all(|pattern| !pattern.contains(&b'*')) {
                    assert!(steps <= 3 * path.len() + 3, "plain patterns are not tried one by one: {steps}");
                }
            }
        });
    }

    #[test]
    fn a_large_file_of_a_large_site_is_read_exactly() {
        let plain = (0..20_000).map(|n| format!("/private/folder-{n}/"));
        let stars = (0..1_000).map(|n| format!("/*?filter{n}="));
        let lines: Vec<String> = plain.chain(stars).collect();
        let read = Rules::new(lines.iter().map(|line| (line.as_bytes(), false)));
        let page = "/shop/shoes-for-children/boots-of-rubber-in-many-colours.html";
        for (path, allowed) in [
            (page.to_owned(), true),
            (format!("{page}?filter999=red"), false),
            (format!("{page}?filter1000=red"), true),
            ("/private/folder-19999/a".into(), false),
            ("/private/folder-20000/a".into(), true),
        ] {
            let (allows, steps) = read.judge(path.as_bytes());
            assert_eq!((allows, steps < MOST_STEPS / 2), (allowed, true), "{path}: {steps}");
        }
    }

    #[test]
    fn an_address_that_takes_too_long_is_forbidden() {
        let lines: Vec<String> = (0..40_000).map(|n| format!("/*{n}!")).collect();
        let read = Rules::new(lines.iter().map(|line| (line.as_bytes(), false)));
        let (allows, steps) = read.judge("/a".repeat(500).as_bytes());
        assert!(!allows && steps > MOST_STEPS && steps < MOST_STEPS + 2_048, "{steps}");
        assert_eq!(read.judge(b"x"), (true, 1), "none begins so");
    }
}
