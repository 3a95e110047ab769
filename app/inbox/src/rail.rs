use i18n::*;
use leptos::prelude::*;
use types::{
    conversation::{InboxCounts, InboxFilter, InboxList},
    id::ConversationId,
};
use ui::{Icon, icons};

use crate::{context::use_inbox, query, words};

/// The lists, each with its unread conversations.
#[component]
pub fn Rail() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let entry = move |list: InboxList| {
        // Another list begins at its first page, with the same filters.
        let href = move || {
            query::href(&InboxFilter { list: Some(list), page: None, ..inbox.filter.get() }, None::<ConversationId>)
        };
        let current = move || (inbox.filter.get().list == Some(list)).then_some("true");
        view! {
            <li>
                <a href=href class="rail-link" aria-current=current>
                    <Icon glyph=words::list_glyph(list) />
                    <span class="truncate">{words::list(i18n, list)}</span>
                    <Unread list />
                </a>
            </li>
        }
    };
    view! {
        <nav class="inbox-rail" aria-label=tu_string!(i18n, inbox.lists)>
            <ul class="rail-lists">{InboxList::ALL.iter().map(|list| entry(*list)).collect_view()}</ul>
            <ul class="rail-more">
                <li>
                    <a href="/app/inbox/canned" class="rail-link">
                        <Icon glyph=icons::ZAP />
                        <span class="truncate">{tu_string!(i18n, inbox.canned_link)}</span>
                    </a>
                </li>
            </ul>
        </nav>
    }
}

#[component]
fn Unread(list: InboxList) -> impl IntoView {
    let i18n = use_i18n();
    let counts = base::use_counts();
    let of = move |counts: InboxCounts| match list {
        InboxList::Mine => counts.mine,
        InboxList::Unassigned => counts.unassigned,
        InboxList::Agent => counts.agent,
        InboxList::All => counts.all,
        InboxList::Snoozed | InboxList::Closed => 0,
    };
    view! {
        <Transition fallback=|| ()>
            {move || {
                let unread = counts.get().map_or(0, of);
                let text = InboxCounts::text(unread);
                (unread > 0)
                    .then(|| {
                        view! {
                            <span class="rail-count">
                                <span aria-hidden="true">{text.clone()}</span>
                                <span class="sr-only">
                                    {tu_string!(i18n, inbox.unread_in_list, count = text).to_string()}
                                </span>
                            </span>
                        }
                    })
            }}
        </Transition>
    }
}
