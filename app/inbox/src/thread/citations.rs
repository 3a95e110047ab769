//! The passages that an answer rests on: numbered chips, each opening its source with the passage marked.

use i18n::*;
use leptos::{ev, prelude::*};
use types::message::Citation;
use ui::{Drawer, Icon, Skeleton, icons};

use super::state::use_thread;
use crate::{rpc, source::SourceText};

/// The chips below an answer. Without script they lead to the page or the document itself.
#[component]
pub fn Citations(citations: Vec<Citation>) -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    if citations.is_empty() {
        return ().into_any();
    }
    let chips = citations
        .into_iter()
        .map(|citation| {
            let href = citation.url.clone().unwrap_or_else(|| "/app/knowledge".to_owned());
            let (index, title) = (citation.index, citation.title.clone());
            view! {
                <li>
                    <a
                        class="citation-chip"
                        href=href
                        title=title.clone()
                        on:click=move |event: ev::MouseEvent| {
                            event.prevent_default();
                            state.citation.set(Some(citation.clone()));
                        }
                    >
                        <span class="sr-only">{tu_string!(i18n, inbox.source)}</span>
                        <span class="citation-number">{index}</span>
                        <span class="truncate">{title.clone()}</span>
                    </a>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="message-citations" aria-label=tu_string!(i18n, inbox.sources)>{chips}</ul> }.into_any()
}

/// The panel that shows the source of a citation.
#[component]
pub fn SourceDrawer() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let open = RwSignal::new(false);
    Effect::new(move || open.set(state.citation.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            state.citation.set(None);
        }
        is_open
    });
    // With its passage, so that what was loaded before is not taken for the answer.
    let source = LocalResource::new(move || {
        let wanted = state.citation.get();
        async move {
            let citation = wanted?;
            Some((citation.chunk_id, rpc::get_source(citation.document_id, citation.chunk_id).await))
        }
    });
    view! {
        <Drawer open title=tu_string!(i18n, inbox.source) close_label=tu_string!(i18n, common.action.close)>
            {move || {
                let citation = state.citation.get()?;
                let loading = view! { <Skeleton class="h-40 w-full" /> }.into_any();
                let body = match source.get().flatten().filter(|(chunk, _)| *chunk == citation.chunk_id) {
                    None => loading,
                    Some((_, Ok(Some(text)))) => marked(i18n, text).into_any(),
                    Some((_, Ok(None))) => kept(tu_string!(i18n, inbox.source_gone), &citation).into_any(),
                    Some((_, Err(_))) => kept(tu_string!(i18n, inbox.source_failed), &citation).into_any(),
                };
                Some(
                    view! {
                        <h3 class="text-base font-semibold">{citation.title.clone()}</h3>
                        <p class="mb-3 text-muted">{citation.heading.clone()}</p>
                        {body}
                        {citation
                            .url
                            .map(|url| {
                                view! {
                                    <a class="btn btn-sm mt-4" href=url target="_blank" rel="noopener noreferrer">
                                        <Icon glyph=icons::EXTERNAL_LINK />
                                        {tu_string!(i18n, inbox.source_page)}
                                    </a>
                                }
                            })}
                    },
                )
            }}
        </Drawer>
    }
}

/// The passage marked within its document.
fn marked(i18n: I18n, text: SourceText) -> impl IntoView {
    view! {
        <div class="source-text">
            {text.is_cut_before.then_some("… ")} {text.before} <mark>{text.passage}</mark> {text.after}
            {text.is_cut_after.then_some(" …")}
        </div>
        <a
            class="btn btn-sm mt-4 me-2"
            href=format!("/app/knowledge/{}/documents/{}", text.source_id, text.document_id)
        >
            <Icon glyph=icons::FILE_TEXT />
            {tu_string!(i18n, inbox.source_document)}
        </a>
    }
}

/// What the answer kept of the passage, when the document has it no more.
fn kept(note: &'static str, citation: &Citation) -> impl IntoView + use<> {
    view! {
        <p class="mb-2 text-muted">{note}</p>
        <blockquote class="source-text"><mark>{citation.excerpt.clone()}</mark></blockquote>
    }
}
