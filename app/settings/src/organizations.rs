//! `/app/settings/organizations`: the organizations of the one who is signed in, and going from one to another.

use base::{ActionForm, Danger, FormErrors, Loaded, Page, Panel, action_error, field_errors, go_when_done, role_name};
use i18n::*;
use leptos::prelude::*;
use types::{member::Place, organization::OrganizationStatus};
use ui::{Badge, Button, ButtonSize, LocalTime, TextField, TimeFormat, Tone};

use crate::{
    rpc::{self, FoundAnother, LeaveOrganization, RestoreOrganization, SwitchOrganization},
    tabs::SettingsTabs,
};

/// The list, the form that founds another one, and the way out of the present one.
#[component]
pub fn OrganizationsPage() -> impl IntoView {
    let i18n = use_i18n();
    let switch = ServerAction::<SwitchOrganization>::new();
    let restore = ServerAction::<RestoreOrganization>::new();
    let found = ServerAction::<FoundAnother>::new();
    let leave = ServerAction::<LeaveOrganization>::new();
    go_when_done(switch, |()| "/app");
    go_when_done(found, |()| "/app");
    go_when_done(leave, |()| "/login");
    let places = Resource::new(move || restore.version().get(), |_| rpc::load_places());
    let errors = field_errors(found);
    view! {
        <Page
            title=tu_string!(i18n, settings.organizations.title)
            subtitle=tu_string!(i18n, settings.organizations.intro)
            width="max-w-4xl"
        >
            <SettingsTabs />
            <FormErrors error=action_error(switch) />
            <FormErrors error=action_error(restore) />
            <Loaded resource=places children=move |places| {
                let rows = places.into_iter().map(|place| view! { <PlaceRow place switch restore /> }).collect_view();
                view! { <Panel class="mb-4"><ul class="divide-y divide-line">{rows}</ul></Panel> }
            } />
            <Panel title=tu_string!(i18n, settings.organizations.found) class="mb-4">
                <div class="p-4">
                    <ActionForm action=found attr:class="space-y-4">
                        <FormErrors error=action_error(found) />
                        <TextField
                            name="name"
                            label=tu_string!(i18n, settings.organization.name)
                            required=true
                            maxlength=120
                            autocomplete="organization"
                            errors
                        />
                        <Button kind="submit" pending=found.pending()>
                            {tu_string!(i18n, settings.organizations.found)}
                        </Button>
                    </ActionForm>
                </div>
            </Panel>
            <Danger
                action=leave
                label=tu_string!(i18n, settings.organizations.leave)
                text=tu_string!(i18n, settings.organizations.leave_text)
                conflict=tu_string!(i18n, settings.members.last_owner)
            />
        </Page>
    }
}

#[component]
fn PlaceRow(
    place: Place,
    switch: ServerAction<SwitchOrganization>,
    restore: ServerAction<RestoreOrganization>,
) -> impl IntoView {
    let i18n = use_i18n();
    let id = place.organization_id.to_string();
    let act = match (place.status, place.is_current) {
        (OrganizationStatus::Active, true) => {
            view! { <Badge tone=Tone::Success>{tu_string!(i18n, settings.organizations.current)}</Badge> }.into_any()
        }
        (OrganizationStatus::Active, false) => view! {
            <ActionForm action=switch>
                <input type="hidden" name="id" value=id />
                <Button kind="submit" size=ButtonSize::Small>{tu_string!(i18n, settings.organizations.switch)}</Button>
            </ActionForm>
        }
        .into_any(),
        (OrganizationStatus::Suspended, _) => {
            view! { <Badge tone=Tone::Warning>{tu_string!(i18n, settings.organizations.suspended)}</Badge> }.into_any()
        }
        (OrganizationStatus::Deleted, _) => view! {
            <ActionForm action=restore>
                <input type="hidden" name="id" value=id />
                <Button kind="submit" size=ButtonSize::Small>{tu_string!(i18n, settings.organizations.restore)}</Button>
            </ActionForm>
        }
        .into_any(),
    };
    let gone = place.purge_at.map(|at| {
        view! {
            <span class="text-error">
                {tu_string!(i18n, settings.organizations.gone)} " " <LocalTime at format=TimeFormat::Date />
            </span>
        }
    });
    view! {
        <li class="flex items-center gap-3 p-4">
            <div class="min-w-0 grow">
                <p class="font-medium">{place.name}</p>
                <p class="text-sm text-muted">{role_name(i18n, place.role, None)} " " {gone}</p>
            </div>
            {act}
        </li>
    }
}
