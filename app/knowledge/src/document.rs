//! `/app/knowledge/:id/documents/:document`: a document's text with its passages.

use base::{Loaded, Page, Panel, id_in_path};
use i18n::*;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use types::{
    id::{ChunkId, DocumentId, SourceId},
    knowledge::{Chunk, Document},
};
use ui::{ButtonLink, icons};

use crate::rpc;

/// The page of one document; `?passage=` marks a passage.
#[component]
pub fn DocumentPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<DocumentId>("document");
    let source = id_in_path::<SourceId>("id");
    let query = use_query_map();
    let passage =
        Memo::new(move |_| query.with(|query| query.get("passage").and_then(|id| id.parse::<ChunkId>().ok())));
    let document = Resource::new(move || id.get(), rpc::load_document);
    let title = move || document.get().and_then(Result::ok).map_or_else(String::new, |document| document.title);
    view! {
        <Page
            title=Signal::derive(title)
            back=(format!("/app/knowledge/{}", source.get_untracked()), tu_string!(i18n, knowledge.document.source))
            width="max-w-7xl"
        >
            <Loaded resource=document let:document>
                <DocumentView document passage />
            </Loaded>
        </Page>
    }
}

#[component]
fn DocumentView(document: Document, passage: Memo<Option<ChunkId>>) -> impl IntoView {
    let i18n = use_i18n();
    let content = StoredValue::new(document.content.chars().collect::<Vec<char>>());
    let chunks = StoredValue::new(document.chunks.clone());
    let marked = move || {
        passage.get().and_then(|id| chunks.with_value(|chunks| chunks.iter().find(|chunk| chunk.id == id).cloned()))
    };
    // Follows the marked passage into view; the browser does it by itself when the page is opened at the anchor.
    let parts = move || {
        content.with_value(|content| {
            let length = content.len();
            let (start, end) = marked().map_or((length, length), |chunk| range(&chunk, length));
            let text = |from: usize, to: usize| content[from..to].iter().collect::<String>();
            view! {
                {text(0, start)}
                {(start < end)
                    .then(|| {
                        view! {
                            <mark id="passage" class="rounded bg-warning/30 px-0.5 text-inherit">
                                {text(start, end)}
                            </mark>
                        }
                    })}
                {text(end, length)}
            }
        })
    };
    let link = document.location.starts_with("http").then(|| {
        view! {
            <ButtonLink href=document.location.clone() icon=icons::ARROW_UP_RIGHT>
                {tu_string!(i18n, knowledge.document.open)}
            </ButtonLink>
        }
    });
    let list = document.chunks.into_iter().map(|chunk| view! { <PassageLink chunk passage /> }).collect_view();
    view! {
        <p class="mb-4 flex flex-wrap items-center gap-3 text-muted">{document.source_name.clone()} {link}</p>
        <div class="grid items-start gap-4 lg:grid-cols-[2fr_1fr]">
            <Panel title=tu_string!(i18n, knowledge.document.text)>
                <div class="p-4 leading-relaxed break-words whitespace-pre-wrap">{parts}</div>
            </Panel>
            <Panel title=tu_string!(i18n, knowledge.document.passages)>
                <ol class="divide-y divide-line">{list}</ol>
            </Panel>
        </div>
    }
}

#[component]
fn PassageLink(chunk: Chunk, passage: Memo<Option<ChunkId>>) -> impl IntoView {
    let i18n = use_i18n();
    let id = chunk.id;
    let page = chunk.page.map(|page| tu_string!(i18n, knowledge.document.page, page = page).to_string());
    let heading = chunk.heading_path.join(" › ");
    view! {
        <li>
            <a
                href=format!("?passage={id}#passage")
                class="block px-4 py-3 text-sm hover:bg-base-200"
                aria-current=move || (passage.get() == Some(id)).then_some("true")
            >
                <span class="text-muted block text-xs">{chunk.ordinal + 1} " " {heading} " " {page}</span>
                <span class="line-clamp-3">{chunk.content}</span>
            </a>
        </li>
    }
}

/// A passage's character range, within a text of this length.
fn range(chunk: &Chunk, length: usize) -> (usize, usize) {
    let end = usize::try_from(chunk.char_end).unwrap_or_default().min(length);
    (usize::try_from(chunk.char_start).unwrap_or_default().min(end), end)
}
