use base::{FormErrors, Loaded, action_error, field_errors, form_memory::recall, go_when_done};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use leptos_router::{components::A, hooks::use_params_map, location::Url};
use types::member::OpenInvitation;
use ui::{Alert, ButtonLink, ButtonSize, ButtonStyle, TextField, Tone};

use crate::{
    form_page::{FormPage, Submit},
    rpc::{AcceptAsNew, AcceptInvitation, load_invitation},
};

/// `/invitation/:token`: somebody who was invited becomes a member.
#[component]
pub fn InvitationPage() -> impl IntoView {
    let i18n = use_i18n();
    let token = use_params_map().with_untracked(|params| params.get("token").unwrap_or_default());
    let asked = token.clone();
    let invitation = Resource::new_blocking(|| (), move |()| load_invitation(asked.clone()));
    view! {
        <FormPage title=tu_string!(i18n, account.invitation.title) subtitle=tu_string!(i18n, account.invitation.subtitle)>
            <Loaded resource=invitation children=move |found| match found {
                Some((invitation, signed_in)) => {
                    view! { <Invitation token=token.clone() invitation signed_in /> }.into_any()
                }
                None => view! { <Alert tone=Tone::Warning>{tu_string!(i18n, account.invitation.gone)}</Alert> }.into_any(),
            } />
        </FormPage>
    }
}

#[component]
fn Invitation(token: String, invitation: OpenInvitation, signed_in: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let log_in = format!("/login?next={}", Url::escape(&format!("/invitation/{token}")));
    let words = invited_words(i18n, invitation.invited_by, invitation.organization);
    let way = match (signed_in, invitation.has_account) {
        (Some(email), _) => view! { <AcceptForm token email /> }.into_any(),
        (None, true) => view! {
            <p class="mb-4 text-muted">{tu_string!(i18n, account.invitation.has_account, email = invitation.email).to_string()}</p>
            <ButtonLink href=log_in style=ButtonStyle::Primary size=ButtonSize::Large class="w-full">
                {tu_string!(i18n, account.log_in.short)}
            </ButtonLink>
        }
        .into_any(),
        (None, false) => view! {
            <NewForm token email=invitation.email />
            <p class="mt-6 text-center text-muted">
                {tu_string!(i18n, account.sign_up.has_account)} " "
                <A href=log_in attr:class="link link-primary font-medium">{tu_string!(i18n, account.log_in.short)}</A>
            </p>
        }
        .into_any(),
    };
    view! {
        <p class="mb-4 font-medium">{words}</p>
        {way}
    }
}

/// Who invites whereto.
pub fn invited_words(i18n: I18n, invited_by: Option<String>, organization: String) -> String {
    match invited_by {
        Some(name) => {
            tu_string!(i18n, account.invitation.invited_by, name = name, organization = organization).to_string()
        }
        None => tu_string!(i18n, account.invitation.invited, organization = organization).to_string(),
    }
}

/// For somebody who is signed in.
#[component]
fn AcceptForm(token: String, email: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<AcceptInvitation>::new();
    go_when_done(action, String::as_str);
    view! {
        <ActionForm action attr:class="space-y-4">
            <FormErrors error=action_error(action) />
            <input type="hidden" name="token" value=token />
            <Submit pending=action.pending()>{tu_string!(i18n, account.invitation.accept_as, email = email).to_string()}</Submit>
        </ActionForm>
    }
}

/// For somebody who has no account.
#[component]
fn NewForm(token: String, email: String) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<AcceptAsNew>::new();
    go_when_done(action, String::as_str);
    let errors = field_errors(action);
    view! {
        <ActionForm action attr:class="space-y-4">
            <FormErrors error=action_error(action) />
            <input type="hidden" name="token" value=token />
            <input type="hidden" name="locale" value=i18n.get_locale_untracked().as_str() />
            <p class="text-muted">{tu_string!(i18n, account.invitation.account_for, email = email).to_string()}</p>
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
                name="password"
                kind="password"
                label=tu_string!(i18n, account.password)
                hint=tu_string!(i18n, account.password_hint)
                autocomplete="new-password"
                required=true
                errors
            />
            <Submit pending=action.pending()>{tu_string!(i18n, account.invitation.accept)}</Submit>
        </ActionForm>
    }
}
