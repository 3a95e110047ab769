//! The words of the interface, in English and Albanian.
//!
//! `use i18n::*; let i18n = use_i18n(); tu_string!(i18n, inbox.title)` gives a `&'static str`, or a `String` for texts with
//! arguments. The page is loaded anew when the language changes, so texts need not be reactive (`t!` would make a closure
//! of each, several kilobytes of program).

mod number;
mod translations {
    include!(concat!(env!("OUT_DIR"), "/translations.rs"));
}

pub use leptos_i18n;
pub use number::{format_bytes, format_decimal, format_number};
pub use translations::i18n::*;

/// The cookie that remembers the language of this browser.
pub const LOCALE_COOKIE: &str = "biseda_locale";

/// The context that [`use_i18n`] gives.
pub type I18n = leptos_i18n::I18nContext<Locale>;

/// The names of the languages, each in itself.
pub const LANGUAGES: &[(&str, &str)] = &[("en", "English"), ("sq", "Shqip")];
