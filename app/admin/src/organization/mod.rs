//! `/admin/organizations/:id`: one organization, and what operators do with it.

mod limits;
mod people;
mod status;

use base::{AppError, FormErrors, Loaded, Page, Panel, action_error, id_in_path, successes};
use i18n::*;
use leptos::prelude::*;
use types::{id::OrganizationId, organization::OrganizationStatus, platform::OrganizationDetail};
use ui::{Alert, LocalTime, Tone};

use self::{limits::Limits, people::People, status::Status};
use crate::{
    organizations::OrganizationTable,
    rpc::{Impersonate, PurgeOrganization, RestoreOrganization, SetLimits, SuspendOrganization, load_organization},
    trend::Trends,
    words::number,
};

/// The forms of the page.
#[derive(Clone, Copy)]
struct Acts {
    suspend: ServerAction<SuspendOrganization>,
    restore: ServerAction<RestoreOrganization>,
    purge: ServerAction<PurgeOrganization>,
    limits: ServerAction<SetLimits>,
    impersonate: ServerAction<Impersonate>,
}

/// An organization's figures, limits, people and status.
#[component]
pub fn OrganizationPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<OrganizationId>("id");
    let acts = Acts {
        suspend: ServerAction::new(),
        restore: ServerAction::new(),
        purge: ServerAction::new(),
        limits: ServerAction::new(),
        impersonate: ServerAction::new(),
    };
    let (suspended, restored, limited) = (successes(acts.suspend), successes(acts.restore), successes(acts.limits));
    let changes = move || suspended.get() + restored.get() + limited.get();
    let found = Resource::new(move || (id.get(), changes()), |(id, _)| load_organization(id));
    let title = move || match found.get() {
        Some(Ok(detail)) => detail.row.name,
        _ => tu_string!(i18n, admin.organization.one).to_owned(),
    };
    view! {
        <Page
            title=title
            back=("/admin/organizations".to_owned(), tu_string!(i18n, admin.frame.organizations))
            width="max-w-6xl"
        >
            <FormErrors error=plain(action_error(acts.restore)) />
            <FormErrors error=action_error(acts.impersonate) />
            <Loaded resource=found children=move |detail| view! { <Detail detail acts /> } />
        </Page>
    }
}

/// An error that belongs to no field.
fn plain(error: Signal<Option<AppError>>) -> Signal<Option<AppError>> {
    Signal::derive(move || error.get().filter(|error| error.details.is_empty()))
}

#[component]
fn Detail(detail: OrganizationDetail, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let OrganizationDetail { row, suspended_at, suspended_reason, purge_at, limits, people, days, .. } = detail;
    let month = number(i18n, detail.conversations_this_month);
    let (id, name, status) = (row.id, row.name.clone(), row.status);
    let suspended = suspended_at.map(|at| {
        view! {
            <Alert tone=Tone::Warning class="mb-4">
                {tu_string!(i18n, admin.organization.suspended_since)} " " <LocalTime at /> ": "
                <strong>{suspended_reason}</strong>
            </Alert>
        }
    });
    let gone = purge_at.map(|at| {
        view! {
            <Alert tone=Tone::Danger class="mb-4">{tu_string!(i18n, admin.organization.purged_at)} " " <LocalTime at /></Alert>
        }
    });
    view! {
        {suspended}
        {gone}
        <Panel class="mb-4">
            <OrganizationTable rows=vec![row] />
            <p class="border-t border-line px-4 py-2 text-sm text-muted">
                {tu_string!(i18n, admin.organization.this_month)} " " <span class="tabular-nums">{month}</span> ". "
                {tu_string!(i18n, admin.organization.counted)}
            </p>
        </Panel>
        <Trends days />
        <People people organization=id is_active=status == OrganizationStatus::Active action=acts.impersonate />
        <Limits id limits action=acts.limits />
        <Status id name status acts />
    }
}
