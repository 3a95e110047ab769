use base::action_error;
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use types::contact::Contact;
use ui::{Button, ButtonSize, IconButton, icons};

use crate::{
    fields::{SaveError, keep, submit_on_change},
    rpc::SetCustomField,
};

/// The fields that the organization made itself.
#[component]
pub fn CustomFields(contact: RwSignal<Contact>) -> impl IntoView {
    let i18n = use_i18n();
    let id = contact.with_untracked(|contact| contact.summary.id);
    let action = ServerAction::<SetCustomField>::new();
    keep(contact, action);
    let names = Memo::new(move |_| contact.with(|contact| contact.custom_fields.keys().cloned().collect::<Vec<_>>()));
    let value_of = move |name: &str| {
        contact.with(|contact| match contact.custom_fields.get(name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        })
    };
    view! {
        <div class="mt-2 border-t border-line pt-3">
            <h3 class="mb-1 font-medium">{tu_string!(i18n, contacts.custom_fields)}</h3>
            <For each=move || names.get() key=Clone::clone let:name>
                <ActionForm action attr:class="grid grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-2">
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="name" value=name.clone() />
                    <span class="truncate text-muted" title=name.clone()>{name.clone()}</span>
                    <input
                        class="input input-sm inline-control w-full"
                        name="value"
                        maxlength="1000"
                        aria-label=name.clone()
                        value={let name = name.clone(); untrack(move || value_of(&name))}
                        prop:value={let name = name.clone(); move || value_of(&name)}
                        on:change=submit_on_change
                    />
                    <IconButton
                        glyph=icons::X
                        size=ButtonSize::Small
                        label=tu_string!(i18n, contacts.custom_remove, name = name.clone()).to_string()
                        on_click={
                            let name = name.clone();
                            move |_| {
                                action.dispatch(SetCustomField { id, name: name.clone(), value: String::new() });
                            }
                        }
                    />
                </ActionForm>
            </For>
            <ActionForm action attr:class="mt-1 grid grid-cols-[6rem_minmax(0,1fr)_auto] items-center gap-2">
                <input type="hidden" name="id" value=id.to_string() />
                <input
                    class="input input-sm"
                    name="name"
                    maxlength="60"
                    required
                    autocomplete="off"
                    prop:value=move || names.with(|_| String::new())
                    placeholder=tu_string!(i18n, contacts.custom_name)
                    aria-label=tu_string!(i18n, contacts.custom_name)
                />
                <input
                    class="input input-sm"
                    name="value"
                    maxlength="1000"
                    required
                    autocomplete="off"
                    prop:value=move || names.with(|_| String::new())
                    placeholder=tu_string!(i18n, contacts.custom_value)
                    aria-label=tu_string!(i18n, contacts.custom_value)
                />
                <Button kind="submit" size=ButtonSize::Small pending=action.pending()>
                    {tu_string!(i18n, contacts.add_value)}
                </Button>
            </ActionForm>
            <SaveError error=action_error(action) />
        </div>
    }
}
