use base::{Danger, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::id::ContactId;
use ui::TextField;

use crate::rpc::DeleteContact;

/// Deletes the contact once its name was typed.
#[component]
pub fn DeleteContactForm(id: ContactId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteContact>::new();
    let errors = field_errors(action);
    let refused = Signal::derive(move || {
        let wrong = |(field, _): (String, String)| (field, tu_string!(i18n, contacts.delete_wrong).to_string());
        errors.get().into_iter().map(wrong).collect::<Vec<_>>()
    });
    view! {
        <Danger
            action
            label=tu_string!(i18n, contacts.delete)
            title=move || tu_string!(i18n, common.action.delete_question, name = name.get()).to_string()
            text=tu_string!(i18n, contacts.delete_text)
        >
            <input type="hidden" name="id" value=id.to_string() />
            <input type="hidden" name="expected" value=move || name.get() />
            <TextField
                name="confirmation"
                label=move || tu_string!(i18n, contacts.delete_type, name = name.get()).to_string()
                required=true
                autocomplete="off"
                errors=refused
            />
        </Danger>
    }
}
