use base::{FormErrors, action_error, field_errors, form_memory::recall, go_when_done, next_of_query};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_location};
use ui::{Alert, TextField, Tone};

use crate::{
    form_page::{FormPage, Submit, step_path},
    passkey::PasskeyButton,
    rpc::{LogIn, skip_when_signed_in},
};

/// `/login`.
#[component]
pub fn LogInPage() -> impl IntoView {
    let i18n = use_i18n();
    let next = next_of_query(&use_location().search.get_untracked());
    let asked = next.clone();
    let _skip = Resource::new_blocking(|| (), move |()| skip_when_signed_in(asked.clone()));
    let action = ServerAction::<LogIn>::new();
    go_when_done(action, String::as_str);
    let changed = use_location().search.with_untracked(|search| search.contains("changed=1"));
    let to = next.clone();
    let (forgotten, sign_up) = (step_path("/reset", next.as_deref()), step_path("/signup", next.as_deref()));
    let error = action_error(action);
    let errors = field_errors(action);
    view! {
        <FormPage title=tu_string!(i18n, account.log_in.title) subtitle=tu_string!(i18n, account.log_in.subtitle)>
            {changed
                .then(|| view! { <Alert tone=Tone::Success class="mb-4">{tu_string!(i18n, account.reset.done)}</Alert> })}
            <ActionForm action attr:class="space-y-4">
                <FormErrors error />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
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
                    autocomplete="current-password"
                    required=true
                    errors
                />
                <Submit pending=action.pending()>{tu_string!(i18n, account.log_in.submit)}</Submit>
            </ActionForm>
            <PasskeyButton next=to />
            <p class="mt-4 text-center">
                <A href=forgotten attr:class="link text-muted">{tu_string!(i18n, account.log_in.forgotten)}</A>
            </p>
            <p class="mt-4 text-center text-muted">
                {tu_string!(i18n, account.log_in.no_account)} " "
                <A href=sign_up attr:class="link link-primary font-medium">
                    {tu_string!(i18n, account.sign_up.short)}
                </A>
            </p>
        </FormPage>
    }
}
