use leptos::prelude::*;

use crate::{Glyph, Icon, IconButton, Tone, icons};

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

/// A tag; with `on_remove` it can be taken off.
#[component]
pub fn Chip(
    #[prop(into)] text: String,
    #[prop(optional, into)] remove_label: Option<TextProp>,
    #[prop(optional, into)] on_remove: Option<Callback<String>>,
) -> impl IntoView {
    let value = text.clone();
    view! {
        <span class="chip">
            <span class="truncate">{text}</span>
            {on_remove
                .map(|on_remove| {
                    view! {
                        <IconButton
                            glyph=icons::X
                            class="chip-remove"
                            label=remove_label.unwrap_or_default()
                            on_click=move |_| on_remove.run(value.clone())
                        />
                    }
                })}
        </span>
    }
}

/// A key of the keyboard.
#[component]
pub fn Kbd(children: Children) -> impl IntoView {
    view! { <kbd class="kbd kbd-sm">{children()}</kbd> }
}
