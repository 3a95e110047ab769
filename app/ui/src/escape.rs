//! Texts that Leptos writes without escaping them.

/// A text for those places where the server writes texts as they are, in a `<textarea>` and in the document's title: it
/// must not end there and go on as markup. Browsers set it as a text, where it stays as it is.
pub fn escaped_on_server(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text }
}
