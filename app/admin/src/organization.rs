//! `/admin/organizations/:id`: one organization, and what operators do with it.

use base::{AppError, FormErrors, Loaded, Page, Panel, action_error, field_errors};
use i18n::*;
use leptos::{form::ActionForm, prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;
use types::{
    id::OrganizationId,
    organization::{OrganizationLimits, OrganizationStatus},
    platform::{OrganizationDetail, OrganizationPerson},
};
use ui::{Alert, Badge, Button, ButtonSize, ButtonStyle, Column, LocalTime, RelativeTime, Table, TextField, Tone};

use crate::{
    frame::AdminFrame,
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
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id")).unwrap_or_default());
    let acts = Acts {
        suspend: ServerAction::new(),
        restore: ServerAction::new(),
        purge: ServerAction::new(),
        limits: ServerAction::new(),
        impersonate: ServerAction::new(),
    };
    let changes = move || acts.suspend.version().get() + acts.restore.version().get() + acts.limits.version().get();
    let found = Resource::new(move || (id.get(), changes()), |(id, _)| load_organization(id));
    let title = move || match found.get() {
        Some(Ok(detail)) => detail.row.name,
        _ => tu_string!(i18n, admin.organization.one).to_owned(),
    };
    view! {
        <AdminFrame>
            <Page
                title=title
                back=("/admin/organizations".to_owned(), tu_string!(i18n, admin.frame.organizations))
                width="max-w-6xl"
            >
                <FormErrors error=plain(action_error(acts.suspend)) />
                <FormErrors error=plain(action_error(acts.restore)) />
                <FormErrors error=plain(action_error(acts.purge)) />
                <FormErrors error=action_error(acts.impersonate) />
                <Loaded resource=found children=move |detail| view! { <Detail detail acts /> } />
            </Page>
        </AdminFrame>
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
        <People people organization=id.to_string() is_active=status == OrganizationStatus::Active acts />
        <Limits id limits action=acts.limits />
        <Status id name status acts />
    }
}

#[component]
fn People(people: Vec<OrganizationPerson>, organization: String, is_active: bool, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    let pending = acts.impersonate.pending();
    let rows = people
        .into_iter()
        .map(|person| {
            let may = is_active && person.is_active && !person.is_platform_admin;
            let label = tu_string!(i18n, admin.impersonation.as_member, name = person.name.clone()).to_string();
            let field = format!("reason-{}", person.user_id);
            let work = may.then(|| {
                view! {
                    <details>
                        <summary class="cursor-pointer text-sm">{label}</summary>
                        // By a full load: nothing of the operator's stays on the screen.
                        <form method="post" action=Impersonate::PATH class="mt-2 flex flex-col items-start gap-2">
                            <input type="hidden" name="user_id" value=person.user_id.to_string() />
                            <input type="hidden" name="organization_id" value=organization.clone() />
                            <TextField
                                name="reason"
                                id=field
                                label=tu_string!(i18n, admin.reason)
                                hint=tu_string!(i18n, admin.impersonation.hint)
                                required=true
                                maxlength=500
                                autocomplete="off"
                            />
                            <Button kind="submit" size=ButtonSize::Small pending>
                                {tu_string!(i18n, admin.impersonation.begin)}
                            </Button>
                        </form>
                    </details>
                }
            });
            let locked = (!person.is_active)
                .then(|| view! { <Badge tone=Tone::Warning>{tu_string!(i18n, admin.users.locked)}</Badge> });
            view! {
                <tr>
                    <td>
                        <a href=format!("/admin/users/{}", person.user_id) class="link">{person.name}</a>
                        <span class="block text-xs text-muted break-all">{person.email}</span>
                    </td>
                    <td>{person.role.to_string()} " " {locked}</td>
                    <td class="whitespace-nowrap">
                        {match person.last_seen_at {
                            Some(at) => view! { <RelativeTime at /> }.into_any(),
                            None => tu_string!(i18n, admin.organization.never).into_any(),
                        }}
                    </td>
                    <td>{work}</td>
                </tr>
            }
        })
        .collect_view();
    let columns = vec![
        Column::new(tu_string!(i18n, admin.organizations.name)),
        Column::new(tu_string!(i18n, admin.organization.role)),
        Column::new(tu_string!(i18n, admin.organizations.active)),
        Column::hidden(tu_string!(i18n, admin.impersonation.title)),
    ];
    view! {
        <Panel title=tu_string!(i18n, admin.figures.members) class="mb-4">
            <Table caption=tu_string!(i18n, admin.figures.members) columns>
                {rows}
            </Table>
        </Panel>
    }
}

#[component]
fn Limits(id: OrganizationId, limits: OrganizationLimits, action: ServerAction<SetLimits>) -> impl IntoView {
    let i18n = use_i18n();
    let errors = field_errors(action);
    let saved = move || {
        action.value().with(|value| matches!(value, Some(Ok(())))).then(|| {
            view! { <Alert tone=Tone::Success class="mb-3">{tu_string!(i18n, admin.organization.limits_saved)}</Alert> }
        })
    };
    let field = move |name: &'static str, label: &'static str, value: Option<i64>| {
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        view! { <TextField name label value inputmode="numeric" autocomplete="off" errors /> }
    };
    view! {
        <Panel title=tu_string!(i18n, admin.organization.limits) class="mb-4">
            <div class="p-4">
                <p class="mb-3 text-muted">{tu_string!(i18n, admin.organization.limits_text)}</p>
                {saved}
                <FormErrors error=plain(action_error(action)) />
                <ActionForm action attr:class="flex flex-wrap items-end gap-3">
                    <input type="hidden" name="id" value=id.to_string() />
                    {field("members", tu_string!(i18n, admin.figures.members), limits.members)}
                    {field(
                        "conversations_per_month",
                        tu_string!(i18n, admin.organization.conversations_per_month),
                        limits.conversations_per_month,
                    )}
                    {field(
                        "knowledge_sources",
                        tu_string!(i18n, admin.organization.knowledge_sources),
                        limits.knowledge_sources,
                    )}
                    <Button kind="submit" pending=action.pending()>{tu_string!(i18n, common.action.save)}</Button>
                </ActionForm>
            </div>
        </Panel>
    }
}

#[component]
fn Status(id: OrganizationId, name: String, status: OrganizationStatus, acts: Acts) -> impl IntoView {
    let i18n = use_i18n();
    if status == OrganizationStatus::Active {
        return view! {
            <details class="panel">
                <summary class="cursor-pointer px-4 py-3 text-error">{tu_string!(i18n, admin.organization.suspend)}</summary>
                <div class="border-t border-line p-4">
                    <p class="mb-3 text-muted">{tu_string!(i18n, admin.organization.suspend_text)}</p>
                    <ActionForm action=acts.suspend attr:class="flex flex-col items-start gap-3">
                        <input type="hidden" name="id" value=id.to_string() />
                        <TextField
                            name="reason"
                            id="suspend-reason"
                            label=tu_string!(i18n, admin.reason)
                            required=true
                            maxlength=500
                            autocomplete="off"
                            errors=field_errors(acts.suspend)
                        />
                        <Button kind="submit" style=ButtonStyle::Danger pending=acts.suspend.pending()>
                            {tu_string!(i18n, admin.organization.suspend)}
                        </Button>
                    </ActionForm>
                </div>
            </details>
        }
        .into_any();
    }
    view! {
        <ActionForm action=acts.restore attr:class="mb-4">
            <input type="hidden" name="id" value=id.to_string() />
            <Button kind="submit" style=ButtonStyle::Primary pending=acts.restore.pending()>
                {tu_string!(i18n, admin.organization.restore)}
            </Button>
        </ActionForm>
        <details class="panel">
            <summary class="cursor-pointer px-4 py-3 text-error">{tu_string!(i18n, admin.organization.purge)}</summary>
            <div class="border-t border-line p-4">
                <p class="mb-3 text-muted">{tu_string!(i18n, admin.organization.purge_text)}</p>
                <ActionForm action=acts.purge attr:class="flex flex-col items-start gap-3">
                    <input type="hidden" name="id" value=id.to_string() />
                    <TextField
                        name="confirmation"
                        label=tu_string!(i18n, admin.organization.purge_type, name = name).to_string()
                        required=true
                        autocomplete="off"
                        errors=field_errors(acts.purge)
                    />
                    <Button kind="submit" style=ButtonStyle::Danger pending=acts.purge.pending()>
                        {tu_string!(i18n, admin.organization.purge)}
                    </Button>
                </ActionForm>
            </div>
        </details>
    }
    .into_any()
}
