use leptos::prelude::*;

use crate::typed::checks;

/// A check box with its label. In a plain form it sends `name=true` when checked and nothing when not.
#[component]
pub fn Checkbox(
    #[prop(into)] label: TextProp,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    toggle("checkbox checkbox-sm", None, label, name, checked, hint, disabled, on_change)
}

/// A switch with its label, for what takes effect at once.
#[component]
pub fn Switch(
    #[prop(into)] label: TextProp,
    #[prop(optional, into)] name: Option<String>,
    #[prop(optional, into)] checked: Signal<bool>,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional, into)] on_change: Option<Callback<bool>>,
) -> impl IntoView {
    toggle("toggle toggle-sm toggle-primary", Some("switch"), label, name, checked, hint, disabled, on_change)
}

#[expect(clippy::too_many_arguments, reason = "the fields of both components, and what tells them apart")]
fn toggle(
    class: &'static str,
    role: Option<&'static str>,
    label: TextProp,
    name: Option<String>,
    checked: Signal<bool>,
    hint: Option<TextProp>,
    disabled: Signal<bool>,
    on_change: Option<Callback<bool>>,
) -> impl IntoView {
    view! {
        <label class="flex items-start gap-3 py-1 cursor-pointer">
            <input
                type="checkbox"
                class=format!("{class} mt-0.5")
                role=role
                name=name
                value="true"
                checked=checked.get_untracked()
                use:checks=checked
                disabled=disabled
                on:change=move |event| {
                    if let Some(on_change) = on_change {
                        on_change.run(event_target_checked(&event));
                    }
                }
            />
            <span class="min-w-0">
                <span class="block font-medium">{move || label.get()}</span>
                {hint.map(|hint| view! { <span class="block text-sm text-muted">{move || hint.get()}</span> })}
            </span>
        </label>
    }
}
