use base::{ActionForm, FormErrors, action_error, field_errors};
use i18n::*;
use leptos::prelude::*;
use types::id::ContactId;
use ui::{Button, ButtonStyle, Icon, TextField, icons};

use crate::rpc::DeleteContact;

/// Deletes the contact once its name was typed. It opens in place, so that it works without script too.
#[component]
pub fn DeleteContactForm(id: ContactId, #[prop(into)] name: Signal<String>) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteContact>::new();
    let errors = field_errors(action);
    let error = action_error(action);
    let error = Signal::derive(move || error.get().filter(|error| error.details.is_empty()));
    let refused = Signal::derive(move || {
        let wrong = |(field, _): (String, String)| (field, tu_string!(i18n, contacts.delete_wrong).to_string());
        errors.get().into_iter().map(wrong).collect::<Vec<_>>()
    });
    view! {
        <details class="panel">
            <summary class="flex cursor-pointer items-center gap-2 px-4 py-3 text-error">
                <Icon glyph=icons::TRASH_2 />
                {tu_string!(i18n, contacts.delete)}
            </summary>
            <div class="border-t border-line p-4">
                <p class="font-semibold">{move || tu_string!(i18n, contacts.delete_title, name = name.get()).to_string()}</p>
                <p class="mb-3 text-muted">{tu_string!(i18n, contacts.delete_body)}</p>
                <ActionForm action attr:class="flex flex-col gap-3">
                    <FormErrors error />
                    <input type="hidden" name="id" value=id.to_string() />
                    <input type="hidden" name="expected" value=move || name.get() />
                    <TextField
                        name="confirmation"
                        label=move || tu_string!(i18n, contacts.delete_type, name = name.get()).to_string()
                        required=true
                        autocomplete="off"
                        errors=refused
                    />
                    <div>
                        <Button kind="submit" style=ButtonStyle::Danger pending=action.pending()>
                            {tu_string!(i18n, contacts.delete_confirm)}
                        </Button>
                    </div>
                </ActionForm>
            </div>
        </details>
    }
}
