//! Cookies that are no secret (theme, language), the same on both sides.

/// A cookie's value: of the request on the server, of the document in the browser.
pub fn get(name: &str) -> Option<String> {
    #[cfg(feature = "ssr")]
    {
        crate::server::cookie(name)
    }
    #[cfg(not(feature = "ssr"))]
    {
        let all = html_document()?.cookie().ok()?;
        all.split("; ").find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
    }
}

/// Sets a cookie for a year, in the browser. `None` removes it.
pub fn set(name: &str, value: Option<&str>) {
    let age = if value.is_some() { 31_536_000 } else { 0 };
    let secure = if leptos::prelude::location().protocol().is_ok_and(|p| p == "https:") { "; Secure" } else { "" };
    if let Some(document) = html_document() {
        let cookie = format!("{name}={}; Path=/; Max-Age={age}; SameSite=Lax{secure}", value.unwrap_or_default());
        _ = document.set_cookie(&cookie);
    }
}

fn html_document() -> Option<web_sys::HtmlDocument> {
    use wasm_bindgen::JsCast;
    leptos::prelude::document().dyn_into().ok()
}
