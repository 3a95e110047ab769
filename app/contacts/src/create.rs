use base::{ActionForm, FormErrors, action_error, field_errors};
use i18n::*;
use leptos::prelude::*;
use ui::{Button, ButtonStyle, TextField};

use crate::rpc::CreateContact;

/// The form that adds a contact; the server then shows it.
#[component]
pub fn CreateForm() -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<CreateContact>::new();
    let errors = field_errors(action);
    let error = action_error(action);
    let error = Signal::derive(move || error.get().filter(|error| error.details.is_empty()));
    view! {
        <ActionForm action attr:class="flex flex-col gap-3">
            <FormErrors error />
            <TextField
                name="name"
                id="new-name"
                label=tu_string!(i18n, contacts.name)
                required=true
                maxlength=200
                errors
                autofocus=true
            />
            <TextField name="email" id="new-email" kind="email" label=tu_string!(i18n, contacts.email) maxlength=254 errors />
            <TextField name="phone" id="new-phone" kind="tel" label=tu_string!(i18n, contacts.phone) maxlength=40 errors />
            <TextField name="company" id="new-company" label=tu_string!(i18n, contacts.company) maxlength=200 errors />
            <div class="mt-2 flex justify-end">
                <Button kind="submit" style=ButtonStyle::Primary pending=action.pending()>
                    {tu_string!(i18n, contacts.create)}
                </Button>
            </div>
        </ActionForm>
    }
}
