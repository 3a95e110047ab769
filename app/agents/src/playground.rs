//! `/app/agents/:id/playground`: ask an agent and see how its answer came about.

use base::{AppError, Page, Panel, TraceView, error_text, id_in_path};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{PlaygroundAnswer, PlaygroundTurn},
    id::AgentId,
};
use ui::{Alert, Button, ButtonStyle, EmptyState, TextField, Tone, icons};

use crate::{editor::AgentTabs, rpc};

/// A question and what the agent made of it.
#[derive(Clone)]
struct Exchange {
    question: String,
    answer: Result<PlaygroundAnswer, AppError>,
}

/// The playground.
#[component]
pub fn PlaygroundPage() -> impl IntoView {
    let i18n = use_i18n();
    let id = id_in_path::<AgentId>("id");
    let agent = Resource::new(move || id.get(), rpc::load_agent);
    let title = move || agent.get().and_then(Result::ok).map_or_else(String::new, |agent| agent.name);
    view! {
        <Page title=Signal::derive(title) subtitle=tu_string!(i18n, agents.playground.intro) back=("/app/agents".to_owned(), tu_string!(i18n, common.nav.agents)) width="max-w-3xl">
            <AgentTabs id />
            // Anew for another agent, who knows nothing of it.
            {move || view! { <Talk id=id.get() /> }}
        </Page>
    }
}

/// The conversation with an agent.
#[component]
fn Talk(id: AgentId) -> impl IntoView {
    let i18n = use_i18n();
    let exchanges = RwSignal::new(Vec::<Exchange>::new());
    let question = RwSignal::new(String::new());
    let ask = Action::new(move |question: &String| {
        let question = question.clone();
        let turns = turns(&exchanges.get_untracked(), &question);
        async move {
            let answer = rpc::ask(id, turns).await;
            exchanges.update(|list| list.push(Exchange { question, answer }));
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = question.get_untracked().trim().to_owned();
        if !text.is_empty() && !ask.pending().get_untracked() {
            question.set(String::new());
            ask.dispatch(text);
        }
    };
    view! {
        <Panel>
            <div class="space-y-6 p-4" role="log" aria-live="polite" aria-label=tu_string!(i18n, agents.tabs.playground)>
                <Show when=move || exchanges.with(Vec::is_empty) && !ask.pending().get()>
                    <EmptyState
                        icon=icons::SPARKLES
                        title=tu_string!(i18n, agents.playground.empty)
                        text=tu_string!(i18n, agents.playground.empty_text)
                    />
                </Show>
                <For
                    each=move || exchanges.get().into_iter().enumerate()
                    key=|(index, _)| *index
                    children=|(_, exchange)| view! { <ExchangeView exchange /> }
                />
                {move || {
                    ask.pending()
                        .get()
                        .then(|| {
                            view! {
                                <div class="space-y-3">
                                    <Question text=ask.input().get().unwrap_or_default() />
                                    <p class="text-muted flex items-center gap-2 text-sm">
                                        <span class="loading loading-dots loading-sm"></span>
                                        {tu_string!(i18n, agents.playground.thinking)}
                                    </p>
                                </div>
                            }
                        })
                }}
            </div>
            <form class="flex items-end gap-2 border-t border-line p-4" on:submit=submit>
                <TextField
                    class="grow"
                    name="question"
                    label=tu_string!(i18n, agents.playground.question)
                    placeholder=tu_string!(i18n, agents.playground.placeholder)
                    value=question
                    on_input=move |text| question.set(text)
                    autocomplete="off"
                    maxlength=2000
                />
                <Button kind="submit" style=ButtonStyle::Primary icon=icons::SEND pending=ask.pending()>
                    {tu_string!(i18n, agents.playground.ask)}
                </Button>
            </form>
        </Panel>
        <div class="mt-3">
            <Button
                style=ButtonStyle::Ghost
                icon=icons::ROTATE_CCW
                // What is still being asked belongs to the conversation that would end.
                disabled=ask.pending()
                on_click=move |_| exchanges.set(Vec::new())
            >
                {tu_string!(i18n, agents.playground.restart)}
            </Button>
        </div>
    }
}

/// What the agent is sent: the conversation so far and the new question.
fn turns(exchanges: &[Exchange], question: &str) -> Vec<PlaygroundTurn> {
    let mut turns = Vec::new();
    for exchange in exchanges {
        turns.push(PlaygroundTurn { is_user: true, content: exchange.question.clone() });
        if let Ok(answer) = &exchange.answer {
            turns.push(PlaygroundTurn { is_user: false, content: answer.content.clone() });
        }
    }
    turns.push(PlaygroundTurn { is_user: true, content: question.to_owned() });
    turns
}

#[component]
fn Question(text: String) -> impl IntoView {
    view! {
        <div class="flex justify-end">
            <p class="bg-primary text-primary-content max-w-[85%] rounded-lg px-3 py-2 break-words whitespace-pre-wrap">
                {text}
            </p>
        </div>
    }
}

#[component]
fn ExchangeView(exchange: Exchange) -> impl IntoView {
    let i18n = use_i18n();
    let answer = match exchange.answer {
        Ok(answer) => view! { <AnswerView answer /> }.into_any(),
        Err(error) => view! { <Alert tone=Tone::Danger>{error_text(i18n, &error)}</Alert> }.into_any(),
    };
    view! {
        <div class="space-y-3">
            <Question text=exchange.question />
            {answer}
        </div>
    }
}

#[component]
fn AnswerView(answer: PlaygroundAnswer) -> impl IntoView {
    let i18n = use_i18n();
    let citations = answer
        .citations
        .into_iter()
        .map(|citation| {
            let href = citation.url.clone().unwrap_or_default();
            let text = format!("[{}] {}", citation.index, citation.title);
            let chip = "badge badge-soft max-w-full";
            if href.is_empty() {
                view! { <span class=chip title=citation.excerpt><span class="truncate">{text}</span></span> }.into_any()
            } else {
                view! {
                    <a class=chip href=href target="_blank" rel="noopener noreferrer" title=citation.excerpt>
                        <span class="truncate">{text}</span>
                    </a>
                }
                .into_any()
            }
        })
        .collect_view();
    let hands_off = answer
        .hands_off
        .then(|| view! { <Alert tone=Tone::Info>{tu_string!(i18n, agents.playground.hands_off)}</Alert> });
    view! {
        <div class="space-y-2">
            // The server made this HTML safe.
            <div class="prose-message bg-base-200 max-w-[85%] rounded-lg px-3 py-2" inner_html=answer.html></div>
            <p class="flex flex-wrap gap-1">{citations}</p>
            {hands_off}
            <details class="text-sm">
                <summary class="text-muted cursor-pointer">{tu_string!(i18n, agents.trace.title)}</summary>
                <div class="mt-2 border-s-2 border-line ps-3">
                    <TraceView trace=answer.trace />
                </div>
            </details>
        </div>
    }
}
