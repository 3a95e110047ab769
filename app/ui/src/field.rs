use leptos::{ev, prelude::*};

use crate::ActingSelect;

use crate::typed::{keeps_choice, shows};

/// What is wrong with the fields of a form, by the name of the field. `settings.title` and a control called
/// `form[title]` mean the same.
pub type FieldErrors = Signal<Vec<(String, String)>>;

fn error_of(errors: Option<FieldErrors>, name: &str) -> Signal<Option<String>> {
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

/// A text for those places where the server writes texts as they are, in a `<textarea>` and in the document's title: it
/// must not end there and go on as markup. Browsers set it as a text, where it stays as it is.
pub fn escaped_on_server(text: String) -> String {
    if cfg!(feature = "ssr") { text.replace('&', "&amp;").replace('<', "&lt;") } else { text }
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

fn field_around(
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
