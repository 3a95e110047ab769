//! `/admin/webhooks`: webhooks that do not get their deliveries through.

use base::{Loaded, Page, Panel, not_delivered_text};
use i18n::*;
use leptos::prelude::*;
use types::platform::FailingWebhook;
use ui::{Badge, Column, EmptyState, RelativeTime, Table, Tone, icons};

use crate::{rpc::load_failing_webhooks, words::number};

/// Failing webhooks of all organizations.
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let i18n = use_i18n();
    let list = Resource::new(|| (), |()| load_failing_webhooks());
    view! {
        <Page
            title=tu_string!(i18n, admin.webhooks.title)
            subtitle=tu_string!(i18n, admin.counted)
            width="max-w-6xl"
        >
            <Loaded resource=list children=move |list| view! { <Webhooks list /> } />
        </Page>
    }
}

#[component]
fn Webhooks(list: Vec<FailingWebhook>) -> impl IntoView {
    let i18n = use_i18n();
    if list.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::CIRCLE_CHECK
                    title=tu_string!(i18n, admin.webhooks.empty)
                    text=tu_string!(i18n, admin.webhooks.empty_text)
                />
            </Panel>
        }
        .into_any();
    }
    let columns = vec![
        Column::new(tu_string!(i18n, admin.organization.one)),
        Column::new(tu_string!(i18n, admin.webhooks.address)),
        Column::new(tu_string!(i18n, admin.webhooks.since)),
        Column::number(tu_string!(i18n, admin.webhooks.pending)),
        Column::new(tu_string!(i18n, admin.jobs.why)),
    ];
    let rows = list
        .into_iter()
        .map(|hook| {
            let off = (!hook.is_active)
                .then(|| view! { <Badge tone=Tone::Danger>{tu_string!(i18n, admin.webhooks.off)}</Badge> });
            let why = hook.failure.map(|why| not_delivered_text(i18n, &why));
            view! {
                <tr>
                    <td>
                        <a href=format!("/admin/organizations/{}", hook.organization_id) class="link">
                            {hook.organization_name}
                        </a>
                    </td>
                    <td class="break-all">{hook.url} " " {off}</td>
                    <td class="whitespace-nowrap">{hook.failing_since.map(|at| view! { <RelativeTime at /> })}</td>
                    <td class="text-end tabular-nums">{number(i18n, hook.pending)}</td>
                    <td class="max-w-md break-words">{why}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, admin.webhooks.title) columns>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}
