//! `/app/settings/profile`: oneself, the password, and where one is signed in.

use base::{FormErrors, Loaded, Page, Panel, action_error, field_errors, load_me, use_me};
use i18n::*;
use leptos::{form::ActionForm, prelude::*};
use types::user::{Me, Session};
use ui::{Badge, Button, ButtonSize, ButtonStyle, Column, RelativeTime, Select, Table, TextField, Tone};

use crate::{
    organization::languages,
    rpc::{self, ChangePassword, EndSession, SaveProfile},
    tabs::{SettingsTabs, report},
};

/// The page of one's own account.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let i18n = use_i18n();
    let profile = Resource::new(|| (), |()| load_me());
    let sessions = Resource::new(|| (), |()| rpc::load_sessions());
    view! {
        <Page title=tu_string!(i18n, settings.tabs.profile) width="max-w-3xl">
            <SettingsTabs />
            <div class="space-y-4">
                <Loaded resource=profile let:me>
                    <ProfileForm me />
                </Loaded>
                <PasswordForm />
                <Panel title=tu_string!(i18n, settings.profile.sessions)>
                    <Loaded resource=sessions let:list>
                        <Sessions list on_change=Callback::new(move |()| sessions.refetch()) />
                    </Loaded>
                </Panel>
            </div>
        </Page>
    }
}

#[component]
fn ProfileForm(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    let save = ServerAction::<SaveProfile>::new();
    let errors = field_errors(save);
    let context = use_me();
    report(save, tu_string!(i18n, settings.saved), move || context.refetch());
    view! {
        <Panel class="p-4 sm:p-6">
            <ActionForm action=save attr:class="space-y-4">
                <FormErrors error=action_error(save) />
                <TextField
                    name="name"
                    label=tu_string!(i18n, settings.profile.name)
                    value=me.name
                    errors
                    required=true
                    maxlength=120
                    autocomplete="name"
                />
                <p class="text-muted text-sm">{tu_string!(i18n, settings.profile.email)} ": " {me.email}</p>
                <div class="grid gap-4 sm:grid-cols-2">
                    <Select
                        name="locale"
                        label=tu_string!(i18n, settings.profile.locale)
                        options=languages()
                        value=me.locale
                        errors
                    />
                    <TextField
                        name="time_zone"
                        label=tu_string!(i18n, settings.profile.time_zone)
                        value=me.time_zone
                        errors
                        required=true
                    />
                </div>
                <Button kind="submit" style=ButtonStyle::Primary pending=save.pending()>
                    {tu_string!(i18n, common.action.save)}
                </Button>
            </ActionForm>
        </Panel>
    }
}

#[component]
fn PasswordForm() -> impl IntoView {
    let i18n = use_i18n();
    let change = ServerAction::<ChangePassword>::new();
    let errors = field_errors(change);
    report(change, tu_string!(i18n, settings.profile.changed), || ());
    view! {
        <Panel title=tu_string!(i18n, settings.profile.password)>
            <div class="p-4 sm:p-6">
                <ActionForm action=change attr:class="space-y-4">
                    <FormErrors error=action_error(change) />
                    <TextField
                        name="old_password"
                        kind="password"
                        label=tu_string!(i18n, settings.profile.old_password)
                        errors
                        required=true
                        autocomplete="current-password"
                    />
                    <TextField
                        name="new_password"
                        kind="password"
                        label=tu_string!(i18n, settings.profile.new_password)
                        hint=tu_string!(i18n, settings.profile.new_password_hint)
                        errors
                        required=true
                        minlength=10
                        maxlength=200
                        autocomplete="new-password"
                    />
                    <Button kind="submit" pending=change.pending()>
                        {tu_string!(i18n, settings.profile.change)}
                    </Button>
                </ActionForm>
            </div>
        </Panel>
    }
}

#[component]
fn Sessions(list: Vec<Session>, on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let end = ServerAction::<EndSession>::new();
    report(end, tu_string!(i18n, settings.profile.ended), move || on_change.run(()));
    let columns = vec![
        Column::new(tu_string!(i18n, settings.profile.device)),
        Column::classed(tu_string!(i18n, settings.profile.address), "max-sm:hidden"),
        Column::new(tu_string!(i18n, settings.profile.seen)),
        Column::hidden(tu_string!(i18n, settings.profile.end)),
    ];
    let rows = list
        .into_iter()
        .map(|session| {
            let id = session.id;
            let device = session.user_agent.unwrap_or_else(|| tu_string!(i18n, settings.profile.unknown).to_owned());
            let act = if session.is_current {
                view! { <Badge tone=Tone::Success>{tu_string!(i18n, settings.profile.current)}</Badge> }.into_any()
            } else {
                view! {
                    <Button
                        style=ButtonStyle::Ghost
                        size=ButtonSize::Small
                        on_click=move |_| _ = end.dispatch(EndSession { id })
                    >
                        {tu_string!(i18n, settings.profile.end)}
                    </Button>
                }
                .into_any()
            };
            view! {
                <tr>
                    <td class="max-w-0 w-1/2"><span class="block truncate" title=device.clone()>{device.clone()}</span></td>
                    <td class="max-sm:hidden">{session.ip}</td>
                    <td class="whitespace-nowrap"><RelativeTime at=session.last_seen_at /></td>
                    <td class="text-end">{act}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, settings.profile.sessions) columns>
            {rows}
        </Table>
    }
}
