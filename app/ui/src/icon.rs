use leptos::prelude::*;

use crate::Glyph;

/// A line icon, hidden from screen readers: the text beside it or the label of its button says what it means.
#[component]
pub fn Icon(
    /// One of [`crate::icons`].
    glyph: Glyph,
    /// Classes; the size is 16 px unless they say another.
    #[prop(optional, into)]
    class: Option<String>,
) -> impl IntoView {
    let class = format!("shrink-0 {}", class.as_deref().unwrap_or("size-4"));
    view! {
        <svg
            class=class
            viewBox="0 0 24 24"
            fill="none"
            stroke="currentColor"
            stroke-width="1.75"
            stroke-linecap="round"
            stroke-linejoin="round"
            aria-hidden="true"
            inner_html=glyph.0
        ></svg>
    }
}
