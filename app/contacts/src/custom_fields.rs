use base::{ActionForm, action_error};
use i18n::*;
use leptos::prelude::*;
use types::{contact::Contact, id::ContactId};
use ui::{Button, ButtonSize, IconButton, icons, shows};

use crate::{ShownContact, draft::Draft, fields::SaveError, rpc::SetCustomField};

/// The fields that the organization made itself.
#[component]
pub fn CustomFields(shown: ShownContact) -> impl IntoView {
    let i18n = use_i18n();
    let contact = shown.contact;
    let id = contact.with_untracked(|contact| contact.summary.id);
    let (action, adding) = (ServerAction::<SetCustomField>::new(), ServerAction::<SetCustomField>::new());
    shown.keep(action);
    shown.keep(adding);
    // Once: without script the error comes by the address, to both.
    let (failed, not_added) = (action_error(action), action_error(adding));
    let error = Signal::derive(move || not_added.get().or_else(|| failed.get()));
    let names = Memo::new(move |_| contact.with(|contact| contact.custom_fields.keys().cloned().collect::<Vec<_>>()));
    view! {
        <div class="mt-2 border-t border-line pt-3">
            <h3 class="mb-1 font-medium">{tu_string!(i18n, contacts.custom_fields)}</h3>
            <For each=move || names.get() key=Clone::clone let:name>
                <CustomField contact name action />
            </For>
            <NewCustomField id action=adding />
            <SaveError error />
        </div>
    }
}

#[component]
fn CustomField(contact: RwSignal<Contact>, name: String, action: ServerAction<SetCustomField>) -> impl IntoView {
    let i18n = use_i18n();
    let id = contact.with_untracked(|contact| contact.summary.id);
    let field = name.clone();
    let value = Memo::new(move |_| {
        contact.with(|contact| match contact.custom_fields.get(&field) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        })
    });
    let draft = Draft::new(value);
    let removed = name.clone();
    view! {
        <ActionForm action attr:class="grid grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-2">
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="name" value=name.clone() />
            <span class="truncate text-muted" title=name.clone()>{name.clone()}</span>
            <input
                class="input input-sm inline-control w-full"
                name="value"
                maxlength="1000"
                autocomplete="off"
                aria-label=name.clone()
                value=value.get_untracked()
                use:shows=Signal::from(draft.shown)
                on:input=move |_| draft.begin()
                on:change=move |event| draft.save(event)
                on:blur=move |_| draft.end()
            />
            <IconButton
                glyph=icons::X
                size=ButtonSize::Small
                label=tu_string!(i18n, contacts.custom_remove, name = name).to_string()
                on_click=move |_| {
                    action.dispatch(SetCustomField { id, name: removed.clone(), value: String::new() });
                }
            />
        </ActionForm>
    }
}

/// The form of another field. It is emptied when its own field is saved.
#[component]
fn NewCustomField(id: ContactId, action: ServerAction<SetCustomField>) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <ActionForm
            action
            empties=&["name", "value"]
            attr:class="mt-1 grid grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-2"
        >
            <input type="hidden" name="id" value=id.to_string() />
            <input
                class="input input-sm"
                name="name"
                maxlength="60"
                required
                autocomplete="off"
                placeholder=tu_string!(i18n, contacts.custom_name)
                aria-label=tu_string!(i18n, contacts.custom_name)
            />
            <input
                class="input input-sm"
                name="value"
                maxlength="1000"
                required
                autocomplete="off"
                placeholder=tu_string!(i18n, contacts.custom_value)
                aria-label=tu_string!(i18n, contacts.custom_value)
            />
            <Button kind="submit" size=ButtonSize::Small pending=action.pending()>
                {tu_string!(i18n, contacts.add_value)}
            </Button>
        </ActionForm>
    }
}
