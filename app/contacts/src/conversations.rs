use i18n::*;
use leptos::prelude::*;
use leptos_router::components::A;
use types::conversation::{ConversationStatus, ConversationSummary};
use ui::{Badge, RelativeTime, Tone};

/// A contact's conversations as links into the inbox.
#[component]
pub fn ConversationLinks(conversations: Vec<ConversationSummary>) -> impl IntoView {
    let i18n = use_i18n();
    if conversations.is_empty() {
        return view! { <p class="p-4 text-muted">{tu_string!(i18n, contacts.conversations_none)}</p> }.into_any();
    }
    let rows = conversations
        .into_iter()
        .map(|conversation| {
            let (tone, status) = match conversation.status {
                ConversationStatus::Active => (Tone::Success, tu_string!(i18n, contacts.status_active)),
                ConversationStatus::Closed => (Tone::Neutral, tu_string!(i18n, contacts.status_closed)),
                ConversationStatus::Archived => (Tone::Neutral, tu_string!(i18n, contacts.status_archived)),
            };
            view! {
                <li>
                    <A
                        href=format!("/app/inbox/{}", conversation.id)
                        attr:class="flex flex-col gap-1 px-4 py-2.5 hover:bg-base-200"
                    >
                        <span class="flex items-center gap-2">
                            <span class="truncate font-medium">{conversation.channel_name}</span>
                            <Badge tone>{status}</Badge>
                            <RelativeTime
                                at=conversation.last_message_at
                                class="ms-auto whitespace-nowrap text-sm text-muted"
                            />
                        </span>
                        <span class="truncate text-muted">{conversation.last_message_preview}</span>
                    </A>
                </li>
            }
        })
        .collect_view();
    view! { <ul class="divide-y divide-line">{rows}</ul> }.into_any()
}
