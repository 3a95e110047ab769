//! `/app/knowledge/:id`: one source, its reading, its documents and the pages that failed.

mod actions;
mod documents;

use base::{Loaded, Page, Panel, id_in_path, not_read_text, use_live, use_me};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    event::EventName,
    id::SourceId,
    knowledge::{Source, SourceType, SyncPage},
    permission::Permission,
};
use ui::{Alert, Column, RelativeTime, Table, Tone};

use self::{
    actions::{Acts, Deletion, SourceActions},
    documents::Documents,
};
use crate::{
    rpc,
    status::{StatusBadge, SyncProgress},
};

/// The page of one source.
#[component]
pub fn SourcePage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<SourceId>("id");
    let query = use_query_map();
    let number =
        Memo::new(move |_| query.with(|query| query.get("page").and_then(|page| page.parse().ok())).unwrap_or(1));
    let source = Resource::new(move || id.get(), rpc::load_source);
    let documents = Resource::new(move || (id.get(), number.get()), |(id, page)| rpc::load_documents(id, page));
    let failed = Resource::new(move || id.get(), rpc::load_failed_pages);
    let acts = Acts::new(Callback::new(move |()| source.refetch()));
    let load_again = move || {
        if !acts.is_gone.get_untracked() {
            source.refetch();
            documents.refetch();
            failed.refetch();
        }
    };
    let live = use_live();
    live.on_event(move |event| match event.name {
        // It bears the sync's id, and a sync that has just begun is not known here.
        EventName::SyncUpdated => load_again(),
        EventName::SourceUpdated | EventName::SourceDeleted if event.resource_id == id.get_untracked().0 => {
            load_again();
        }
        _ => {}
    });
    live.on_reload(load_again);
    let name = Signal::derive(move || source.get().and_then(Result::ok).map_or_else(String::new, |source| source.name));
    let me = use_me();
    let may_write = move || me.may(Permission::KnowledgeWrite) && source.with(|source| matches!(source, Some(Ok(_))));
    view! {
        <Page title=name back=("/app/knowledge".to_owned(), tu_string!(i18n, common.nav.knowledge))>
            <div class="space-y-4">
                <Panel class="space-y-4 p-4">
                    <Loaded resource=source let:found>
                        <SourceHead source=found />
                    </Loaded>
                    <Transition>
                        <Show when=may_write>
                            <SourceActions id source acts />
                        </Show>
                    </Transition>
                </Panel>
                <Loaded resource=failed fallback=|| () let:pages>
                    {(!pages.items.is_empty()).then(|| view! { <FailedPages pages=pages.items.clone() /> })}
                </Loaded>
                <Panel title=tu_string!(i18n, knowledge.source.documents)>
                    <Loaded resource=documents let:list>
                        <Documents list source=id.get_untracked() />
                    </Loaded>
                </Panel>
                <Transition>
                    <Show when=may_write>
                        <Deletion id name acts />
                    </Show>
                </Transition>
            </div>
        </Page>
    }
}

#[component]
fn SourceHead(source: Source) -> impl IntoView {
    let i18n = use_i18n();
    let location = match source.source_type {
        SourceType::Url => view! {
            <a class="link break-all" href=source.location.clone() rel="noopener noreferrer" target="_blank">
                {source.location.clone()}
            </a>
        }
        .into_any(),
        SourceType::File | SourceType::Text => source.location.clone().into_any(),
    };
    let failure = source.failure.as_ref().map(|why| not_read_text(i18n, why));
    let failure = failure.map(|why| view! { <Alert tone=Tone::Danger>{why}</Alert> });
    let next = source.next_sync_at.map(|at| {
        view! {
            <span class="text-muted">{tu_string!(i18n, knowledge.source.next_sync)} ": " <RelativeTime at /></span>
        }
    });
    let last = source.last_sync_at.map(|at| {
        view! {
            <span class="text-muted">{tu_string!(i18n, knowledge.source.last_sync)} ": " <RelativeTime at /></span>
        }
    });
    view! {
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
            <StatusBadge source=source.clone() />
            {location}
            {last}
            {next}
        </div>
        {failure}
        {source.sync.clone().map(|sync| view! { <SyncProgress sync /> })}
    }
}

#[component]
fn FailedPages(pages: Vec<SyncPage>) -> impl IntoView {
    let i18n = use_i18n();
    let columns =
        vec![Column::new(tu_string!(i18n, knowledge.sync.page)), Column::new(tu_string!(i18n, knowledge.sync.reason))];
    let rows = pages
        .into_iter()
        .map(|page| {
            view! {
                <tr>
                    <td class="break-all">{page.location}</td>
                    <td>{page.reason.map(|why| not_read_text(i18n, &why))}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Panel title=tu_string!(i18n, knowledge.sync.failed_pages)>
            <Table caption=tu_string!(i18n, knowledge.sync.failed_pages) columns>
                {rows}
            </Table>
        </Panel>
    }
}
