use base::{ActionForm, FormErrors, action_error, field_errors, use_me};
use i18n::*;
use leptos::prelude::*;
use types::member::Role;
use ui::{Button, ButtonStyle, Icon, TextField, icons};

use crate::{after::go_when_done, rpc::DeleteOrganization};

/// Deletes the organization once its name was typed; for owners. It opens in place, so that it works without script too.
#[component]
pub fn DeleteOrganizationForm(name: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteOrganization>::new();
    go_when_done(action, "/login");
    let errors = field_errors(action);
    let error = action_error(action);
    let error = Signal::derive(move || error.get().filter(|error| error.details.is_empty()));
    let is_owner = untrack(|| use_me().get()).is_some_and(|me| me.role == Role::Owner);
    is_owner.then(|| {
        view! {
            <details class="panel mt-4">
                <summary class="flex cursor-pointer items-center gap-2 px-4 py-3 text-error">
                    <Icon glyph=icons::TRASH_2 />
                    {tu_string!(i18n, settings.organizations.delete)}
                </summary>
                <div class="border-t border-line p-4">
                    <p class="mb-3 text-muted">{tu_string!(i18n, settings.organizations.delete_text)}</p>
                    <ActionForm action attr:class="flex flex-col gap-3">
                        <FormErrors error />
                        <TextField
                            name="confirmation"
                            label=tu_string!(i18n, settings.organizations.delete_type, name = name).to_string()
                            required=true
                            autocomplete="off"
                            errors
                        />
                        <div>
                            <Button kind="submit" style=ButtonStyle::Danger pending=action.pending()>
                                {tu_string!(i18n, settings.organizations.delete)}
                            </Button>
                        </div>
                    </ActionForm>
                </div>
            </details>
        }
    })
}
