use i18n::*;
use leptos::prelude::*;
use types::{
    agent::{Decision, Passage, PromptMessage, Trace},
    permission::Permission,
};

use crate::{PassageCard, decision_text::decision_text, use_me};

/// How an agent's answer came about, for the inbox and the playground.
#[component]
pub fn TraceView(trace: Trace) -> impl IntoView {
    let i18n = use_i18n();
    let number = |value: i32| format_number(i18n.get_locale_untracked(), value.into());
    let ms = |value: i32| format!("{} ms", number(value));
    let first = trace.first_token_ms.map_or_else(|| "–".to_owned(), ms);
    let facts = [
        (tu_string!(i18n, agents.trace.question), trace.question),
        (tu_string!(i18n, agents.trace.decision), decision(i18n, trace.decision).to_owned()),
        (tu_string!(i18n, agents.trace.reason), trace.why.map(|why| decision_text(i18n, &why)).unwrap_or_default()),
        (tu_string!(i18n, agents.trace.model), trace.model),
        (
            tu_string!(i18n, agents.trace.tokens),
            format!("{} / {}", number(trace.input_tokens), number(trace.output_tokens)),
        ),
        (
            tu_string!(i18n, agents.trace.times),
            format!("{} / {first} / {}", ms(trace.retrieval_ms), ms(trace.total_ms)),
        ),
    ];
    let facts = facts
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(label, value)| {
            view! {
                <dt class="text-muted">{label}</dt>
                <dd class="break-words">{value}</dd>
            }
        })
        .collect_view();
    let found = if untrack(|| use_me().may(Permission::KnowledgeRead)) {
        view! { <Found passages=trace.passages prompt=trace.prompt /> }.into_any()
    } else {
        view! { <p class="text-muted">{tu_string!(i18n, agents.trace.no_knowledge)}</p> }.into_any()
    };
    view! {
        <div class="space-y-3">
            <dl class="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">{facts}</dl>
            {found}
        </div>
    }
}

/// What was decided about a question.
fn decision(i18n: I18n, decision: Decision) -> &'static str {
    match decision {
        Decision::Curated => tu_string!(i18n, agents.trace.curated),
        Decision::Generated => tu_string!(i18n, agents.trace.generated),
        Decision::Extracted => tu_string!(i18n, agents.trace.extracted),
        Decision::Greeting => tu_string!(i18n, agents.trace.greeting),
        Decision::AskBack => tu_string!(i18n, agents.trace.ask_back),
        Decision::HandOff => tu_string!(i18n, agents.trace.hand_off),
    }
}

/// What was found, and what a model was sent with it.
#[component]
fn Found(passages: Vec<Passage>, prompt: Vec<PromptMessage>) -> impl IntoView {
    let i18n = use_i18n();
    let passages = if passages.is_empty() {
        view! { <p class="text-muted">{tu_string!(i18n, agents.trace.no_passages)}</p> }.into_any()
    } else {
        let cards =
            passages.into_iter().map(|passage| view! { <PassageCard passage text_class="text-muted line-clamp-3" /> });
        view! { <ol class="space-y-2">{cards.collect_view()}</ol> }.into_any()
    };
    let prompt = if prompt.is_empty() {
        view! { <p class="text-muted">{tu_string!(i18n, agents.trace.no_prompt)}</p> }.into_any()
    } else {
        let parts = prompt.into_iter().map(|part| {
            view! {
                <p class="mt-2 font-medium">{part.role}</p>
                <pre class="bg-base-200 max-h-80 overflow-auto rounded p-2 text-xs whitespace-pre-wrap" tabindex="0">
                    {part.content}
                </pre>
            }
        });
        view! {
            <details>
                <summary class="cursor-pointer font-semibold">{tu_string!(i18n, agents.trace.prompt)}</summary>
                {parts.collect_view()}
            </details>
        }
        .into_any()
    };
    view! {
        <p class="font-semibold">{tu_string!(i18n, agents.trace.passages)}</p>
        {passages}
        {prompt}
    }
}
