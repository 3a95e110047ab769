use base::{Danger, field_errors, go_when_done, use_me};
use i18n::*;
use leptos::prelude::*;
use types::member::Role;
use ui::TextField;

use crate::rpc::DeleteOrganization;

/// Deletes the organization once its name was typed; for owners.
#[component]
pub fn DeleteOrganizationForm(name: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<DeleteOrganization>::new();
    go_when_done(action, |()| "/login");
    let is_owner = untrack(|| use_me().get()).is_some_and(|me| me.role == Role::Owner);
    is_owner.then(|| {
        view! {
            <Danger
                action
                label=tu_string!(i18n, settings.organizations.delete)
                text=tu_string!(i18n, settings.organizations.delete_text)
                class="mt-4"
            >
                <TextField
                    name="confirmation"
                    label=tu_string!(i18n, settings.organizations.delete_type, name = name).to_string()
                    required=true
                    autocomplete="off"
                    errors=field_errors(action)
                />
            </Danger>
        }
    })
}
