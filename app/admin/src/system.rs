//! `/admin/system`: program and database.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::prelude::*;
use types::platform::{Migration, SlowQuery, System, TableSize};
use ui::{Alert, Column, LocalTime, Table, Tone};

use crate::{
    rpc::load_system,
    words::{bytes, number},
};

/// Versions, sizes, connections, the schema's steps, slow statements.
#[component]
pub fn SystemPage() -> impl IntoView {
    let i18n = use_i18n();
    let system = Resource::new(|| (), |()| load_system());
    view! {
        <Page title=tu_string!(i18n, admin.frame.system) width="max-w-6xl">
            <Loaded resource=system children=move |system| view! { <Facts system /> } />
        </Page>
    }
}

#[component]
fn Facts(system: System) -> impl IntoView {
    let i18n = use_i18n();
    let fact = |label: &'static str, value: String| {
        view! {
            <div>
                <dt class="text-sm text-muted">{label}</dt>
                <dd class="font-semibold tabular-nums">{value}</dd>
            </div>
        }
    };
    let connections = format!("{} ({})", number(i18n, system.connections), number(i18n, system.active_connections));
    let longest = system.longest_seconds.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.1} s"));
    let pending = (system.pending_migrations > 0).then(|| {
        let count = system.pending_migrations;
        view! { <Alert tone=Tone::Danger class="mb-4">{tu_string!(i18n, admin.system.pending, count = count).to_string()}</Alert> }
    });
    view! {
        {pending}
        <Panel class="mb-4">
            <dl class="grid grid-cols-2 gap-4 p-4 md:grid-cols-3">
                {fact(tu_string!(i18n, admin.system.version), system.version)}
                {fact(tu_string!(i18n, admin.system.database), format!("PostgreSQL {}", system.database_version))}
                {fact(tu_string!(i18n, admin.system.size), bytes(i18n, system.database_bytes))}
                {fact(tu_string!(i18n, admin.system.connections), connections)}
                {fact(tu_string!(i18n, admin.system.max_connections), number(i18n, system.max_connections))}
                {fact(tu_string!(i18n, admin.system.longest), longest)}
            </dl>
        </Panel>
        <Panel title=tu_string!(i18n, admin.system.slow) class="mb-4">
            <Slow queries=system.slow_queries />
        </Panel>
        <Panel title=tu_string!(i18n, admin.system.tables) class="mb-4">
            <Tables tables=system.tables />
        </Panel>
        <Panel title=tu_string!(i18n, admin.system.migrations)>
            <Migrations migrations=system.migrations />
        </Panel>
    }
}

#[component]
fn Slow(queries: Option<Vec<SlowQuery>>) -> impl IntoView {
    let i18n = use_i18n();
    let Some(queries) = queries else {
        return view! { <p class="p-4 text-muted">{tu_string!(i18n, admin.system.not_counted)}</p> }.into_any();
    };
    let columns = vec![
        Column::new(tu_string!(i18n, admin.system.statement)),
        Column::number(tu_string!(i18n, admin.system.calls)),
        Column::number(tu_string!(i18n, admin.system.mean)),
        Column::number(tu_string!(i18n, admin.system.total)),
    ];
    let rows = queries
        .into_iter()
        .map(|query| {
            view! {
                <tr>
                    <td class="max-w-xl"><code class="text-xs break-words">{query.query}</code></td>
                    <td class="text-end tabular-nums">{number(i18n, query.calls)}</td>
                    <td class="text-end tabular-nums">{format!("{:.1} ms", query.mean_ms)}</td>
                    <td class="text-end tabular-nums">{format!("{:.0} ms", query.total_ms)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, admin.system.slow) columns>
            {rows}
        </Table>
    }
    .into_any()
}

#[component]
fn Tables(tables: Vec<TableSize>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        Column::new(tu_string!(i18n, admin.system.table)),
        Column::number(tu_string!(i18n, admin.system.size)),
        Column::number(tu_string!(i18n, admin.system.rows)),
    ];
    let rows = tables
        .into_iter()
        .map(|table| {
            view! {
                <tr>
                    <th scope="row">{table.name}</th>
                    <td class="text-end whitespace-nowrap">{bytes(i18n, table.bytes)}</td>
                    <td class="text-end tabular-nums">{number(i18n, table.rows)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, admin.system.tables) columns>
            {rows}
        </Table>
    }
}

#[component]
fn Migrations(migrations: Vec<Migration>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        Column::number("#"),
        Column::new(tu_string!(i18n, admin.system.step)),
        Column::new(tu_string!(i18n, admin.system.installed)),
    ];
    let rows = migrations
        .into_iter()
        .map(|step| {
            view! {
                <tr>
                    <td class="text-end tabular-nums">{step.version}</td>
                    <td>{step.name}</td>
                    <td class="whitespace-nowrap"><LocalTime at=step.installed_at /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, admin.system.migrations) columns>
            {rows}
        </Table>
    }
}
