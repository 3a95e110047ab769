//! Small and capital letters. In the browser they are its own: the tables of the standard library would be part of what
//! the dashboard loads first.

/// A text in small letters.
pub fn lowercase(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { js_sys::JsString::from(text).to_lower_case().into() } else { text.to_lowercase() }
}

/// A text in capital letters.
pub fn uppercase(text: &str) -> String {
    if cfg!(target_arch = "wasm32") { js_sys::JsString::from(text).to_upper_case().into() } else { text.to_uppercase() }
}

/// A text that begins with a capital letter.
pub fn capitalized(text: &str) -> String {
    let rest = text.char_indices().nth(1).map_or(text.len(), |(at, _)| at);
    uppercase(&text[..rest]) + &text[rest..]
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_first_letter_of_any_alphabet_is_capitalized() {
        let written = ["today", "çdo", "", "a", "ßa"].map(super::capitalized);
        assert_eq!(written, ["Today", "Çdo", "", "A", "SSa"]);
    }
}
