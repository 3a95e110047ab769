//! `/admin/sources`: sources of knowledge in trouble.

use base::{Loaded, Page, Panel, not_read_text};
use i18n::*;
use leptos::prelude::*;
use types::platform::FailingSource;
use ui::{Column, EmptyState, RelativeTime, Table, icons};

use crate::rpc::load_failing_sources;

/// Failed sources of all organizations.
#[component]
pub fn SourcesPage() -> impl IntoView {
    let i18n = use_i18n();
    let list = Resource::new(|| (), |()| load_failing_sources());
    view! {
        <Page
            title=tu_string!(i18n, admin.sources.title)
            subtitle=tu_string!(i18n, admin.counted)
            width="max-w-6xl"
        >
            <Loaded resource=list children=move |list| view! { <Sources list /> } />
        </Page>
    }
}

#[component]
fn Sources(list: Vec<FailingSource>) -> impl IntoView {
    let i18n = use_i18n();
    if list.is_empty() {
        return view! {
            <Panel>
                <EmptyState
                    icon=icons::CIRCLE_CHECK
                    title=tu_string!(i18n, admin.sources.empty)
                    text=tu_string!(i18n, admin.sources.empty_text)
                />
            </Panel>
        }
        .into_any();
    }
    let columns = vec![
        Column::new(tu_string!(i18n, admin.organization.one)),
        Column::new(tu_string!(i18n, admin.sources.source)),
        Column::new(tu_string!(i18n, admin.jobs.why)),
        Column::new(tu_string!(i18n, admin.sources.at)),
    ];
    let rows = list
        .into_iter()
        .map(|source| {
            view! {
                <tr>
                    <td>
                        <a href=format!("/admin/organizations/{}", source.organization_id) class="link">
                            {source.organization_name}
                        </a>
                    </td>
                    <td>{source.name} <span class="block text-xs text-muted break-all">{source.location}</span></td>
                    <td class="max-w-md break-words">{source.reason.map(|why| not_read_text(i18n, &why))}</td>
                    <td class="whitespace-nowrap"><RelativeTime at=source.updated_at /></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, admin.sources.title) columns>
                {rows}
            </Table>
        </Panel>
    }
    .into_any()
}
