//! The way back after sign-in: `/login?next=…` names the page of the dashboard that somebody had asked for.

use leptos_router::location::Url;

/// The dashboard's first page.
const HOME: &str = "/app";
/// The operators' area.
const ADMIN: &str = "/admin";
/// An invitation, which asks people who have an account to sign in first.
const INVITATION: &str = "/invitation/";
/// The confirmation of an address, which the person signs in for.
const VERIFY: &str = "/verify/";

/// The sign-in page's address for somebody who asked for this page (path and query).
#[cfg(any(test, feature = "ssr"))]
pub fn sign_in_path(page: &str) -> String {
    match is_ours(page) && page != HOME {
        true => format!("/login?next={}", Url::escape(page)),
        false => "/login".to_owned(),
    }
}

/// The page that the sign-in page's query names. Read from its text: the router's map of a query is decoded twice on the
/// server, which makes another address of one that has escapes of its own.
pub fn next_of_query(query: &str) -> Option<String> {
    query.trim_start_matches('?').split('&').find_map(|pair| pair.strip_prefix("next=")).map(Url::unescape)
}

/// Where somebody goes who has signed in. Only to a page of the dashboard, of the operators' area, an invitation or the
/// confirmation of an address: the way there may have been written by others.
pub fn after_sign_in(next: Option<&str>) -> &str {
    next.filter(|next| is_ours(next)).unwrap_or(HOME)
}

/// The token of the invitation that somebody came from.
pub fn invitation_of(next: Option<&str>) -> Option<&str> {
    next.filter(|next| is_ours(next))?.strip_prefix(INVITATION)
}

fn is_ours(page: &str) -> bool {
    let rest = page.strip_prefix(HOME).or_else(|| page.strip_prefix(ADMIN));
    let is_mailed = [INVITATION, VERIFY].iter().any(|mailed| page.starts_with(mailed));
    (is_mailed || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?'])))
        && page.chars().all(|c| c.is_ascii_graphic() && c != '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_dashboard_are_gone_back_to() {
        for page in [
            "/invitation/a-Z_9",
            "/verify/a-Z_9",
            "/app",
            "/admin",
            "/admin/jobs",
            "/app/inbox?status=closed&q=a%20b",
            "/app?x=1",
        ] {
            assert_eq!(after_sign_in(Some(page)), page);
        }
        for other in [
            "",
            "/",
            "/invitations",
            "/verify",
            "/invitation/\n",
            "//evil.example",
            "https://evil.example/app",
            "/application",
            "/administration",
            "/app\\evil",
            "/app/\r\nx: y",
        ] {
            assert_eq!(after_sign_in(Some(other)), "/app", "{other:?}");
            assert_eq!(sign_in_path(other), "/login", "{other:?}");
        }
        let page = "/app/inbox?q=a%26b&list=all";
        let address = sign_in_path(page);
        assert_eq!(next_of_query(address.split_once('?').unwrap().1).as_deref(), Some(page));
        assert_eq!(next_of_query("?q=next"), None);
        assert_eq!(invitation_of(Some("/invitation/a-Z_9")), Some("a-Z_9"));
        assert_eq!(invitation_of(Some("/app/invitation/a")), None);
        assert_eq!(after_sign_in(None), "/app");
        assert_eq!(sign_in_path("/app"), "/login");
    }

    #[test]
    fn addresses_take_hostile_bytes() {
        let site = url::Url::parse("https://biseda.test/login").unwrap();
        let examples = ["/app/inbox?q=a%26b", "next=%2Fapp%2Finbox&x=1", "//evil.example/app", "/invitation/a-Z_9"];
        let words =
            ["/", "//", "\\", "%2F", "%5C", "%", "\r\n", "\t", "@", ":", "https:", "..", "next=", "/app", "\u{202e}"];
        fuzz::text(&examples, &words, |text| {
            for next in [Some(text.to_owned()), next_of_query(text)] {
                // As a browser reads it.
                let page = site.join(after_sign_in(next.as_deref())).unwrap();
                assert_eq!(page.origin(), site.origin(), "{page}");
            }
            let address = sign_in_path(text);
            let back = address.split_once('?').and_then(|(_, query)| next_of_query(query));
            assert!(back.is_none_or(|page| page == text), "{address}");
        });
    }
}
