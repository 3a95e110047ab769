use base::{FormErrors, action_error, field_errors, next_of_query};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_location, location::Url};
use ui::{Button, ButtonSize, ButtonStyle, TextField};

use crate::{
    form_page::{FormPage, go_on_when_done},
    rpc::SecondStep,
};

/// The page's address for somebody who asked for a page before.
pub fn path(next: Option<&str>) -> String {
    match next {
        Some(next) => format!("/login/code?next={}", Url::escape(next)),
        None => "/login/code".to_owned(),
    }
}

/// `/login/code`: the second step of signing in.
#[component]
pub fn CodePage() -> impl IntoView {
    let i18n = use_i18n();
    let next = next_of_query(&use_location().search.get_untracked());
    let action = ServerAction::<SecondStep>::new();
    go_on_when_done(action, next.clone());
    let errors = field_errors(action);
    view! {
        <FormPage title=tu_string!(i18n, account.code.title) subtitle=tu_string!(i18n, account.code.subtitle)>
            <ActionForm action attr:class="space-y-4">
                <FormErrors error=action_error(action) />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <TextField
                    name="code"
                    label=tu_string!(i18n, account.code.label)
                    hint=tu_string!(i18n, account.code.hint)
                    autocomplete="one-time-code"
                    autofocus=true
                    required=true
                    maxlength=20
                    errors
                />
                <Button
                    kind="submit"
                    style=ButtonStyle::Primary
                    size=ButtonSize::Large
                    class="w-full"
                    pending=action.pending()
                >
                    {tu_string!(i18n, account.log_in.submit)}
                </Button>
            </ActionForm>
            <p class="mt-6 text-center text-muted">
                <A href="/login" attr:class="link link-primary font-medium">{tu_string!(i18n, account.code.again)}</A>
            </p>
        </FormPage>
    }
}
