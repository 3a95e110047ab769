//! `/app/knowledge/:id`: one source, its reading, its documents and the pages that failed.

use base::{Loaded, Page, Panel, error_text, use_live, use_me};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use types::{
    event::EventName,
    id::SourceId,
    knowledge::{DocumentSummary, Schedule, Source, SourceType, SyncPage, SyncStatus},
    page,
    permission::Permission,
};
use ui::{
    Alert, Button, Column, Confirm, EmptyState, Pagination, RelativeTime, Select, Table, Tone, icons, use_toasts,
};

use crate::{
    add::schedules,
    rpc::{self, CancelSync, DeleteSource, SetSchedule, SyncSource},
    status::{StatusBadge, SyncProgress},
};

/// The id in the address; an id that cannot be is answered like one that does not exist.
pub fn id_in_path<T>(name: &'static str) -> Memo<T>
where
    T: From<uuid::Uuid> + PartialEq + Send + Sync + 'static,
{
    let params = use_params_map();
    Memo::new(move |_| {
        params.with(|params| params.get(name).and_then(|id| id.parse::<uuid::Uuid>().ok()).unwrap_or_default()).into()
    })
}

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
    use_live().on_event(move |event| {
        if event.resource_id == id.get_untracked().0
            && matches!(event.name, EventName::SyncUpdated | EventName::SourceUpdated)
        {
            source.refetch();
            documents.refetch();
            failed.refetch();
        }
    });
    let title = move || source.get().and_then(Result::ok).map_or_else(String::new, |source| source.name);
    view! {
        <Page title=Signal::derive(title) back=("/app/knowledge".to_owned(), tu_string!(i18n, common.nav.knowledge))>
            <div class="space-y-4">
                <Loaded resource=source let:found>
                    <SourceHead source=found on_change=Callback::new(move |()| source.refetch()) />
                </Loaded>
                <Loaded resource=failed fallback=|| () let:pages>
                    {(!pages.items.is_empty()).then(|| view! { <FailedPages pages=pages.items.clone() /> })}
                </Loaded>
                <Panel title=tu_string!(i18n, knowledge.source.documents)>
                    <Loaded resource=documents let:list>
                        <Documents list source=id.get_untracked() />
                    </Loaded>
                </Panel>
            </div>
        </Page>
    }
}

#[component]
fn SourceHead(source: Source, on_change: Callback<()>) -> impl IntoView {
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
    let reason = source.failure_reason.clone().map(|reason| view! { <Alert tone=Tone::Danger>{reason}</Alert> });
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
        <Panel class="space-y-4 p-4">
            <div class="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm">
                <StatusBadge source=source.clone() />
                {location}
                {last}
                {next}
            </div>
            {reason}
            {source.sync.clone().map(|sync| view! { <SyncProgress sync /> })}
            <Show when=move || use_me().may(Permission::KnowledgeWrite)>
                <SourceActions source=source.clone() on_change />
            </Show>
        </Panel>
    }
}

