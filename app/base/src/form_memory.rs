//! What a person typed into a form that was posted without script and refused: the browser loads the page anew, and
//! a cookie of one minute brings the harmless fields back. Passwords are never in it.

use leptos_router::location::Url;

const COOKIE: &str = "biseda_form";

/// Remembers fields for the page that follows.
#[cfg(feature = "ssr")]
pub fn remember(fields: &[(&str, &str)]) {
    let text: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", Url::escape(value))).collect();
    crate::server::set_short_cookie(COOKIE, &text.join("&"));
}

/// Forgets them: what they were typed for is done. The page that follows may be the same form.
#[cfg(feature = "ssr")]
pub fn forget() {
    remember(&[]);
}

/// A field as it was typed, or nothing.
pub fn recall(field: &str) -> String {
    let all = crate::cookie::get(COOKIE).unwrap_or_default();
    let found = all.split('&').find_map(|pair| pair.strip_prefix(field)?.strip_prefix('='));
    found.map(Url::unescape).unwrap_or_default()
}
