use std::time::Duration;

use leptos::{ev, prelude::*};
use web_sys::Element;

use crate::typed::keeps_choice;

/// A `<select>` whose choice acts: at once when it is made in the open list; with Enter, or when the select is left, where
/// keys step through the closed one, which changes at every step. (Browsers with lists in the page's style open them.)
#[component]
pub fn ActingSelect(
    #[prop(optional)] id: Option<&'static str>,
    #[prop(optional)] name: Option<&'static str>,
    class: &'static str,
    /// What it is called, where no label stands beside it.
    #[prop(optional)]
    label: Option<&'static str>,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Gets an event of the select, which has the choice.
    #[prop(into)]
    on_choice: Callback<ev::Event>,
    children: Children,
) -> impl IntoView {
    // Whether a key is being acted on, and whether a choice waits.
    let (is_stepping, waits) = (StoredValue::new(false), StoredValue::new(false));
    let act = move |event: ev::Event| {
        if waits.try_update_value(std::mem::take) == Some(true) {
            on_choice.run(event);
        }
    };
    let on_key = move |event: ev::KeyboardEvent| {
        if event_target::<Element>(&event).local_name() != "select" {
            // In the open list, which keys may have reached before the time below was over.
            is_stepping.set_value(false);
            return;
        }
        if event.key() == "Enter" {
            // The browser would send the form, whether anything was chosen or not.
            event.prevent_default();
            act(event.into());
        } else {
            // What comes later is a choice in the list that the key has opened.
            is_stepping.set_value(true);
            set_timeout(move || is_stepping.set_value(false), Duration::ZERO);
        }
    };
    view! {
        <select
            use:keeps_choice
            id=id
            class=class
            name=name
            aria-label=label
            disabled=disabled
            on:keydown=on_key
            // Letters step too.
            on:keypress=on_key
            on:change=move |event| {
                waits.set_value(true);
                if is_stepping.try_get_value() != Some(true) {
                    act(event);
                }
            }
            on:blur=move |event| act(event.into())
        >
            {children()}
        </select>
    }
}
