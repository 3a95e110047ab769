//! How an answer came about.

use base::{decision_text, use_me};
use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{Decision, Passage, PromptMessage, Trace},
    permission::Permission,
};

/// The trace, folded up until it is asked for.
#[component]
pub fn TraceView(trace: Trace) -> impl IntoView {
    let i18n = use_i18n();
    let decision = match trace.decision {
        Decision::Curated => tu_string!(i18n, agents.playground.curated),
        Decision::Generated => tu_string!(i18n, agents.playground.generated),
        Decision::Extracted => tu_string!(i18n, agents.playground.extracted),
        Decision::Greeting => tu_string!(i18n, agents.playground.greeting),
        Decision::AskBack => tu_string!(i18n, agents.playground.ask_back),
        Decision::HandOff => tu_string!(i18n, agents.playground.hand_off),
    };
    let milliseconds = |value: Option<i32>| value.map_or_else(|| "–".to_owned(), |value| format!("{value} ms"));
    let times = format!(
        "{} · {} · {}",
        milliseconds(Some(trace.retrieval_ms)),
        milliseconds(trace.first_token_ms),
        milliseconds(Some(trace.total_ms))
    );
    let reason = trace.why.map(|why| format!(" ({})", decision_text(i18n, &why)));
    let model = if trace.model.is_empty() { "–".to_owned() } else { trace.model };
    let row = |label: &'static str, value: String| {
        view! {
            <dt class="text-muted">{label}</dt>
            <dd class="break-words">{value}</dd>
        }
    };
    let found = if untrack(|| use_me().may(Permission::KnowledgeRead)) {
        view! { <Found passages=trace.passages prompt=trace.prompt /> }.into_any()
    } else {
        view! { <p class="text-muted">{tu_string!(i18n, agents.playground.no_knowledge)}</p> }.into_any()
    };
    view! {
        <details class="text-sm">
            <summary class="text-muted cursor-pointer">{tu_string!(i18n, agents.playground.trace)}</summary>
            <div class="mt-2 space-y-3 border-s-2 border-line ps-3">
                <dl class="grid grid-cols-[max-content_1fr] gap-x-4 gap-y-1">
                    {row(tu_string!(i18n, agents.playground.decision), format!("{decision}{}", reason.unwrap_or_default()))}
                    {row(tu_string!(i18n, agents.playground.model), model)}
                    {row(
                        tu_string!(i18n, agents.playground.tokens),
                        format!("{} / {}", trace.input_tokens, trace.output_tokens),
                    )}
                    {row(tu_string!(i18n, agents.playground.times), times)}
                </dl>
                {found}
            </div>
        </details>
    }
}

/// What was found, and what a model was sent with it.
#[component]
fn Found(passages: Vec<Passage>, prompt: Vec<PromptMessage>) -> impl IntoView {
    let i18n = use_i18n();
    let prompt = if prompt.is_empty() {
        view! { <p class="text-muted">{tu_string!(i18n, agents.playground.no_prompt)}</p> }.into_any()
    } else {
        prompt
            .into_iter()
            .map(|message| {
                view! {
                    <p class="font-medium">{message.role}</p>
                    <pre class="bg-base-200 max-h-80 overflow-auto rounded p-2 text-xs whitespace-pre-wrap" tabindex="0">
                        {message.content}
                    </pre>
                }
            })
            .collect_view()
            .into_any()
    };
    let passages = passages.into_iter().map(|passage| view! { <PassageRow passage /> }).collect_view();
    view! {
        <p class="font-medium">{tu_string!(i18n, agents.playground.passages)}</p>
        <ol class="space-y-2">{passages}</ol>
        <p class="font-medium">{tu_string!(i18n, agents.playground.prompt)}</p>
        {prompt}
    }
}

#[component]
fn PassageRow(passage: Passage) -> impl IntoView {
    let i18n = use_i18n();
    let locale = i18n.get_locale_untracked();
    let scores = format!(
        "{} ({} {}, {} {})",
        format_decimal(locale, passage.score.into(), 2),
        tu_string!(i18n, knowledge.search.meaning),
        format_decimal(locale, passage.vector_score.into(), 2),
        tu_string!(i18n, knowledge.search.words),
        format_decimal(locale, passage.text_score.into(), 2),
    );
    let href = format!(
        "/app/knowledge/{}/documents/{}?passage={}#passage",
        passage.source_id, passage.document_id, passage.chunk_id
    );
    view! {
        <li>
            <p class="flex flex-wrap justify-between gap-2">
                <a class="link" href=href>{passage.title}</a>
                <span class="text-muted tabular-nums">{scores}</span>
            </p>
            <p class="text-muted line-clamp-3 text-xs">{passage.content}</p>
        </li>
    }
}
