//! What arrived while a reply was written: nobody answers what they have not read.

use i18n::*;
use leptos::prelude::*;
use types::message::{ContentType, Message};
use ui::{Button, ButtonStyle};

use super::state::ThreadState;

/// What others have said to the customer, or the customer has said, since a message.
pub fn since(state: ThreadState, seq: i64) -> Vec<Message> {
    let me = state.me.with_value(|me| me.member_id.0);
    state.entries.after(seq, |message| {
        !message.is_note && message.content_type != ContentType::Event && message.author_id != Some(me)
    })
}

/// Shows what arrived while the reply was written, and asks.
#[component]
pub fn NewsWarning(
    news: RwSignal<Vec<Message>>,
    #[prop(into)] on_send: Callback<()>,
    #[prop(into)] on_keep: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="news-warning" role="alertdialog" aria-label=tu_string!(i18n, inbox.conflict_title)>
            <p class="font-semibold">{tu_string!(i18n, inbox.conflict_title)}</p>
            <p class="text-sm text-muted">{tu_string!(i18n, inbox.conflict_body)}</p>
            <ul class="my-2 max-h-32 space-y-1 overflow-y-auto">
                <For each=move || news.get() key=|message| message.id let:message>
                    <li class="rounded-field bg-base-100 px-2 py-1">
                        <span class="font-medium">{message.author_name.clone()}</span>
                        " "
                        {message.content.clone()}
                    </li>
                </For>
            </ul>
            <div class="flex flex-wrap gap-2">
                <Button on_click=move |_| on_keep.run(())>{tu_string!(i18n, inbox.conflict_edit)}</Button>
                <Button style=ButtonStyle::Primary on_click=move |_| on_send.run(())>
                    {tu_string!(i18n, inbox.conflict_send)}
                </Button>
            </div>
        </div>
    }
}
