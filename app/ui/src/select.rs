//! Fields in which one of several is chosen.

use leptos::{ev, prelude::*};

use crate::{
    ActingSelect, FieldErrors,
    field::{error_of, field_around},
    typed::keeps_choice,
};

/// A choice of one among few. `options` are value and text. `value` shows as often as it is notified of, in place of what
/// was chosen: a choice may have been refused.
#[component]
pub fn Select(
    #[prop(into)] name: String,
    #[prop(into)] label: TextProp,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(optional, into)] errors: Option<FieldErrors>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_change: Option<Callback<String>>,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let error = error_of(errors, &name);
    let note = format!("{id}-note");
    let control = view! {
        <select
            use:keeps_choice
            id=id.clone()
            class="select w-full"
            class:select-error=move || error.get().is_some()
            name=name
            disabled=disabled
            aria-describedby=note
            aria-invalid=move || error.get().is_some().then_some("true")
            on:change=move |event| {
                if let Some(on_change) = on_change {
                    on_change.run(event_target_value(&event));
                }
            }
        >
            {choices(options, value)}
        </select>
    };
    field_around(id, label, hint, error, class, control.into_any())
}

/// A choice that acts by itself ([`ActingSelect`]), with its label; `options` and `value` are as a [`Select`]'s.
#[component]
pub fn ActingField(
    name: &'static str,
    #[prop(into)] label: TextProp,
    #[prop(into)] options: Signal<Vec<(String, String)>>,
    #[prop(into)] value: Signal<String>,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(into)] on_choice: Callback<String>,
) -> impl IntoView {
    let control = view! {
        <ActingSelect
            id=name
            name=name
            class="select w-full"
            on_choice=move |event: ev::Event| on_choice.run(event_target_value(&event))
            attr:aria-describedby=format!("{name}-note")
        >
            {choices(options, value)}
        </ActingSelect>
    };
    field_around(name.to_owned(), label, hint, Signal::stored(None), None, control.into_any())
}

/// The options of a choice, the chosen one selected.
fn choices(options: Signal<Vec<(String, String)>>, value: Signal<String>) -> impl IntoView {
    move || {
        let chosen = value.get();
        options
            .get()
            .into_iter()
            .map(|(value, text)| {
                let selected = value == chosen;
                view! { <option value=value selected=selected prop:selected=selected>{text}</option> }
            })
            .collect_view()
    }
}
