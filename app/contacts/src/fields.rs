//! A contact's fields, each edited in place and saved when it is left.

use base::{ActionForm, AppError, action_error, error_text, field_text};
use i18n::*;
use leptos::{ev, prelude::*};
use ui::shows;
use wasm_bindgen::JsCast;

use crate::{
    ShownContact, TagInputs,
    custom_fields::CustomFields,
    draft::Draft,
    field::ContactField,
    rpc::{ChangeContactTags, SetContactField},
};

/// Submits the form of the control that changed.
pub fn submit_on_change(event: ev::Event) {
    let control = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let form = control.and_then(|control| control.closest("form").ok().flatten());
    if let Some(form) = form.and_then(|form| form.dyn_into::<web_sys::HtmlFormElement>().ok()) {
        _ = form.request_submit();
    }
}

/// The editable fields of a contact. They follow it, and write into it what the server answered.
#[component]
pub fn ContactFields(
    shown: ShownContact,
    /// Tags in use elsewhere, offered while writing.
    #[prop(optional, into)]
    known_tags: Signal<Vec<String>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let contact = shown.contact;
    let id = contact.with_untracked(|contact| contact.summary.id);
    let tagging = ServerAction::<ChangeContactTags>::new();
    shown.keep(tagging);

    let field = move |field: ContactField, label: &'static str, kind: &'static str| {
        view! { <InlineField shown field label kind /> }
    };
    view! {
        <div class="flex flex-col gap-1">
            {field(ContactField::Name, tu_string!(i18n, contacts.name), "text")}
            {field(ContactField::Email, tu_string!(i18n, contacts.email), "email")}
            {field(ContactField::Phone, tu_string!(i18n, contacts.phone), "tel")}
            {field(ContactField::Company, tu_string!(i18n, contacts.company), "text")}
            {field(ContactField::Language, tu_string!(i18n, contacts.language), "text")}
            {field(ContactField::TimeZone, tu_string!(i18n, contacts.time_zone), "text")}
            <div class="grid grid-cols-[6rem_minmax(0,1fr)] items-start gap-2 py-1">
                <span class="pt-1 text-muted">{tu_string!(i18n, contacts.tags)}</span>
                <ActionForm action=tagging>
                    <input type="hidden" name="id" value=id.to_string() />
                    <TagInputs
                        id="contact-tags"
                        tags=Signal::derive(move || contact.with(|contact| contact.summary.tags.clone()))
                        known=known_tags
                        saved=Signal::derive(move || matches!(tagging.value().get(), Some(Ok(_))))
                    />
                    <SaveError error=action_error(tagging) />
                </ActionForm>
            </div>
            {field(ContactField::Notes, tu_string!(i18n, contacts.notes), "textarea")}
            <CustomFields shown />
        </div>
    }
}

/// What went wrong with a field: the field's own message, where there is one.
#[component]
pub fn SaveError(#[prop(into)] error: Signal<Option<AppError>>) -> impl IntoView {
    let i18n = use_i18n();
    move || {
        error.get().map(|error| {
            let text = match error.details.first() {
                Some(detail) => field_text(i18n, detail),
                None => error_text(i18n, &error),
            };
            view! { <p class="text-sm text-error" role="alert">{tu_string!(i18n, contacts.not_saved)} ": " {text}</p> }
        })
    }
}

/// A field with an action of its own: what was refused is said until this field is saved.
#[component]
fn InlineField(shown: ShownContact, field: ContactField, label: &'static str, kind: &'static str) -> impl IntoView {
    let i18n = use_i18n();
    let contact = shown.contact;
    let id = contact.with_untracked(|contact| contact.summary.id);
    let action = ServerAction::<SetContactField>::new();
    shown.keep(action);
    let failed = action_error(action);
    // Without script the error comes by the address, to the actions of all fields: it names the one.
    let is_own = move |error: &AppError| {
        action.version().get() > 0 || error.details.iter().any(|detail| detail.field == field.as_str())
    };
    let error = Signal::derive(move || failed.get().filter(is_own));
    let value = Memo::new(move |_| contact.with(|contact| field.of(contact)));
    let draft = Draft::new(value);
    let control_id = format!("contact-{}", field.as_str());
    let control = if kind == "textarea" {
        view! {
            <textarea
                id=control_id.clone()
                class="textarea textarea-sm inline-control w-full"
                name="value"
                rows="3"
                maxlength="10000"
                autocomplete="off"
                placeholder=tu_string!(i18n, contacts.notes_hint)
                use:shows=Signal::from(draft.shown)
                on:input=move |_| draft.begin()
                on:change=move |event| draft.save(event)
                on:blur=move |_| draft.end()
            >
                {ui::escaped_on_server(value.get_untracked())}
            </textarea>
        }
        .into_any()
    } else {
        view! {
            <input
                id=control_id.clone()
                class="input input-sm inline-control w-full"
                type=kind
                name="value"
                maxlength="254"
                autocomplete="off"
                placeholder="—"
                value=value.get_untracked()
                use:shows=Signal::from(draft.shown)
                on:input=move |_| draft.begin()
                on:change=move |event| draft.save(event)
                on:blur=move |_| draft.end()
            />
        }
        .into_any()
    };
    view! {
        <ActionForm action attr:class="group grid grid-cols-[6rem_minmax(0,1fr)] items-start gap-2">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="field" value=field.as_str() />
            <label class="pt-1.5 text-muted" for=control_id>{label}</label>
            <div>
                {control}
                <SaveError error />
            </div>
        </ActionForm>
    }
}
