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
    // How it is drawn stands in the style sheet: a list has hundreds of icons.
    let class = format!("icon {}", class.as_deref().unwrap_or("size-4"));
    view! { <svg class=class viewBox="0 0 24 24" aria-hidden="true" inner_html=glyph.0></svg> }
}
