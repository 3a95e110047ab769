use i18n::*;
use leptos::prelude::*;
use ui::{Icon, icons};

/// A picture, in words, of how a conversation goes: question, cited answer, a person takes over.
#[component]
pub fn Example() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <figure class="example">
            <figcaption class="sr-only">{tu_string!(i18n, account.example.caption)}</figcaption>
            <div class="example-head">
                <span class="example-agent"><Icon glyph=icons::BOT /></span>
                <div class="min-w-0">
                    <p class="font-semibold leading-tight">{tu_string!(i18n, account.example.agent)}</p>
                    <p class="text-xs text-muted">{tu_string!(i18n, account.example.agent_role)}</p>
                </div>
            </div>
            <div class="flex flex-col gap-3 p-4">
                <p class="bubble bubble-out">{tu_string!(i18n, account.example.question)}</p>
                <div class="bubble bubble-in">
                    <p>
                        {tu_string!(i18n, account.example.answer)}
                        <span class="citation">"1"</span>
                    </p>
                    <p class="example-source">
                        <Icon glyph=icons::FILE_TEXT class="size-3.5" />
                        {tu_string!(i18n, account.example.source)}
                    </p>
                </div>
                <p class="bubble bubble-out">{tu_string!(i18n, account.example.request)}</p>
                <p class="example-line">{tu_string!(i18n, account.example.joined)}</p>
                <p class="bubble bubble-in">{tu_string!(i18n, account.example.person)}</p>
            </div>
        </figure>
    }
}
