//! `/admin/organizations`: search, status, order and page stand in the address.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    organization::OrganizationStatus,
    page::Page as Rows,
    platform::{OrganizationFilter, OrganizationRow, OrganizationSort},
};
use ui::{Button, Column, EmptyState, RelativeTime, Select, Table, TextField, icons};

use crate::{
    rpc::load_organizations,
    words::{Pages, bytes, number, status_badge, status_name, text},
};

/// The list of organizations with what they have.
#[component]
pub fn OrganizationsPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let filter = Memo::new(move |_| {
        map.with(|map| OrganizationFilter {
            q: text(map, "q"),
            status: text(map, "status").parse().ok(),
            sort: text(map, "sort").parse().ok(),
            page: text(map, "page").parse().ok(),
        })
    });
    let list = Resource::new(move || filter.get(), load_organizations);
    let any = (String::new(), tu_string!(i18n, admin.organizations.any_status).to_owned());
    let statuses = OrganizationStatus::ALL.iter().map(|status| (status.to_string(), status_name(i18n, *status).into()));
    let statuses: Vec<_> = std::iter::once(any).chain(statuses).collect();
    let orders: Vec<_> =
        OrganizationSort::ALL.iter().map(|sort| (sort.to_string(), order(i18n, *sort).into())).collect();
    view! {
        <Page title=tu_string!(i18n, admin.frame.organizations) width="max-w-6xl">
            <form method="get" action="/admin/organizations" role="search" class="mb-4 flex flex-wrap items-end gap-3">
                <TextField
                    name="q"
                    kind="search"
                    label=tu_string!(i18n, admin.search)
                    hint=tu_string!(i18n, admin.organizations.search_hint)
                    value=Signal::derive(move || filter.get().q)
                    maxlength=200
                />
                <Select
                    name="status"
                    label=tu_string!(i18n, admin.organizations.status)
                    options=Signal::stored(statuses)
                    value=Signal::derive(move || filter.get().status.map(|status| status.to_string()).unwrap_or_default())
                />
                <Select
                    name="sort"
                    label=tu_string!(i18n, admin.organizations.order)
                    options=Signal::stored(orders)
                    value=Signal::derive(move || {
                        filter.get().sort.unwrap_or(OrganizationSort::Created).to_string()
                    })
                />
                <Button kind="submit" icon=icons::SEARCH>{tu_string!(i18n, admin.show)}</Button>
            </form>
            <Loaded resource=list children=move |page| view! { <Organizations page /> } />
        </Page>
    }
}

#[component]
fn Organizations(page: Rows<OrganizationRow>) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::BUILDING_2
                    title=tu_string!(i18n, admin.organizations.empty)
                    text=tu_string!(i18n, admin.nothing_matches)
                />
            </Panel>
        }
        .into_any();
    }
    let (at, pages) = (page.page, page.pages());
    view! {
        <Panel>
            <OrganizationTable rows=page.items />
        </Panel>
        <Pages path="/admin/organizations" page=at pages />
    }
    .into_any()
}

/// Organizations with what they have, as a table.
#[component]
pub fn OrganizationTable(rows: Vec<OrganizationRow>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        Column::new(tu_string!(i18n, admin.organizations.name)),
        Column::new(tu_string!(i18n, admin.organizations.status)),
        Column::number(tu_string!(i18n, admin.figures.members)),
        Column::number(tu_string!(i18n, admin.figures.conversations)),
        Column::number(tu_string!(i18n, admin.figures.messages)),
        Column::number(tu_string!(i18n, admin.figures.documents)),
        Column::number(tu_string!(i18n, admin.figures.storage)),
        Column::new(tu_string!(i18n, admin.organizations.active)),
    ];
    let count = move |value: i64| view! { <td class="text-end tabular-nums">{number(i18n, value)}</td> };
    let rows = rows
        .into_iter()
        .map(|row| {
            let usage = row.usage;
            view! {
                <tr>
                    <td class="font-medium">
                        <a href=format!("/admin/organizations/{}", row.id) class="link">{row.name}</a>
                        <span class="block text-xs text-muted">{row.slug}</span>
                    </td>
                    <td>{status_badge(i18n, row.status)}</td>
                    {count(usage.members)}
                    {count(usage.conversations)}
                    {count(usage.messages)}
                    {count(usage.documents)}
                    <td class="text-end whitespace-nowrap">{bytes(i18n, usage.storage_bytes)}</td>
                    <td class="whitespace-nowrap">{usage.last_active_at.map(|at| view! { <RelativeTime at /> })}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, admin.frame.organizations) columns>
            {rows}
        </Table>
    }
}

fn order(i18n: I18n, sort: OrganizationSort) -> &'static str {
    match sort {
        OrganizationSort::Created => tu_string!(i18n, admin.organizations.newest),
        OrganizationSort::Name => tu_string!(i18n, admin.organizations.name),
        OrganizationSort::Members => tu_string!(i18n, admin.figures.members),
        OrganizationSort::Conversations => tu_string!(i18n, admin.figures.conversations),
        OrganizationSort::Messages => tu_string!(i18n, admin.figures.messages),
        OrganizationSort::Documents => tu_string!(i18n, admin.figures.documents),
        OrganizationSort::Storage => tu_string!(i18n, admin.figures.storage),
        OrganizationSort::Active => tu_string!(i18n, admin.organizations.active),
    }
}
