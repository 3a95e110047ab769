//! The list's filter in the URL.

use leptos_router::params::ParamsMap;
use types::contact::ContactFilter;

/// Rows of a page of contacts.
const ROWS: i64 = 50;

/// The filter that an address names; words that mean nothing are left out.
pub fn read(map: &ParamsMap) -> ContactFilter {
    let text = |key| map.get(key).filter(|value| !value.trim().is_empty());
    ContactFilter {
        q: text("q"),
        tag: text("tag"),
        sort: text("sort").and_then(|word| word.parse().ok()),
        page: text("page").and_then(|number| number.parse().ok()),
        limit: Some(ROWS),
    }
}

/// The address of the list under a filter.
pub fn href(filter: &ContactFilter) -> String {
    let page = filter.page.filter(|page| *page > 1).map(|page| page.to_string());
    let sort = filter.sort.map(|sort| sort.to_string());
    address("/app/contacts", &[("q", &filter.q), ("tag", &filter.tag), ("sort", &sort), ("page", &page)])
}

/// Whether anything narrows the list.
pub fn is_narrowed(filter: &ContactFilter) -> bool {
    filter.q.is_some() || filter.tag.is_some()
}

/// A path with those of the pairs that have a value as its query.
pub fn address(path: &str, pairs: &[(&str, &Option<String>)]) -> String {
    let mut address = path.to_owned();
    for (key, value) in pairs.iter().filter_map(|(key, value)| Some((key, value.as_ref()?))) {
        address.push(if address.contains('?') { '&' } else { '?' });
        address.push_str(key);
        address.push('=');
        for byte in value.bytes() {
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => address.push(char::from(byte)),
                _ => address.push_str(&format!("%{byte:02X}")),
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_only_what_is_set() {
        assert_eq!(href(&ContactFilter::default()), "/app/contacts");
        let filter = ContactFilter { q: Some("Ana & 50%".into()), page: Some(2), ..ContactFilter::default() };
        assert_eq!(href(&filter), "/app/contacts?q=Ana%20%26%2050%25&page=2");
    }
}
