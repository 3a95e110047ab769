//! `/app/knowledge/search`: what an agent would find for a question. The question stands in the address.

use base::{Loaded, Page, Panel, PassageCard};
use i18n::*;
use leptos::prelude::*;
use leptos_router::{components::Form, hooks::use_query_map};
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
                            {passages.into_iter().map(|passage| view! { <PassageCard passage text_class="whitespace-pre-line" /> }).collect_view()}
                        </ol>
                    }.into_any(),
                }}
            </Loaded>
        </Page>
    }
}
