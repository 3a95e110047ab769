//! `/app/knowledge`: the list of sources.

use base::{Loaded, Page, Panel, use_live, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{event::EventName, knowledge::Source, permission::Permission};
use ui::{ButtonLink, ButtonStyle, Column, EmptyState, RelativeTime, Table, icons};

use crate::{rpc, status::StatusBadge, tabs::KnowledgeTabs};

/// The sources with their state, live.
#[component]
pub fn SourcesPage() -> impl IntoView {
    let i18n = use_i18n();
    let sources = Resource::new(|| (), |()| rpc::load_sources());
    let live = use_live();
    live.on_event(move |event| {
        if matches!(
            event.name,
            EventName::SyncUpdated | EventName::SourceCreated | EventName::SourceUpdated | EventName::SourceDeleted
        ) {
            sources.refetch();
        }
    });
    live.on_reload(move || sources.refetch());
    let me = use_me();
    let actions = move || {
        view! {
            <Transition>
                <Show when=move || me.may(Permission::KnowledgeWrite)>
                    <ButtonLink href="/app/knowledge/new" style=ButtonStyle::Primary icon=icons::PLUS>
                        {tu_string!(i18n, knowledge.source.add)}
                    </ButtonLink>
                </Show>
            </Transition>
        }
    };
    view! {
        <Page title=tu_string!(i18n, knowledge.title) subtitle=tu_string!(i18n, knowledge.intro) actions=actions>
            <KnowledgeTabs />
            <Loaded resource=sources let:sources>
                {if sources.is_empty() {
                    view! { <NoSources /> }.into_any()
                } else {
                    view! { <SourceTable sources /> }.into_any()
                }}
            </Loaded>
        </Page>
    }
}

#[component]
fn NoSources() -> impl IntoView {
    let i18n = use_i18n();
    let add = untrack(|| use_me().may(Permission::KnowledgeWrite)).then(|| {
        view! {
            <ButtonLink href="/app/knowledge/new/website" style=ButtonStyle::Primary icon=icons::GLOBE>
                {tu_string!(i18n, knowledge.form.new_website)}
            </ButtonLink>
        }
    });
    view! {
        <Panel>
            <EmptyState
                icon=icons::BOOK_OPEN
                title=tu_string!(i18n, knowledge.source.empty)
                text=tu_string!(i18n, knowledge.source.empty_text)
            >
                {add}
            </EmptyState>
        </Panel>
    }
}

#[component]
fn SourceTable(sources: Vec<Source>) -> impl IntoView {
    let i18n = use_i18n();
    let columns = vec![
        Column::new(tu_string!(i18n, knowledge.source.name)),
        Column::new(tu_string!(i18n, knowledge.source.status)),
        Column::classed(tu_string!(i18n, knowledge.source.documents), "text-end max-sm:hidden"),
        Column::classed(tu_string!(i18n, knowledge.source.passages), "text-end max-sm:hidden"),
        Column::classed(tu_string!(i18n, knowledge.source.last_sync), "max-sm:hidden"),
    ];
    let rows = sources.into_iter().map(|source| view! { <SourceRow source /> }.into_any()).collect_view();
    view! {
        <Panel>
            <Table caption=tu_string!(i18n, knowledge.source.list) columns>
                {rows}
            </Table>
        </Panel>
    }
}

#[component]
fn SourceRow(source: Source) -> impl IntoView {
    let i18n = use_i18n();
    let read = match source.last_sync_at {
        Some(at) => view! { <RelativeTime at /> }.into_any(),
        None => tu_string!(i18n, knowledge.source.never).into_any(),
    };
    let location = (source.location != source.name).then(|| source.location.clone());
    view! {
        <tr>
            <td class="max-w-0 w-1/2">
                <a class="block truncate font-medium hover:underline" href=format!("/app/knowledge/{}", source.id)>
                    {source.name.clone()}
                </a>
                <span class="text-muted block truncate text-xs">{location}</span>
            </td>
            <td>
                <StatusBadge source=source.clone() />
            </td>
            <td class="text-end tabular-nums max-sm:hidden">{format_number(i18n.get_locale_untracked(), source.document_count.into())}</td>
            <td class="text-end tabular-nums max-sm:hidden">{format_number(i18n.get_locale_untracked(), source.chunk_count.into())}</td>
            <td class="text-muted whitespace-nowrap max-sm:hidden">{read}</td>
        </tr>
    }
}
