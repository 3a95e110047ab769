//! Where server functions lead when they are done: to another page, unless whoever sent the form has gone to one meanwhile.

use leptos::{prelude::*, server_fn::redirect::set_redirect_hook};
use leptos_router::hooks::{use_location, use_navigate};

/// Where a page stood when a form of it was last sent, path and query.
#[derive(Clone, Default)]
pub(crate) struct SentFrom(ArcStoredValue<Option<String>>);

impl SentFrom {
    /// The page from which the calling form is sent.
    pub fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// Notes that a form is sent.
    pub fn note(&self, place: String) {
        self.0.set_value(Some(place));
    }
}

/// Makes the forms below belong to one page: another page's are sent from elsewhere.
pub(crate) fn provide_sent_from() {
    provide_context(SentFrom::default());
}

/// Follows redirects within the application. Once, before the router, which would follow all of them.
pub fn follow_redirects() {
    provide_sent_from();
    // A second time, it is set already.
    _ = set_redirect_hook(|page| {
        // Asked for where the action was made. Where that is gone, so is the page.
        let Some(SentFrom(place)) = use_context() else { return };
        let (page, here, navigate) = (page.to_owned(), place_of_page(), use_navigate());
        // In the next frame: what follows the action comes first.
        request_animation_frame(move || {
            if place.get_value().is_none_or(|place| place == here()) {
                navigate(&page, Default::default());
            }
        });
    });
}

/// Gives where the reader is, also while the page of that address is still on its way.
pub(crate) fn place_of_page() -> impl Fn() -> String {
    let location = use_location();
    move || {
        let (path, query) = (location.pathname.get_untracked(), location.search.get_untracked());
        if query.is_empty() { path } else { format!("{path}?{query}") }
    }
}
