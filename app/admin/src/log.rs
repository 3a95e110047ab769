//! `/admin/audit`: what operators did.

use base::{ActionForm, FormErrors, Loaded, Page, Panel, action_error};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    page::Page as Rows,
    platform::{PlatformLogEntry, PlatformLogFilter},
};
use ui::{Alert, Button, Column, EmptyState, LocalTime, Table, TextField, Tone, icons};

use crate::{
    rpc::{VerifyPlatformLog, load_platform_log},
    words::{Pages, text},
};

/// The operators' log, newest first.
#[component]
pub fn LogPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let filter = Memo::new(move |_| {
        map.with(|map| PlatformLogFilter {
            action: text(map, "action"),
            resource_id: text(map, "resource").parse().ok(),
            page: text(map, "page").parse().ok(),
        })
    });
    let list = Resource::new(move || filter.get(), load_platform_log);
    view! {
        <Page title=tu_string!(i18n, admin.log.title) subtitle=tu_string!(i18n, admin.log.intro) width="max-w-6xl">
            <Check />
            <form method="get" action="/admin/audit" class="mb-4 flex flex-wrap items-end gap-3">
                <TextField
                    name="action"
                    label=tu_string!(i18n, admin.log.action)
                    placeholder="organization.suspended"
                    value=Signal::derive(move || filter.get().action)
                />
                <Button kind="submit" icon=icons::FILTER>{tu_string!(i18n, admin.show)}</Button>
            </form>
            <Loaded resource=list children=move |page| view! { <Entries page /> } />
        </Page>
    }
}

/// Looks whether the log is whole, when asked.
#[component]
fn Check() -> impl IntoView {
    let i18n = use_i18n();
    let verify = ServerAction::<VerifyPlatformLog>::new();
    let told = move || {
        verify.value().get().and_then(Result::ok).map(|broken| match broken {
            None => view! { <Alert tone=Tone::Success>{tu_string!(i18n, admin.log.whole)}</Alert> }.into_any(),
            Some(seq) => {
                let text = tu_string!(i18n, admin.log.broken, number = seq).to_string();
                view! { <Alert tone=Tone::Danger>{text}</Alert> }.into_any()
            }
        })
    };
    view! {
        <FormErrors error=action_error(verify) />
        <div class="mb-4 flex flex-wrap items-center gap-3">
            <ActionForm action=verify>
                <Button kind="submit" icon=icons::SHIELD pending=verify.pending()>
                    {tu_string!(i18n, admin.log.verify)}
                </Button>
            </ActionForm>
            {told}
        </div>
    }
}

#[component]
fn Entries(page: Rows<PlatformLogEntry>) -> impl IntoView {
    let i18n = use_i18n();
    if page.items.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::SHIELD
                    title=tu_string!(i18n, admin.log.empty)
                    text=tu_string!(i18n, admin.log.intro)
                />
            </Panel>
        }
        .into_any();
    }
    let (at, pages) = (page.page, page.pages());
    let columns = vec![
        Column::number("#"),
        Column::new(tu_string!(i18n, admin.log.at)),
        Column::new(tu_string!(i18n, admin.log.actor)),
        Column::new(tu_string!(i18n, admin.log.action)),
        Column::new(tu_string!(i18n, admin.log.facts)),
    ];
    let rows = page
        .items
        .into_iter()
        .map(|entry| {
            let facts = [("−", entry.before), ("+", entry.after)]
                .into_iter()
                .filter_map(|(sign, facts)| Some((sign, facts?)))
                .map(|(sign, facts)| view! { <code class="block text-xs break-words">{format!("{sign} {facts}")}</code> })
                .collect_view();
            view! {
                <tr>
                    <td class="text-end tabular-nums">{entry.seq}</td>
                    <td class="whitespace-nowrap"><LocalTime at=entry.created_at /></td>
                    <td>{entry.actor_name} <span class="block text-xs text-muted">{entry.ip}</span></td>
                    <td>
                        <code class="text-xs">{entry.action}</code>
                        <span class="block text-xs text-muted">{entry.resource_id.map(|id| id.to_string())}</span>
                    </td>
                    <td class="max-w-md">{facts}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, admin.log.title) columns>
                {rows}
            </Table>
        </Panel>
        <Pages path="/admin/audit" page=at pages />
    }
    .into_any()
}
