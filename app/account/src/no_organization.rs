use std::iter;

use base::{FormErrors, Loaded, action_error, field_errors, form_memory::recall, go_when_done, next_of_query};
use i18n::*;
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};
use leptos_router::{components::A, hooks::use_location};
use types::member::{OfferedInvitation, Openings, Place};
use ui::{Alert, Button, ButtonStyle, LocalTime, TextField, TimeFormat, Tone};

use crate::{
    form_page::{FormPage, FoundingErrors, Submit, step_path},
    invitation::invited_words,
    rpc::{EnterFounded, EnterInvited, EnterRestored, LogOut, load_openings},
};

/// `/login/organization`: where somebody is sent who has proven who they are and belongs to no active organization.
#[component]
pub fn NoOrganizationPage() -> impl IntoView {
    let i18n = use_i18n();
    let next = next_of_query(&use_location().search.get_untracked());
    let asked = next.clone();
    let openings = Resource::new_blocking(|| (), move |()| load_openings(asked.clone()));
    let again = step_path("/login", next.as_deref());
    view! {
        <FormPage
            title=tu_string!(i18n, account.no_organization.title)
            subtitle=tu_string!(i18n, account.no_organization.subtitle)
        >
            <Loaded resource=openings children=move |openings| match openings {
                Some(openings) => view! { <Choices openings next=next.clone() /> }.into_any(),
                None => {
                    view! { <Alert tone=Tone::Warning>{tu_string!(i18n, account.no_organization.ended)}</Alert> }.into_any()
                }
            } />
            <div class="mt-6 flex flex-wrap items-center justify-center gap-x-6 gap-y-2">
                <A href=again attr:class="link link-primary font-medium">{tu_string!(i18n, account.code.again)}</A>
                <form method="post" action=LogOut::PATH on:submit=|_| base::forget_tab()>
                    <Button kind="submit">{tu_string!(i18n, account.suspended.log_out)}</Button>
                </form>
            </div>
        </FormPage>
    }
}

/// What can be done; what comes first stands out.
#[component]
fn Choices(openings: Openings, next: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let (join, restore) = (ServerAction::<EnterInvited>::new(), ServerAction::<EnterRestored>::new());
    go_when_done(join, String::as_str);
    go_when_done(restore, String::as_str);
    let mut styles = iter::once(ButtonStyle::Primary).chain(iter::repeat(ButtonStyle::Plain));
    let mut style = move || styles.next().unwrap_or_default();
    let Openings { email, email_is_verified, invitations, deleted, may_found } = openings;
    let invitations = invitations.into_iter().map(|offer| {
        view! { <Invited offer email=email.clone() next=next.clone() join style=style() /> }
    });
    let invitations = invitations.collect_view();
    let deleted = deleted.into_iter().map(|place| view! { <Deleted place restore style=style() /> }).collect_view();
    let found = match may_found {
        true => view! { <Founding style=style() /> }.into_any(),
        false => view! { <p class="text-muted">{tu_string!(i18n, account.sign_up.closed)}</p> }.into_any(),
    };
    let unverified = (!email_is_verified).then(|| {
        let words = tu_string!(i18n, account.no_organization.unverified, email = email).to_string();
        view! { <p class="break-words text-muted">{words}</p> }
    });
    view! {
        <div class="space-y-4">
            <FormErrors error=action_error(join) />
            <FormErrors error=action_error(restore) />
            {invitations}
            {unverified}
            {deleted}
            {found}
        </div>
    }
}

#[component]
fn Invited(
    offer: OfferedInvitation,
    email: String,
    next: Option<String>,
    join: ServerAction<EnterInvited>,
    style: ButtonStyle,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <section class="panel p-4">
            <h2 class="mb-3 font-medium break-words">{invited_words(i18n, offer.invited_by, offer.organization)}</h2>
            <ActionForm action=join>
                <input type="hidden" name="invitation" value=offer.id.to_string() />
                {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                <Submit pending=join.pending() style>
                    {tu_string!(i18n, account.invitation.accept_as, email = email).to_string()}
                </Submit>
            </ActionForm>
        </section>
    }
}

#[component]
fn Deleted(place: Place, restore: ServerAction<EnterRestored>, style: ButtonStyle) -> impl IntoView {
    let i18n = use_i18n();
    let gone = place.purge_at.map(|at| {
        view! {
            <p class="text-sm text-muted">
                {tu_string!(i18n, account.no_organization.gone)} " " <LocalTime at format=TimeFormat::Date />
            </p>
        }
    });
    view! {
        <section class="panel p-4">
            <h2 class="font-medium break-words">{place.name}</h2>
            {gone}
            <ActionForm action=restore attr:class="mt-3">
                <input type="hidden" name="organization" value=place.organization_id.to_string() />
                <Submit pending=restore.pending() style>{tu_string!(i18n, account.no_organization.restore)}</Submit>
            </ActionForm>
        </section>
    }
}

#[component]
fn Founding(style: ButtonStyle) -> impl IntoView {
    let i18n = use_i18n();
    let action = ServerAction::<EnterFounded>::new();
    go_when_done(action, String::as_str);
    let errors = field_errors(action);
    view! {
        <section class="panel p-4">
            <h2 class="font-medium">{tu_string!(i18n, account.sign_up.title)}</h2>
            <p class="mb-3 text-muted">{tu_string!(i18n, account.sign_up.subtitle)}</p>
            <ActionForm action attr:class="space-y-4">
                <FoundingErrors error=action_error(action) />
                <TextField
                    name="organization_name"
                    label=tu_string!(i18n, account.organization)
                    value=recall("organization_name")
                    autocomplete="organization"
                    maxlength=120
                    required=true
                    errors
                />
                <Submit pending=action.pending() style>{tu_string!(i18n, account.sign_up.submit)}</Submit>
            </ActionForm>
        </section>
    }
}
