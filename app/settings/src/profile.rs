//! `/app/settings/profile`: oneself, the password, the second factor, passkeys, and where one is signed in.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, field_errors, load_me, report, use_me};
use i18n::*;
use leptos::prelude::*;
use types::user::Me;
use ui::{Button, ButtonStyle, Select, TextField};

use crate::{
    organization::languages,
    rpc::{self, ChangePassword, SaveProfile},
    security::SecurityPanels,
    sessions::Sessions,
    tabs::SettingsTabs,
};

/// The page of one's own account.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let i18n = use_i18n();
    let profile = Resource::new(|| (), |()| load_me());
    let sessions = Resource::new(|| (), |()| rpc::load_sessions());
    let security = Resource::new(|| (), |()| rpc::load_security());
    let new_codes = RwSignal::new(Vec::new());
    let change = ServerAction::<ChangePassword>::new();
    // It has ended the other sessions.
    report(change, tu_string!(i18n, settings.profile.changed), move || sessions.refetch());
    let security_changed = Callback::new(move |()| {
        security.refetch();
        sessions.refetch();
    });
    view! {
        <Page title=tu_string!(i18n, settings.tabs.profile) width="max-w-4xl">
            <SettingsTabs />
            <div class="space-y-4">
                <Loaded resource=profile let:me>
                    <ProfileForm me />
                </Loaded>
                <PasswordForm change />
                <Loaded resource=security children=move |(security, pending)| {
                    view! { <SecurityPanels security pending new_codes changed=security_changed /> }
                } />
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
    report(save, tu_string!(i18n, settings.saved), move || {
        if base::cookie::get(LOCALE_COOKIE).as_deref() == Some(i18n.get_locale_untracked().as_str()) {
            context.refetch();
        } else {
            _ = location().reload();
        }
    });
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

/// The form of the password. It is emptied when that is changed.
#[component]
fn PasswordForm(change: ServerAction<ChangePassword>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(change);
    view! {
        <Panel title=tu_string!(i18n, settings.profile.password)>
            <div class="p-4 sm:p-6">
                <ActionForm action=change empties=&["old_password", "new_password"] attr:class="space-y-4">
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
