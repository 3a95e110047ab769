use i18n::I18n;
use ui::Glyph;

/// An area's place in the navigation.
#[derive(Clone, Copy)]
pub struct NavigationEntry {
    /// Where it leads.
    pub path: &'static str,
    pub icon: Glyph,
    /// Its name in the reader's language.
    pub label: fn(I18n) -> String,
    /// The keys that go there, such as `g i`.
    pub keys: &'static str,
    /// Whether the number of unread conversations stands beside it.
    pub shows_unread: bool,
}
