//! In which sites' pages a widget may stand.

use axum::http::{HeaderMap, header};

/// Whether a page of this origin may embed the widget. Our own pages may (preview), and who sends no origin is no page
/// of another site.
pub(super) fn allows(domains: &[String], headers: &HeaderMap) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    if domains.is_empty() || crate::csrf::origin_is_host(headers) {
        return true;
    }
    let host = origin.to_str().ok().and_then(|origin| origin.split_once("://")).map(|(_, host)| host);
    host.is_some_and(|host| domains.iter().any(|domain| fits(domain, host)))
}

/// The sites in whose pages browsers may show the widget's frame, as a `frame-ancestors` directive. None when all may:
/// `*` would leave out pages from files and extensions.
pub(super) fn frame_ancestors(domains: &[String]) -> Option<String> {
    // `http://` also stands for `https://`; without a scheme it would depend on ours.
    let hosts = domains.iter().map(|domain| format!(" http://{domain}")).collect::<String>();
    (!domains.is_empty()).then(|| format!("frame-ancestors 'self'{hosts}"))
}

/// Whether a host (with its port, if it has one) is the domain, or for `*.example.com` any below it. A domain without
/// a port allows the usual ones only, as browsers read it too.
fn fits(domain: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    match domain.strip_prefix("*.") {
        Some(parent) => host.strip_suffix(parent).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => host == domain,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue, header};

    use super::fits;

    #[test]
    fn domains_fit_whole_names_only() {
        for (domain, host, expected) in [
            ("example.com", "example.com", true),
            ("example.com", "EXAMPLE.com", true),
            ("example.com", "shop.example.com", false),
            ("example.com", "badexample.com", false),
            ("*.example.com", "shop.example.com", true),
            ("*.example.com", "a.b.example.com", true),
            ("*.example.com", "example.com", false),
            ("*.example.com", "badexample.com", false),
            ("*.example.com", ".example.com", false),
            ("localhost:8080", "localhost:8080", true),
            ("localhost", "localhost:8080", false),
            ("example.com", "example.com.evil.net", false),
        ] {
            assert_eq!(fits(domain, host), expected, "{domain} {host}");
        }
    }

    #[test]
    fn origins_take_hostile_bytes() {
        let domains = ["shop.example".to_owned(), "*.alba.example".to_owned()];
        let words =
            ["://", ".", "evil.test", "@", ":443", "#", "\\", "/", "null", "shop.example", ".alba.example", "\t"];
        fuzz::bytes(&[b"https://shop.example", b"http://a.alba.example", b"null"], &words, |origin| {
            let Ok(value) = HeaderValue::from_bytes(origin) else { return };
            let headers = HeaderMap::from_iter([(header::ORIGIN, value)]);
            if super::allows(&domains, &headers) {
                // What a browser would call the host of that page is one of ours.
                let host = String::from_utf8(origin.to_ascii_lowercase()).unwrap();
                let host = host.split_once("://").unwrap().1;
                assert!(host == "shop.example" || host.ends_with(".alba.example"), "{host:?}");
            }
        });
    }
}
