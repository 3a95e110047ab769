use leptos::prelude::*;

/// Remembers the choice; absent, the system decides.
const COOKIE: &str = "biseda_theme";

/// The colours of the screens.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// The value of `data-theme` on the document; without one the style sheet follows the system.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }
}

/// The theme that the browser's cookie names; the shell writes it into the document before anything is drawn.
pub fn theme_of_cookie() -> Theme {
    match crate::cookie::get(COOKIE).as_deref() {
        Some("light") => Theme::Light,
        Some("dark") => Theme::Dark,
        _ => Theme::System,
    }
}

/// The theme of this browser and how to change it.
#[derive(Clone, Copy)]
pub struct ThemeContext(RwSignal<Theme>);

impl ThemeContext {
    /// The chosen theme.
    pub fn get(&self) -> Theme {
        self.0.get()
    }

    /// Changes it at once and for later visits.
    pub fn set(&self, theme: Theme) {
        self.0.set(theme);
        crate::cookie::set(COOKIE, theme.attribute());
        if let Some(html) = document().document_element() {
            _ = match theme.attribute() {
                Some(name) => html.set_attribute("data-theme", name),
                None => html.remove_attribute("data-theme"),
            };
        }
    }
}

/// Makes the theme available below. Once, in the application.
pub fn provide_theme() {
    provide_context(ThemeContext(RwSignal::new(theme_of_cookie())));
}

/// The theme of this browser.
pub fn use_theme() -> ThemeContext {
    use_context::<ThemeContext>().unwrap_or_else(|| ThemeContext(RwSignal::new(Theme::System)))
}
