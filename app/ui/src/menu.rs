use leptos::{ev, html, prelude::*};
use leptos_router::components::A;
use wasm_bindgen::JsCast;

use crate::{Glyph, Icon};

#[derive(Clone, Copy)]
struct CloseMenu(Callback<()>);

/// Closes an open `<details>` when something outside of it is clicked.
pub fn close_on_click_elsewhere(node: NodeRef<html::Details>) {
    Effect::new(move || {
        let click = window_event_listener(ev::click, move |event| {
            let Some(details) = node.try_get_untracked().flatten() else { return };
            let target = event.target().and_then(|target| target.dyn_into::<web_sys::Node>().ok());
            if details.open() && !details.contains(target.as_ref()) {
                details.set_open(false);
            }
        });
        on_cleanup(move || click.remove());
    });
}

/// A menu that opens below its button. It opens without script too; with script a click elsewhere, a choice and
/// Escape close it.
#[component]
pub fn Menu(
    /// What the button shows.
    #[prop(into)]
    trigger: ViewFn,
    /// What the button is called, when it shows an icon only.
    #[prop(optional, into)]
    label: Option<TextProp>,
    /// Classes of the button.
    #[prop(default = "btn btn-ghost btn-sm")]
    button_class: &'static str,
    /// `dropdown-end`, `dropdown-top` …
    #[prop(default = "dropdown-end")]
    place: &'static str,
    #[prop(default = "w-56")] width: &'static str,
    children: Children,
) -> impl IntoView {
    let node = NodeRef::<html::Details>::new();
    let close = Callback::new(move |()| {
        if let Some(details) = node.get_untracked() {
            details.set_open(false);
        }
    });
    close_on_click_elsewhere(node);
    let on_key = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" {
            let Some(details) = node.get_untracked().filter(|details| details.open()) else { return };
            event.stop_propagation();
            details.set_open(false);
            if let Ok(Some(summary)) = details.query_selector("summary")
                && let Ok(summary) = summary.dyn_into::<web_sys::HtmlElement>()
            {
                _ = summary.focus();
            }
        }
    };
    provide_context(CloseMenu(close));
    view! {
        <details node_ref=node class=format!("dropdown {place}") on:keydown=on_key>
            <summary class=format!("{button_class} list-none") aria-label=label.map(|label| move || label.get())>
                {trigger.run()}
            </summary>
            <ul class=format!("dropdown-content menu menu-panel z-50 mt-1 {width}")>{children()}</ul>
        </details>
    }
}

/// An entry that does something.
#[component]
pub fn MenuItem(
    #[prop(optional)] icon: Option<Glyph>,
    #[prop(optional)] danger: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// For a choice among several: whether it is the chosen one.
    #[prop(optional, into)]
    checked: Option<Signal<bool>>,
    #[prop(into)] on_click: Callback<()>,
    children: Children,
) -> impl IntoView {
    let close = use_context::<CloseMenu>();
    view! {
        <li class:menu-disabled=disabled>
            <button
                type="button"
                class:text-error=danger
                disabled=disabled
                aria-pressed=checked.map(|checked| move || if checked.get() { "true" } else { "false" })
                on:click=move |_| {
                    if let Some(CloseMenu(close)) = close {
                        close.run(());
                    }
                    on_click.run(());
                }
            >
                {icon.map(|glyph| view! { <Icon glyph /> })}
                <span class="truncate">{children()}</span>
                {checked
                    .map(|checked| {
                        view! {
                            <span class="ms-auto" class:invisible=move || !checked.get()>
                                <Icon glyph=crate::icons::CHECK />
                            </span>
                        }
                    })}
            </button>
        </li>
    }
}

/// An entry that leads to a page.
#[component]
pub fn MenuLink(
    #[prop(into)] href: String,
    #[prop(optional)] icon: Option<Glyph>,
    children: Children,
) -> impl IntoView {
    let close = use_context::<CloseMenu>();
    view! {
        <li>
            <A
                href=href
                on:click=move |_| {
                    if let Some(CloseMenu(close)) = close {
                        close.run(());
                    }
                }
            >
                {icon.map(|glyph| view! { <Icon glyph /> })}
                <span class="truncate">{children()}</span>
            </A>
        </li>
    }
}

/// A heading within a menu.
#[component]
pub fn MenuTitle(children: Children) -> impl IntoView {
    view! { <li class="menu-title">{children()}</li> }
}

/// A line between groups of entries.
#[component]
pub fn MenuDivider() -> impl IntoView {
    view! { <li class="menu-line" role="separator"></li> }
}
