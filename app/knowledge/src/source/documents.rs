use i18n::*;
use leptos::prelude::*;
use types::{id::SourceId, knowledge::DocumentSummary, page::Page};
use ui::{Column, EmptyState, Pagination, Table, icons};

/// The documents of a source, a page at a time.
#[component]
pub fn Documents(list: Page<DocumentSummary>, source: SourceId) -> impl IntoView {
    let i18n = use_i18n();
    if list.items.is_empty() && list.page == 1 {
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
