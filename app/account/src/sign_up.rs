use base::{action_error, field_errors, form_memory::recall, go_when_done, next_of_query};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_location};
use ui::TextField;

use crate::{
    form_page::{FormPage, FoundingErrors, Submit, step_path},
    rpc::{SignUp, skip_when_signed_in},
};

/// `/signup`: the organization and its owner in one form.
#[component]
pub fn SignUpPage() -> impl IntoView {
    let i18n = use_i18n();
    let _skip = Resource::new_blocking(|| (), |()| skip_when_signed_in(None));
    // Who has an account after all goes back to where they came from.
    let log_in = step_path("/login", next_of_query(&use_location().search.get_untracked()).as_deref());
    let action = ServerAction::<SignUp>::new();
    go_when_done(action, String::as_str);
    let errors = field_errors(action);
    view! {
        <FormPage title=tu_string!(i18n, account.sign_up.title) subtitle=tu_string!(i18n, account.sign_up.subtitle)>
            <ActionForm action attr:class="space-y-4">
                <FoundingErrors error=action_error(action) />
                <input type="hidden" name="locale" value=i18n.get_locale_untracked().as_str() />
                <TextField
                    name="organization_name"
                    label=tu_string!(i18n, account.organization)
                    value=recall("organization_name")
                    autocomplete="organization"
                    maxlength=120
                    required=true
                    errors
                />
                <TextField
                    name="name"
                    label=tu_string!(i18n, account.name)
                    value=recall("name")
                    autocomplete="name"
                    maxlength=120
                    required=true
                    errors
                />
                <TextField
                    name="email"
                    kind="email"
                    label=tu_string!(i18n, account.email)
                    value=recall("email")
                    autocomplete="username"
                    required=true
                    errors
                />
                <TextField
                    name="password"
                    kind="password"
                    label=tu_string!(i18n, account.password)
                    hint=tu_string!(i18n, account.password_hint)
                    autocomplete="new-password"
                    required=true
                    errors
                />
                <Submit pending=action.pending()>{tu_string!(i18n, account.sign_up.submit)}</Submit>
            </ActionForm>
            <p class="mt-6 text-center text-muted">
                {tu_string!(i18n, account.sign_up.has_account)} " "
                <A href=log_in attr:class="link link-primary font-medium">
                    {tu_string!(i18n, account.log_in.short)}
                </A>
            </p>
        </FormPage>
    }
}
