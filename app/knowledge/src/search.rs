//! `/app/knowledge/search`: what an agent would find for a question. The question stands in the address.

use base::{Loaded, Page, Panel};
use i18n::*;
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};
use types::agent::Passage;
use ui::{Button, ButtonStyle, EmptyState, TextField, icons};

use crate::{rpc, tabs::KnowledgeTabs};

/// The page with the question and the ranked passages.
#[component]
pub fn SearchPage() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let question = Memo::new(move |_| query.with(|query| query.get("q")).unwrap_or_default().trim().to_owned());
    let found = Resource::new(
        move || question.get(),
        |question| async move { if question.is_empty() { Ok(None) } else { rpc::search(question).await.map(Some) } },
    );
    view! {
        <Page title=tu_string!(i18n, knowledge.search.title) subtitle=tu_string!(i18n, knowledge.search.intro)>
            <KnowledgeTabs />
            <Form method="GET" action="" attr:class="mb-4 flex items-end gap-2" attr:role="search">
                <TextField
                    class="grow"
                    name="q"
                    kind="search"
                    label=tu_string!(i18n, knowledge.search.query)
                    placeholder=tu_string!(i18n, knowledge.search.placeholder)
                    value=question
                    maxlength=500
                />
                <Button kind="submit" style=ButtonStyle::Primary icon=icons::SEARCH>
                    {tu_string!(i18n, knowledge.search.go)}
                </Button>
            </Form>
            <Loaded resource=found let:found>
                {match found {
                    None => view! { <Panel><EmptyState
                        icon=icons::SEARCH
                        title=tu_string!(i18n, knowledge.search.start)
                        text=tu_string!(i18n, knowledge.search.start_text)
                    /></Panel> }.into_any(),
                    Some(passages) if passages.is_empty() => view! { <Panel><EmptyState
                        icon=icons::SEARCH
                        title=tu_string!(i18n, knowledge.search.nothing)
                        text=tu_string!(i18n, knowledge.search.nothing_text)
                    /></Panel> }.into_any(),
                    Some(passages) => view! {
                        <ol class="space-y-3">
                            {passages.into_iter().map(|passage| view! { <PassageCard passage /> }).collect_view()}
                        </ol>
                    }.into_any(),
                }}
            </Loaded>
        </Page>
    }
}

#[component]
fn PassageCard(passage: Passage) -> impl IntoView {
    let i18n = use_i18n();
    let score = |label: &'static str, value: f32| {
        view! {
            <span class="whitespace-nowrap">
                {label} " " <strong class="tabular-nums">{format_decimal(i18n.get_locale_untracked(), value.into(), 2)}</strong>
            </span>
        }
    };
    let href = format!(
        "/app/knowledge/{}/documents/{}?passage={}#passage",
        passage.source_id, passage.document_id, passage.chunk_id
    );
    view! {
        <li class="panel p-4">
            <p class="flex flex-wrap items-baseline justify-between gap-2">
                <a class="font-medium hover:underline" href=href>{passage.title.clone()}</a>
                <span class="text-muted flex flex-wrap gap-3 text-xs">
                    {score(tu_string!(i18n, knowledge.search.score), passage.score)}
                    {score(tu_string!(i18n, knowledge.search.meaning), passage.vector_score)}
                    {score(tu_string!(i18n, knowledge.search.words), passage.text_score)}
                </span>
            </p>
            <p class="text-muted text-xs">{passage.heading_path.join(" › ")}</p>
            <p class="mt-2 text-sm whitespace-pre-line">{passage.content}</p>
        </li>
    }
}
