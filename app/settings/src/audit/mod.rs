//! `/app/settings/audit`: who changed what.

mod rpc;

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use serde::{Deserialize, Serialize};
use types::{audit::AuditEntry, page::Page as Rows};
use ui::{Alert, Button, ButtonLink, Column, EmptyState, LocalTime, Pagination, Table, TextField, Tone, icons};

use crate::tabs::SettingsTabs;

/// The log, newest first; filter and page stand in the address.
#[component]
pub fn AuditPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let query = Memo::new(move |_| {
        let text =
            |key: &str| map.with(|map| map.get(key).filter(|value| !value.trim().is_empty()).unwrap_or_default());
        Query { action: text("action"), from: text("from"), until: text("until"), page: text("page") }
    });
    let list = Resource::new(move || query.get(), rpc::load_audit);
    view! {
        <Page title=tu_string!(i18n, settings.tabs.audit) subtitle=tu_string!(i18n, settings.audit.intro) width="max-w-6xl">
            <SettingsTabs />
            <Check />
            <form method="get" class="mb-4 flex flex-wrap items-end gap-3">
                <TextField
                    name="action"
                    label=tu_string!(i18n, settings.audit.action)
                    placeholder="agent.updated"
                    value=Signal::derive(move || query.get().action)
                />
                <TextField
                    name="from"
                    kind="date"
                    label=tu_string!(i18n, settings.audit.from)
                    value=Signal::derive(move || query.get().from)
                />
                <TextField
                    name="until"
                    kind="date"
                    label=tu_string!(i18n, settings.audit.until)
                    value=Signal::derive(move || query.get().until)
                />
                <Button kind="submit" icon=icons::FILTER>{tu_string!(i18n, settings.audit.filter)}</Button>
                {move || {
                    let address = query.with(|query| query.address("/exports/audit.csv", None));
                    view! {
                        // A file, not a page of the dashboard.
                        <a class="btn btn-sm" href=address rel="external" download="audit.csv">
                            {tu_string!(i18n, settings.audit.export)}
                        </a>
                    }
                }}
            </form>
            <Loaded resource=list children=move |page| view! { <Entries page query=query.get_untracked() /> } />
        </Page>
    }
}

/// What the address says; days are those of the organization's time zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Query {
    #[serde(default)]
    action: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
    #[serde(default)]
    page: String,
}

impl Query {
    fn address(&self, path: &str, page: Option<i64>) -> String {
        let plain =
            |text: &str| text.chars().filter(|c| c.is_ascii_alphanumeric() || "._-".contains(*c)).collect::<String>();
        let page = page.map(|page| page.to_string()).unwrap_or_default();
        let pairs = [("action", &self.action), ("from", &self.from), ("until", &self.until), ("page", &page)];
        let pairs: Vec<_> = pairs
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| format!("{name}={}", plain(value)))
            .collect();
        format!("{path}?{}", pairs.join("&"))
    }
}

/// Looks whether the log is whole, when asked.
#[component]
fn Check() -> impl IntoView {
    let i18n = use_i18n();
    let verify = ServerAction::<rpc::VerifyAudit>::new();
    view! {
        <div class="mb-4 flex flex-wrap items-center gap-3">
            <Button icon=icons::SHIELD pending=verify.pending() on_click=move |_| {
                verify.dispatch(rpc::VerifyAudit {});
            }>{tu_string!(i18n, settings.audit.verify)}</Button>
            {move || {
                verify
                    .value()
                    .get()
                    .map(|result| match result {
                        Ok(None) => {
                            view! { <Alert tone=Tone::Success>{tu_string!(i18n, settings.audit.whole)}</Alert> }.into_any()
                        }
                        Ok(Some(seq)) => {
                            view! {
                                <Alert tone=Tone::Danger>{tu_string!(i18n, settings.audit.broken, number = seq.to_string())}</Alert>
                            }
                                .into_any()
                        }
                        Err(error) => {
                            view! { <Alert tone=Tone::Danger>{base::error_text(i18n, &error)}</Alert> }.into_any()
                        }
                    })
            }}
        </div>
    }
}

#[component]
fn Entries(page: Rows<AuditEntry>, query: Query) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() && page.page == 1 {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::SHIELD
                    title=tu_string!(i18n, settings.audit.empty)
                    text=tu_string!(i18n, settings.audit.empty_text)
                >
                    <ButtonLink href="/app/settings/audit">{tu_string!(i18n, settings.audit.all)}</ButtonLink>
                </EmptyState>
            </Panel>
        }
        .into_any();
    }
    let (number, pages) = (page.page, page.pages());
    let columns = vec![
        Column::number("#"),
        Column::new(tu_string!(i18n, settings.audit.at)),
        Column::new(tu_string!(i18n, settings.audit.actor)),
        Column::new(tu_string!(i18n, settings.audit.action)),
        Column::new(tu_string!(i18n, settings.audit.change)),
    ];
    let rows = page.items.into_iter().map(|entry| view! { <Entry entry /> }).collect_view();
    let query = StoredValue::new(query);
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, settings.tabs.audit) columns>
                {rows}
            </Table>
        </Panel>
        <Pagination
            page=number
            pages
            href=move |page| query.with_value(|query| query.address("/app/settings/audit", Some(page)))
            label=tu_string!(i18n, common.pages.label)
            previous_label=tu_string!(i18n, common.pages.previous)
            next_label=tu_string!(i18n, common.pages.next)
            position=tu_string!(i18n, common.pages.of, page = number, pages = pages).to_string()
        />
    }
    .into_any()
}

#[component]
fn Entry(entry: AuditEntry) -> impl IntoView {
    let i18n = use_i18n();
    let states = [
        (tu_string!(i18n, settings.audit.before), entry.before),
        (tu_string!(i18n, settings.audit.after), entry.after),
    ];
    let states: Vec<_> = states
        .into_iter()
        .filter_map(|(name, state)| Some((name, serde_json::to_string_pretty(&state?).ok()?)))
        .collect();
    let change = (!states.is_empty()).then(|| {
        view! {
            <details>
                <summary class="link link-hover cursor-pointer text-sm">{tu_string!(i18n, settings.audit.show)}</summary>
                {states
                    .into_iter()
                    .map(|(name, text)| {
                        view! {
                            <p class="text-muted mt-2 text-xs">{name}</p>
                            <pre class="bg-base-200 max-w-md overflow-auto rounded p-2 text-xs">{text}</pre>
                        }
                    })
                    .collect_view()}
            </details>
        }
    });
    view! {
        <tr>
            <td class="text-end tabular-nums">{entry.seq}</td>
            <td class="whitespace-nowrap"><LocalTime at=entry.created_at /></td>
            <td>
                <span class="block">{entry.actor_name.unwrap_or(entry.actor_type)}</span>
                {entry
                    .impersonated
                    .then(|| view! { <span class="block text-sm text-warning">{tu_string!(i18n, settings.audit.impersonated)}</span> })}
                <span class="text-muted block text-xs">{entry.ip}</span>
            </td>
            <td><code class="text-xs">{entry.action}</code></td>
            <td>{change}</td>
        </tr>
    }
}