#[component]
fn SourceActions(source: Source, on_change: Callback<()>) -> impl IntoView {
    let i18n = use_i18n();
    let toasts = use_toasts();
    let id = source.id;
    let (sync, cancel) = (ServerAction::<SyncSource>::new(), ServerAction::<CancelSync>::new());
    let (schedule, delete) = (ServerAction::<SetSchedule>::new(), ServerAction::<DeleteSource>::new());
    let confirm = RwSignal::new(false);
    let running = source.sync.as_ref().is_some_and(|sync| sync.status == SyncStatus::Running);
    let report = move |value: Option<Result<(), base::AppError>>, done: &'static str| match value {
        Some(Ok(())) => {
            toasts.success(done);
            on_change.run(());
        }
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    };
    Effect::new(move |_| report(sync.value().get(), tu_string!(i18n, knowledge.sync.started)));
    Effect::new(move |_| report(cancel.value().get(), tu_string!(i18n, knowledge.sync.cancelled)));
    Effect::new(move |_| report(schedule.value().get(), tu_string!(i18n, knowledge.sync.schedule_saved)));
    // There is nothing to load again: the list follows.
    Effect::new(move |_| match delete.value().get() {
        Some(Ok(())) => toasts.success(tu_string!(i18n, knowledge.sync.deleted)),
        Some(Err(error)) => toasts.error(error_text(i18n, &error)),
        None => {}
    });
    let set_schedule = Callback::new(move |value: String| {
        if let Ok(value) = value.parse::<Schedule>() {
            schedule.dispatch(SetSchedule { id, schedule: value });
        }
    });
    let read = if running {
        view! {
            <Button icon=icons::X pending=cancel.pending() on_click=move |_| _ = cancel.dispatch(CancelSync { id })>
                {tu_string!(i18n, knowledge.sync.cancel)}
            </Button>
        }
        .into_any()
    } else {
        view! {
            <Button icon=icons::REFRESH_CW pending=sync.pending() on_click=move |_| _ = sync.dispatch(SyncSource { id })>
                {tu_string!(i18n, knowledge.sync.now)}
            </Button>
        }
        .into_any()
    };
    let schedule_select = (source.source_type == SourceType::Url).then(|| {
        view! {
            <Select
                name="schedule"
                label=tu_string!(i18n, knowledge.form.schedule)
                options=schedules(i18n)
                value=source.schedule.to_string()
                on_change=set_schedule
            />
        }
    });
    let name = source.name.clone();
    view! {
        <div class="flex flex-wrap items-end gap-2">
            {schedule_select}
            {read}
            <Button class="text-error" icon=icons::TRASH_2 on_click=move |_| confirm.set(true)>
                {tu_string!(i18n, knowledge.sync.delete)}
            </Button>
        </div>
        <Confirm
            open=confirm
            title=tu_string!(i18n, knowledge.sync.delete_title, name = name)
            text=tu_string!(i18n, knowledge.sync.delete_text)
            confirm_label=tu_string!(i18n, common.action.delete)
            cancel_label=tu_string!(i18n, common.action.cancel)
            pending=delete.pending()
            on_confirm=move |()| _ = delete.dispatch(DeleteSource { id })
        />
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
                    <td>{page.reason}</td>
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

#[component]
fn Documents(list: page::Page<DocumentSummary>, source: SourceId) -> impl IntoView {
    let i18n = use_i18n();
    if list.items.is_empty() {
        return view! {
            <EmptyState
                icon=icons::FILE_TEXT
                title=tu_string!(i18n, knowledge.sync.no_documents)
                text=tu_string!(i18n, knowledge.sync.no_documents_text)
            />
        }
        .into_any();
    }
    let (number, pages) = (list.page, list.pages());
    let columns = vec![
        Column::new(tu_string!(i18n, knowledge.document.title)),
        Column::number(tu_string!(i18n, knowledge.document.passages)),
        Column::number(tu_string!(i18n, knowledge.document.characters)),
    ];
    let rows = list
        .items
        .into_iter()
        .map(|document| {
            let title = if document.title.is_empty() { document.location.clone() } else { document.title };
            let href = format!("/app/knowledge/{source}/documents/{}", document.id);
            view! {
                <tr>
                    <td class="max-w-0 w-2/3">
                        <a class="block truncate font-medium hover:underline" href=href>
                            {title}
                        </a>
                        <span class="text-muted block truncate text-xs">{document.location}</span>
                    </td>
                    <td class="text-end tabular-nums">{format_number(i18n.get_locale_untracked(), document.chunk_count)}</td>
                    <td class="text-end tabular-nums">{format_number(i18n.get_locale_untracked(), document.length.into())}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <Table caption=tu_string!(i18n, knowledge.source.documents) columns>
            {rows}
        </Table>
        <Pagination
            page=number
            pages
            href=move |page: i64| format!("/app/knowledge/{source}?page={page}")
            label=tu_string!(i18n, common.pages.label)
            previous_label=tu_string!(i18n, common.pages.previous)
            next_label=tu_string!(i18n, common.pages.next)
            position=tu_string!(i18n, common.pages.of, page = number, pages = pages)
        />
    }
    .into_any()
}
