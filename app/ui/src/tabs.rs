use leptos::prelude::*;
use leptos_router::components::A;

use crate::{Glyph, Icon};

/// A row of links to the parts of a page; each part has its own address.
#[component]
pub fn Tabs(#[prop(into)] label: TextProp, children: Children) -> impl IntoView {
    view! { <nav class="tabs tabs-border mb-4 flex-nowrap overflow-x-auto" aria-label=move || label.get()>{children()}</nav> }
}

/// One part; it is marked while its address is open. `exact`: not for addresses below it.
#[component]
pub fn TabLink(
    #[prop(into)] href: String,
    #[prop(optional)] exact: bool,
    #[prop(optional)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    view! {
        <A href=href exact=exact attr:class="tab gap-1.5 whitespace-nowrap">
            {icon.map(|glyph| view! { <Icon glyph /> })}
            {children()}
        </A>
    }
}
