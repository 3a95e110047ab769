use axum::http::{HeaderMap, header::AUTHORIZATION};

/// The token of `Authorization: Bearer …` (RFC 6750 section 2.1). The scheme may be written in any case (RFC 9110 section 11.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn the_scheme_is_written_in_any_case_and_no_other_is_taken() {
        for (value, token) in [
            ("Bearer bsd_x", Some("bsd_x")),
            ("bearer bsd_x", Some("bsd_x")),
            ("BEARER   bsd_x ", Some("bsd_x")),
            ("Bearer ", None),
            ("Bearer", None),
            ("bsd_x", None),
            ("Basic bsd_x", None),
            ("Bearers bsd_x", None),
            ("Bearer\u{e9} x", None),
        ] {
            let headers = HeaderMap::from_iter([(AUTHORIZATION, HeaderValue::try_from(value).unwrap())]);
            assert_eq!(bearer(&headers), token, "{value:?}");
        }
        assert_eq!(bearer(&HeaderMap::new()), None);
    }
}
