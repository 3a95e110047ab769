//! `/app/settings`: the organization.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error, field_errors, report, shown, use_me};
use chrono::{DateTime, Utc};
use i18n::*;
use leptos::prelude::*;
use types::{organization::Organization, permission::Permission};
use ui::{Button, ButtonStyle, Select, TextField};

use crate::{
    delete_organization::DeleteOrganizationForm,
    rpc::{self, SaveOrganization},
    tabs::SettingsTabs,
};

/// The languages that the product speaks, for a select.
pub fn languages() -> Vec<(String, String)> {
    LANGUAGES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
}

/// Name and settings of the organization.
#[component]
pub fn OrganizationPage() -> impl IntoView {
    let i18n = use_i18n();
    let organizations = Resource::new(|| (), |()| rpc::load_organization());
    view! {
        <Page title=tu_string!(i18n, settings.title) width="max-w-4xl">
            <SettingsTabs />
            <Loaded resource=organizations let:loaded>
                <OrganizationForm organization=loaded.0 changed_at=loaded.1 on_save=Callback::new(move |()| organizations.refetch()) />
            </Loaded>
        </Page>
    }
}

#[component]
fn OrganizationForm(organization: Organization, changed_at: DateTime<Utc>, on_save: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let save = ServerAction::<SaveOrganization>::new();
    let errors = field_errors(save);
    let me = use_me();
    // Its name is also that in the sidebar.
    report(save, tu_string!(i18n, settings.saved), move || me.refetch());
    let shown = shown(save, changed_at);
    let settings = organization.settings;
    let name = organization.name.clone();
    let read_only = Signal::derive(move || !me.may(Permission::OrganizationWrite));
    view! {
        <Panel class="p-4 sm:p-6">
            <ActionForm action=save reload=on_save attr:class="space-y-4">
                <FormErrors error=action_error(save) />
                <input type="hidden" name="shown" value=shown />
                <TextField
                    name="name"
                    label=tu_string!(i18n, settings.organization.name)
                    value=organization.name
                    errors
                    required=true
                    maxlength=120
                    disabled=read_only
                />
                <TextField
                    name="website"
                    kind="url"
                    label=tu_string!(i18n, settings.organization.website)
                    value=settings.website
                    errors
                    disabled=read_only
                />
                <div class="grid gap-4 sm:grid-cols-2">
                    <TextField
                        name="time_zone"
                        label=tu_string!(i18n, settings.organization.time_zone)
                        hint=tu_string!(i18n, settings.organization.time_zone_hint)
                        value=settings.time_zone
                        errors
                        required=true
                        disabled=read_only
                    />
                    <Select
                        name="locale"
                        label=tu_string!(i18n, settings.organization.locale)
                        options=languages()
                        value=settings.locale
                        errors
                        disabled=read_only
                    />
                </div>
                <Button kind="submit" style=ButtonStyle::Primary pending=save.pending() disabled=read_only>
                    {tu_string!(i18n, common.action.save)}
                </Button>
            </ActionForm>
        </Panel>
        <DeleteOrganizationForm name />
    }
}
