//! Which addresses belong to a crawl, and their normal form.

use url::Url;

/// Ends of paths that are no documents.
const NO_DOCUMENTS: [&str; 44] = [
    "7z", "apk", "avi", "bin", "bmp", "bz2", "css", "deb", "dmg", "doc", "eot", "exe", "gif", "gz", "ico", "iso",
    "jar", "jpeg", "jpg", "js", "json", "mjs", "mov", "mp3", "mp4", "mpeg", "ogg", "png", "ppt", "pptx", "rar", "rpm",
    "rss", "svg", "tar", "tgz", "ttf", "wav", "webm", "webp", "woff", "woff2", "xls", "zip",
];

/// The part of a site that a crawl reads: one host, and the paths under the first page's folder.
#[derive(Debug, Clone)]
pub(super) struct Scope {
    first: Url,
    /// Ends with `/`.
    folder: String,
    /// The first page itself where it lies beside its folder (`/docs` beside `/docs/`).
    page: String,
}

impl Scope {
    /// `/help/` holds what is under it, `/help/index.html` what is under `/help/`, and `/help` itself and what is
    /// under `/help/`.
    pub fn new(first: &Url) -> Self {
        let path = first.path();
        let name = path.rsplit('/').next().unwrap_or_default();
        let folder = if name.contains('.') || name.is_empty() {
            path[..path.len() - name.len()].to_owned()
        } else {
            format!("{path}/")
        };
        Self { page: path.to_owned(), first: first.clone(), folder }
    }

    /// Whether the address belongs to the crawl.
    pub fn contains(&self, url: &Url) -> bool {
        url.host_str() == self.first.host_str()
            && url.port_or_known_default() == self.first.port_or_known_default()
            && (url.path().starts_with(&self.folder) || url.path() == self.page)
    }

    /// The normal form of a link of a page: absolute, without fragment, empty query and doubled slashes, with the
    /// scheme of the first page. None: it leads out of the crawl or to no document.
    pub fn link(&self, base: &Url, href: &str) -> Option<Url> {
        let mut url = base.join(href.trim()).ok()?;
        if !matches!(url.scheme(), "http" | "https") || !url.username().is_empty() || url.password().is_some() {
            return None;
        }
        // Pages of an https site often link to their http addresses.
        if url.scheme() != self.first.scheme() && url.port().is_none() && self.first.port().is_none() {
            url.set_scheme(self.first.scheme()).ok()?;
        }
        url.set_fragment(None);
        if url.query() == Some("") {
            url.set_query(None);
        }
        let mut path = url.path().to_owned();
        while path.contains("//") {
            path = path.replace("//", "/");
        }
        // A session in the path makes every page a new one at each visit.
        if let Some(at) = path.to_ascii_lowercase().find(";jsessionid=") {
            path.truncate(at);
        }
        if path != url.path() {
            url.set_path(&path);
        }
        let name = path.rsplit('/').next().unwrap_or_default();
        let extension = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
        (self.contains(&url) && url.as_str().len() <= 2048 && !NO_DOCUMENTS.contains(&extension.as_str()))
            .then_some(url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    #[test]
    fn scopes() {
        let scope = Scope::new(&url("https://x.test/help"));
        for inside in ["https://x.test/help", "https://x.test/help/", "https://x.test/help/a?b=1"] {
            assert!(scope.contains(&url(inside)), "{inside}");
        }
        for outside in
            ["https://x.test/helpers", "https://x.test/", "https://www.x.test/help/", "https://x.test:8443/help/"]
        {
            assert!(!scope.contains(&url(outside)), "{outside}");
        }
        assert!(Scope::new(&url("https://x.test/a/index.html")).contains(&url("https://x.test/a/b/c.html")));
        assert!(Scope::new(&url("https://x.test")).contains(&url("https://x.test/anything")));
    }

    #[test]
    fn links() {
        let scope = Scope::new(&url("https://x.test/help/"));
        let page = url("https://x.test/help/a/b.html?x=1#y");
        let link = |href: &str| scope.link(&page, href).map(String::from);
        assert_eq!(link("c.html#part").as_deref(), Some("https://x.test/help/a/c.html"));
        assert_eq!(link("http://x.test/help//d/?").as_deref(), Some("https://x.test/help/d/"));
        assert_eq!(link("?page=2").as_deref(), Some("https://x.test/help/a/b.html?page=2"));
        assert_eq!(link("e;jsessionid=1A").as_deref(), Some("https://x.test/help/a/e"));
        assert_eq!(link("manual.pdf").as_deref(), Some("https://x.test/help/a/manual.pdf"));
        for none in
            ["/other", "logo.PNG", "mailto:a@b.test", "javascript:x()", "//y.test/help/", "https://u@x.test/help/"]
        {
            assert_eq!(link(none), None, "{none}");
        }
    }

    #[test]
    fn links_take_hostile_bytes() {
        let scope = Scope::new(&url("https://x.test/help/"));
        let page = url("https://x.test/help/a/b.html?x=1#y");
        let examples = [
            "c.html#part",
            "http://x.test/help//d/?",
            "//x.test:443/help/e;jsessionid=1A",
            "/help/../help/./f",
            "?a=b",
        ];
        let words = [
            "//",
            "/",
            "..",
            "%2e%2e/",
            "\\",
            ";jsessionid=",
            "?",
            "#",
            "@",
            "http:",
            "https://x.test/help/",
            "\t",
            ":443",
        ];
        fuzz::text(&examples, &words, |text| {
            let Some(link) = scope.link(&page, text) else { return };
            assert!(scope.contains(&link) && link.fragment().is_none() && link.username().is_empty(), "{link}");
            // Each page has one normal form, or a crawl would have no end.
            assert_eq!(scope.link(&page, link.as_str()).as_ref(), Some(&link));
        });
    }
}
