use i18n::*;
use leptos::prelude::*;
use ui::{Avatar, Badge, Tone, icons};

use super::state::use_thread;

/// What the agent is writing at this moment.
#[component]
pub fn AgentDraft() -> impl IntoView {
    let i18n = use_i18n();
    let state = use_thread();
    let name = Memo::new(move |_| {
        state.conversation.with(|conversation| conversation.summary.agent_name.clone().unwrap_or_default())
    });
    let is_writing = Memo::new(move |_| state.draft.with(Option::is_some) || state.is_thinking.get());
    let html = move || state.draft.with(|draft| draft.as_ref().map(|draft| draft.html.clone()));
    let says = move || {
        let name = name.get();
        if state.draft.with(Option::is_some) {
            tu_string!(i18n, inbox.drafting, name = name).to_string()
        } else {
            tu_string!(i18n, inbox.thinking, name = name).to_string()
        }
    };
    view! {
        <Show when=move || is_writing.get()>
            <article class="message message-out message-agent message-draft" aria-live="off">
                <Avatar name=name.get_untracked() class="size-7" />
                <div class="message-body">
                    <header class="message-head">
                        <span class="font-medium">{says}</span>
                        <Badge tone=Tone::Info icon=icons::BOT>{tu_string!(i18n, inbox.ai)}</Badge>
                    </header>
                    <div class="message-bubble">
                        {move || match html() {
                            Some(html) => view! { <div class="message-text with-caret" inner_html=html></div> }.into_any(),
                            None => {
                                view! {
                                    <span class="typing-dots" aria-hidden="true">
                                        <i></i>
                                        <i></i>
                                        <i></i>
                                    </span>
                                }
                                .into_any()
                            }
                        }}
                    </div>
                </div>
            </article>
        </Show>
    }
}
