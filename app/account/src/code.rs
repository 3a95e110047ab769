use base::{FormErrors, Loaded, action_error, field_errors, go_when_done, next_of_query};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_location};
use ui::{Button, ButtonSize, ButtonStyle, TextField};

use crate::{
    form_page::{FormPage, step_path},
    passkey::PasskeyButton,
    rpc::{SecondStep, load_second_step},
};

/// `/login/code`: the second step of signing in.
#[component]
pub fn CodePage() -> impl IntoView {
    let i18n = use_i18n();
    let next = next_of_query(&use_location().search.get_untracked());
    let again = step_path("/login", next.as_deref());
    let action = ServerAction::<SecondStep>::new();
    go_when_done(action, String::as_str);
    let ways = Resource::new_blocking(|| (), |()| load_second_step());
    view! {
        <FormPage title=tu_string!(i18n, account.code.title) subtitle=tu_string!(i18n, account.code.subtitle)>
            <Loaded resource=ways children=move |ways| {
                // What the account has first stands first.
                let style = if ways.app { ButtonStyle::Plain } else { ButtonStyle::Primary };
                let button = |next| ways.passkey.then(|| view! { <PasskeyButton next second_step=true style /> });
                view! {
                    {(!ways.app).then(|| button(next.clone()))}
                    <CodeForm action app=ways.app next=next.clone() />
                    {ways.app.then(|| button(next.clone()))}
                }
            } />
            <p class="mt-6 text-center text-muted">
                <A href=again attr:class="link link-primary font-medium">{tu_string!(i18n, account.code.again)}</A>
            </p>
        </FormPage>
    }
}

/// The form for codes: of the app, where there is one, and recovery codes.
#[component]
fn CodeForm(action: ServerAction<SecondStep>, app: bool, next: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(action);
    let hint = if app { tu_string!(i18n, account.code.hint) } else { tu_string!(i18n, account.code.recovery_hint) };
    view! {
        <ActionForm action attr:class="space-y-4">
            <FormErrors error=action_error(action) />
            {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
            <TextField
                name="code"
                label=tu_string!(i18n, account.code.label)
                hint
                autocomplete="one-time-code"
                autofocus=app
                required=true
                maxlength=20
                errors
            />
            <Button
                kind="submit"
                style=if app { ButtonStyle::Primary } else { ButtonStyle::Plain }
                size=ButtonSize::Large
                class="w-full"
                pending=action.pending()
            >
                {tu_string!(i18n, account.log_in.submit)}
            </Button>
        </ActionForm>
    }
}
