use axum::{
    extract::Request,
    http::{Method, Uri, uri::PathAndQuery},
};
use domain::accounts::MadeFor;

/// Notes for which member a page was made that asks: it puts `/as/{member}` before the addresses of its requests, also of
/// forms that a browser sends without script, which can add no header. Goes before the routes, which do not know it.
pub(super) fn note(mut request: Request) -> Request {
    let path = request.uri().path();
    let said = path.strip_prefix("/as/").and_then(|rest| rest.split_at_checked(36));
    // What is read is not bound to a member: only the live socket, which is opened by reading.
    let Some((id, path)) = said.filter(|(_, path)| *request.method() != Method::GET || *path == "/live") else {
        return request;
    };
    if let (Ok(id), Some(uri)) = (id.parse(), without_member(request.uri(), path)) {
        *request.uri_mut() = uri;
        request.extensions_mut().insert(MadeFor(id));
    }
    request
}

fn without_member(uri: &Uri, path: &str) -> Option<Uri> {
    let rest = match uri.query() {
        Some(query) => format!("{path}?{query}").parse(),
        None => path.parse(),
    };
    let rest: PathAndQuery = rest.ok().filter(|_| path.starts_with('/'))?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest);
    Uri::from_parts(parts).ok()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const MEMBER: &str = "01900000-0000-7000-8000-000000000000";

    fn noted(method: Method, uri: &str) -> (String, bool) {
        let request = note(Request::builder().method(method).uri(uri).body(Body::empty()).unwrap());
        (request.uri().to_string(), request.extensions().get() == Some(&MadeFor(MEMBER.parse().unwrap())))
    }

    #[test]
    fn the_member_of_a_page_is_taken_from_the_address() {
        let own = |rest: &str| format!("/as/{MEMBER}{rest}");
        assert_eq!(noted(Method::POST, &own("/rpc/x")), ("/rpc/x".into(), true));
        assert_eq!(noted(Method::POST, &own("/rpc/x?a=b%20c")), ("/rpc/x?a=b%20c".into(), true));
        assert_eq!(noted(Method::GET, &own("/live")), ("/live".into(), true));
        for (method, uri) in [
            (Method::GET, own("/app")),
            (Method::POST, own("")),
            (Method::POST, own("x/rpc/x")),
            (Method::POST, "/as/x/rpc/x".into()),
            (Method::POST, format!("/as/{}/rpc/x", "x".repeat(36))),
            (Method::POST, "/rpc/x".into()),
        ] {
            assert_eq!(noted(method, &uri), (uri.clone(), false));
        }
    }

    #[test]
    fn addresses_take_hostile_bytes() {
        let words = ["/as/", MEMBER, "/", "//", "?", "#", "%2F", "..", "*", ":"];
        fuzz::text(&[&format!("/as/{MEMBER}/rpc/x?a=b")], &words, |uri| {
            let Ok(request) = Request::post(uri).body(Body::empty()) else { return };
            let before = request.uri().clone();
            let after = note(request);
            let is_noted = after.extensions().get::<MadeFor>().is_some();
            assert!(is_noted == (after.uri() != &before) && before.path().ends_with(after.uri().path()), "{uri}");
        });
    }
}
