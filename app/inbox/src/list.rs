//! A list, read anew when something may have been missed.

use std::future::IntoFuture;

use base::{
    AppError, ErrorView, Stage,
    counts::{SETTLE, settled, takes_conversations},
    use_live, use_me,
};
use i18n::*;
use leptos::{prelude::*, reactive::computed::ScopedFuture};
use types::{
    conversation::{ConversationSummary, InboxFilter, InboxList},
    id::ConversationId,
    page::Page,
};
use ui::{ButtonLink, ButtonStyle, EmptyState, SkeletonRows, icons};

use crate::{context::on_catch_up, query, rows::Rows};

/// The list of the address.
#[component]
pub fn ConversationList(list: Resource<Result<Page<ConversationSummary>, AppError>>) -> impl IntoView {
    let me = use_me().resource();
    let on_retry = Callback::new(move |()| list.refetch());
    on_catch_up(move || list.refetch());
    let reload = settled(SETTLE, move || list.refetch());
    use_live().on_event(move |event| {
        if takes_conversations(event.name) {
            reload();
        }
    });
    let on_gap = Callback::new(move |()| reload());
    view! {
        <div class="inbox-rows">
            <Transition fallback=|| view! { <SkeletonRows rows=8 /> }>
                {
                    let stage = Stage::here();
                    move || {
                        let stage = stage.clone();
                        Suspend::new(async move {
                            let member = me.await.map(|me| me.member_id);
                            // Untracked: the rows stay when the list is read anew, and follow it themselves. A click on one
                            // that is replaced between pressing and releasing would lead nowhere, and the focus in it would
                            // be lost.
                            let first = ScopedFuture::new_untracked(list.into_future()).await;
                            let draw = move || match member {
                                Ok(member) => view! { <Rows list first member on_gap on_retry /> }.into_any(),
                                Err(error) => view! { <ErrorView error on_retry /> }.into_any(),
                            };
                            stage.show(Box::new(draw)).await
                        })
                    }
                }
            </Transition>
        </div>
    }
}

/// What stands in place of rows.
#[component]
pub(crate) fn NoRows(filter: InboxFilter) -> impl IntoView {
    let i18n = use_i18n();
    let list = filter.list.unwrap_or(InboxList::All);
    if query::is_narrowed(&filter) {
        let all = InboxFilter { list: filter.list, ..InboxFilter::default() };
        let href = query::href(&all, None::<ConversationId>);
        return view! {
            <EmptyState
                icon=icons::SEARCH
                title=tu_string!(i18n, inbox.empty_filtered_title)
                text=tu_string!(i18n, inbox.empty_filtered_body)
            >
                <ButtonLink href>{tu_string!(i18n, inbox.filter_clear)}</ButtonLink>
            </EmptyState>
        }
        .into_any();
    }
    let (text, link) = match list {
        InboxList::Mine => (
            tu_string!(i18n, inbox.empty_mine_body),
            Some(("/app/inbox?list=unassigned", tu_string!(i18n, inbox.empty_mine_action))),
        ),
        InboxList::Agent => (
            tu_string!(i18n, inbox.empty_agent_body),
            Some(("/app/agents", tu_string!(i18n, inbox.empty_agent_action))),
        ),
        InboxList::All | InboxList::Unassigned => (
            tu_string!(i18n, inbox.empty_list_body),
            Some(("/app/channels", tu_string!(i18n, inbox.empty_list_action))),
        ),
        InboxList::Snoozed => (tu_string!(i18n, inbox.empty_snoozed_body), None),
        InboxList::Closed => (tu_string!(i18n, inbox.empty_closed_body), None),
    };
    view! {
        <EmptyState icon=crate::words::list_glyph(list) title=tu_string!(i18n, inbox.empty_list_title) text>
            {link.map(|(href, label)| view! { <ButtonLink href style=ButtonStyle::Primary>{label}</ButtonLink> })}
        </EmptyState>
    }
    .into_any()
}
