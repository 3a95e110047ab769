//! Fields of forms: label, hint and error, and the controls for text.

use leptos::prelude::*;

use crate::{escaped_on_server, typed::shows};

/// What is wrong with the fields of a form, by the name of the field. `settings.title` and a control called
/// `form[title]` mean the same.
pub type FieldErrors = Signal<Vec<(String, String)>>;

/// The error of the field with this name.
pub(crate) fn error_of(errors: Option<FieldErrors>, name: &str) -> Signal<Option<String>> {
    let inner = name.strip_prefix("form[").and_then(|name| name.strip_suffix(']'));
    let name = inner.unwrap_or(name).to_owned();
    Signal::derive(move || {
        let errors = errors?;
        errors.with(|list| {
            list.iter()
                .find(|(field, _)| field.rsplit('.').next() == Some(name.as_str()))
                .map(|(_, message)| message.clone())
        })
    })
}

/// Label, hint and error around a control of your own. `id` is the control's; it describes itself by `{id}-note`.
#[component]
pub fn Field(
    #[prop(into)] id: String,
    #[prop(into)] label: TextProp,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] class: Option<String>,
    children: Children,
) -> impl IntoView {
    let note = format!("{id}-note");
    view! {
        <div class=format!("field {}", class.unwrap_or_default())>
            <label class="block mb-1 font-medium" for=id>
                {move || label.get()}
            </label>
            {children()}
            <div id=note class="text-sm mt-1 empty:hidden">
                {move || match (error.get(), &hint) {
                    (Some(error), _) => view! { <span class="text-error" role="alert">{error}</span> }.into_any(),
                    (None, Some(hint)) => view! { <span class="text-muted">{hint.get()}</span> }.into_any(),
                    (None, None) => ().into_any(),
                }}
            </div>
        </div>
    }
}

/// A line of text with its label. `name` is the argument of the server function that the form calls.
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: TextProp,
    #[prop(default = "text")] kind: &'static str,
    /// Where the same name stands twice on a page.
    #[prop(optional, into)]
    id: Option<String>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(optional, into)] placeholder: Option<TextProp>,
    /// Errors of the form's fields; the one with this name is shown.
    #[prop(optional, into)]
    errors: Option<FieldErrors>,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] autocomplete: Option<&'static str>,
    #[prop(optional)] autofocus: bool,
    #[prop(optional)] inputmode: Option<&'static str>,
    #[prop(optional)] minlength: Option<u32>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let error = error_of(errors, &name);
    let note = format!("{id}-note");
    let control = view! {
        <input
            id=id.clone()
            class="input w-full"
            class:input-error=move || error.get().is_some()
            type=kind
            name=name
            value=value.get_untracked()
            use:shows=value
            placeholder=placeholder.map(|text| move || text.get())
            required=required
            disabled=disabled
            autocomplete=autocomplete
            autofocus=autofocus
            inputmode=inputmode
            minlength=minlength
            maxlength=maxlength
            aria-describedby=note
            aria-invalid=move || error.get().is_some().then_some("true")
            on:input=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event_target_value(&event));
                }
            }
        />
    };
    field_around(id, label, hint, error, class, control.into_any())
}

/// Several lines of text with their label.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: TextProp,
    #[prop(optional, into)] id: Option<String>,
    #[prop(optional, into)] value: Signal<String>,
    #[prop(optional, into)] hint: Option<TextProp>,
    #[prop(optional, into)] placeholder: Option<TextProp>,
    #[prop(optional, into)] errors: Option<FieldErrors>,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] required: bool,
    #[prop(optional, into)] disabled: Signal<bool>,
    #[prop(optional)] maxlength: Option<u32>,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
    #[prop(optional, into)] class: Option<String>,
) -> impl IntoView {
    let id = id.unwrap_or_else(|| name.clone());
    let error = error_of(errors, &name);
    let note = format!("{id}-note");
    let control = view! {
        <textarea
            id=id.clone()
            class="textarea w-full"
            class:textarea-error=move || error.get().is_some()
            name=name
            rows=rows
            use:shows=value
            placeholder=placeholder.map(|text| move || text.get())
            required=required
            disabled=disabled
            maxlength=maxlength
            aria-describedby=note
            aria-invalid=move || error.get().is_some().then_some("true")
            on:input=move |event| {
                if let Some(on_input) = on_input {
                    on_input.run(event_target_value(&event));
                }
            }
        >
            {escaped_on_server(value.get_untracked())}
        </textarea>
    };
    field_around(id, label, hint, error, class, control.into_any())
}

/// A control of this crate in its [`Field`].
pub(crate) fn field_around(
    id: String,
    label: TextProp,
    hint: Option<TextProp>,
    error: Signal<Option<String>>,
    class: Option<String>,
    control: AnyView,
) -> impl IntoView {
    let class = class.unwrap_or_default();
    match hint {
        Some(hint) => view! { <Field id label hint error class>{control}</Field> }.into_any(),
        None => view! { <Field id label error class>{control}</Field> }.into_any(),
    }
}
