//! How an agent's answer came about, on demand.

use base::decision_text;
use i18n::*;
use leptos::prelude::*;
use types::agent::{Passage, Trace};
use ui::{Drawer, Skeleton};

use super::state::use_thread;
use crate::{rpc, words};

/// The panel that shows the trace of an answer.
#[component]
pub fn TraceDrawer() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let open = RwSignal::new(false);
    Effect::new(move || open.set(state.traced.with(Option::is_some)));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = open.get();
        if was_open == Some(true) && !is_open {
            state.traced.set(None);
        }
        is_open
    });
    // With its message, so that what was loaded before is not taken for the answer.
    let trace = LocalResource::new(move || {
        let wanted = state.traced.get();
        async move {
            let id = wanted?;
            Some((id, rpc::get_trace(id).await))
        }
    });
    view! {
        <Drawer open title=tu_string!(i18n, inbox.trace) close_label=tu_string!(i18n, common.action.close)>
            {move || match trace.get().flatten().filter(|(id, _)| state.traced.get() == Some(*id)) {
                None => view! { <Skeleton class="h-40 w-full" /> }.into_any(),
                Some((_, Ok(Some(trace)))) => shown(i18n, trace).into_any(),
                Some((_, Ok(None))) => {
                    view! { <p class="text-muted">{tu_string!(i18n, inbox.trace_none)}</p> }.into_any()
                }
                Some((_, Err(_))) => {
                    view! { <p class="text-error" role="alert">{tu_string!(i18n, inbox.trace_failed)}</p> }.into_any()
                }
            }}
        </Drawer>
    }
}

fn shown(i18n: I18n, trace: Trace) -> impl IntoView {
    let number = |value: i32| format_number(i18n.get_locale_untracked(), i64::from(value));
    let ms = |value: i32| format!("{} ms", number(value));
    let first = trace.first_token_ms.map_or_else(|| "–".to_owned(), ms);
    let times = format!("{} / {first} / {}", ms(trace.retrieval_ms), ms(trace.total_ms));
    let tokens = format!("{} / {}", number(trace.input_tokens), number(trace.output_tokens));
    let facts = [
        (tu_string!(i18n, inbox.trace_question), trace.question),
        (tu_string!(i18n, inbox.trace_decision), words::decision(i18n, trace.decision).to_owned()),
        (tu_string!(i18n, inbox.trace_reason), trace.why.map(|why| decision_text(i18n, &why)).unwrap_or_default()),
        (tu_string!(i18n, inbox.trace_model), trace.model),
        (tu_string!(i18n, inbox.trace_tokens), tokens),
        (tu_string!(i18n, inbox.trace_times), times),
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
    let is_empty = trace.passages.is_empty();
    let passages = trace.passages.into_iter().map(|found| passage(i18n, found)).collect_view();
    let prompt = (!trace.prompt.is_empty()).then(|| {
        let parts = trace
            .prompt
            .into_iter()
            .map(|part| {
                view! {
                    <p class="mt-2 font-medium">{part.role}</p>
                    <pre class="source-text whitespace-pre-wrap text-xs">{part.content}</pre>
                }
            })
            .collect_view();
        view! {
            <details class="mt-4">
                <summary class="cursor-pointer font-semibold">{tu_string!(i18n, inbox.trace_prompt)}</summary>
                {parts}
            </details>
        }
    });
    view! {
        <dl class="grid grid-cols-[9rem_minmax(0,1fr)] gap-x-3 gap-y-1.5">{facts}</dl>
        <h3 class="mt-4 mb-1 font-semibold">{tu_string!(i18n, inbox.trace_passages)}</h3>
        {is_empty.then(|| view! { <p class="text-muted">{tu_string!(i18n, inbox.trace_no_passages)}</p> })}
        <ol class="space-y-2">{passages}</ol>
        {prompt}
    }
}

fn passage(i18n: I18n, found: Passage) -> impl IntoView {
    let locale = i18n.get_locale_untracked();
    let score = |label: &'static str, value: f32| {
        view! {
            <span class="tabular-nums">
                <span class="text-muted">{label} " "</span>
                {format_decimal(locale, f64::from(value), 2)}
            </span>
        }
    };
    view! {
        <li class="panel p-3">
            <p class="font-medium">{found.title}</p>
            <p class="text-sm text-muted">{found.heading_path.join(" › ")}</p>
            <p class="flex flex-wrap gap-x-3 text-sm">
                {score(tu_string!(i18n, inbox.trace_score), found.score)}
                {score(tu_string!(i18n, inbox.trace_vector), found.vector_score)}
                {score(tu_string!(i18n, inbox.trace_words), found.text_score)}
            </p>
            <p class="mt-1 line-clamp-4 text-sm">{found.content}</p>
        </li>
    }
}
