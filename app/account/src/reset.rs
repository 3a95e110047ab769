use base::{FormErrors, Loaded, action_error, field_errors, form_memory::recall, next_of_query};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{
    components::A,
    hooks::{use_location, use_params_map},
};
use ui::{Alert, TextField, Tone};

use crate::{
    form_page::{FormPage, Submit, step_path},
    rpc::{RequestReset, ResetPassword, reset_link_is_good},
};

/// `/reset`: asks for a link to a new password.
#[component]
pub fn RequestResetPage() -> impl IntoView {
    let i18n = use_i18n();
    let search = use_location().search;
    let sent = move || search.with(|search| search.contains("sent=1"));
    let log_in = step_path("/login", next_of_query(&search.get_untracked()).as_deref());
    let action = ServerAction::<RequestReset>::new();
    let errors = field_errors(action);
    view! {
        <FormPage title=tu_string!(i18n, account.reset.title) subtitle=tu_string!(i18n, account.reset.subtitle)>
            {move || sent().then(|| view! { <Alert tone=Tone::Success class="mb-4">{tu_string!(i18n, account.reset.sent)}</Alert> })}
            <ActionForm action attr:class="space-y-4">
                <FormErrors error=action_error(action) />
                <TextField
                    name="email"
                    kind="email"
                    label=tu_string!(i18n, account.email)
                    value=recall("email")
                    autocomplete="username"
                    required=true
                    errors
                />
                <Submit pending=action.pending()>{tu_string!(i18n, account.reset.ask)}</Submit>
            </ActionForm>
            <p class="mt-6 text-center text-muted">
                <A href=log_in attr:class="link link-primary font-medium">{tu_string!(i18n, account.log_in.short)}</A>
            </p>
        </FormPage>
    }
}

/// `/reset/:token`: sets a new password.
#[component]
pub fn ResetPage() -> impl IntoView {
    let i18n = use_i18n();
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let asked = token.clone();
    let is_good = Resource::new_blocking(|| (), move |()| reset_link_is_good(asked.clone()));
    view! {
        <FormPage title=tu_string!(i18n, account.reset.choose) subtitle=tu_string!(i18n, account.reset.choose_text)>
            <Loaded resource=is_good children=move |is_good| match is_good {
                true => view! { <ResetForm token=token.clone() /> }.into_any(),
                false => view! {
                    <Alert tone=Tone::Warning class="mb-4">{tu_string!(i18n, account.reset.gone)}</Alert>
                    <A href="/reset" attr:class="link link-primary font-medium">{tu_string!(i18n, account.reset.ask)}</A>
                }
                .into_any(),
            } />
        </FormPage>
    }
}

#[component]
fn ResetForm(token: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<ResetPassword>::new();
    let errors = field_errors(action);
    view! {
        <ActionForm action attr:class="space-y-4">
            <FormErrors error=action_error(action) />
            <input type="hidden" name="token" value=token />
            <TextField
                name="password"
                kind="password"
                label=tu_string!(i18n, account.reset.password)
                hint=tu_string!(i18n, account.password_hint)
                autocomplete="new-password"
                required=true
                minlength=10
                maxlength=200
                errors
            />
            <Submit pending=action.pending()>{tu_string!(i18n, account.reset.save)}</Submit>
        </ActionForm>
    }
}
