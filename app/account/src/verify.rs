use base::{FormErrors, action_error, load_me};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::hooks::use_params_map;
use ui::{Alert, ButtonLink, ButtonSize, ButtonStyle, Tone};

use crate::{
    form_page::{FormPage, Submit},
    rpc::VerifyEmail,
};

/// `/verify/:token`: confirms the address of the one who is signed in; others are sent to sign in first, and back. By a
/// button, because programs that look at mails follow their links. At `/verify/done` it says that it is done.
#[component]
pub fn VerifyPage() -> impl IntoView {
    let i18n = use_i18n();
    let params = use_params_map();
    let token = Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()));
    let _me = (token.get_untracked() != "done").then(|| Resource::new_blocking(|| (), |()| load_me()));
    let action = ServerAction::<VerifyEmail>::new();
    view! {
        <FormPage title=tu_string!(i18n, account.verify.title) subtitle=tu_string!(i18n, account.verify.subtitle)>
            {move || match token.get() {
                token if token == "done" => view! {
                    <Alert tone=Tone::Success class="mb-4">{tu_string!(i18n, account.verify.done)}</Alert>
                    <ButtonLink href="/app" style=ButtonStyle::Primary size=ButtonSize::Large class="w-full">
                        {tu_string!(i18n, account.verify.go_on)}
                    </ButtonLink>
                }
                .into_any(),
                token => view! {
                    <ActionForm action attr:class="space-y-4">
                        <FormErrors error=action_error(action) />
                        <input type="hidden" name="token" value=token />
                        <Submit pending=action.pending()>{tu_string!(i18n, account.verify.submit)}</Submit>
                    </ActionForm>
                }
                .into_any(),
            }}
        </FormPage>
    }
}
