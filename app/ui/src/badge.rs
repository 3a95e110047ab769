use leptos::prelude::*;

use crate::{Glyph, Icon, Tone};

/// A small word about a state.
#[component]
pub fn Badge(
    #[prop(optional)] tone: Tone,
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    view! {
        <span class=format!("{} badge-sm whitespace-nowrap {}", tone.badge_class(), class.unwrap_or_default())>
            {icon.map(|glyph| view! { <Icon glyph class="size-3" /> })}
            {children()}
        </span>
    }
}

/// A key of the keyboard.
#[component]
pub fn Kbd(children: Children) -> impl IntoView {
    view! { <kbd class="kbd kbd-sm">{children()}</kbd> }
}
