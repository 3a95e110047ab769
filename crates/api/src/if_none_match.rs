use axum::http::HeaderValue;

/// Whether the lists of `If-None-Match` (RFC 9110 section 13.1.2) name this mark (`ETag`), weak or strong, or any.
pub(crate) fn names<'a>(lists: impl IntoIterator<Item = &'a HeaderValue>, mark: &str) -> bool {
    lists.into_iter().filter_map(|list| list.to_str().ok()).any(|list| has(list, mark))
}

fn has(list: &str, mark: &str) -> bool {
    let strong = mark.trim_start_matches("W/");
    list.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == strong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_marks_take_hostile_bytes() {
        let mark = "W/\"0a1b\"";
        assert!(has("\"0a1b\"", mark) && has("\"x\" , W/\"0a1b\"", mark) && has("*", mark) && !has("0a1b", mark));
        fuzz::text(&["\"x\", W/\"0a1b\"", "*", "W/W/\"0a1b\",,"], &["W/", "\"", ",", "*", "\"0a1b\"", " "], |list| {
            // Who is told that nothing has changed has named the mark, or any.
            assert!(!has(list, mark) || list.contains("\"0a1b\"") || list.contains('*'), "{list:?}");
        });
    }
}
