//! The inbox's frame: lists and rows at the side, the open thread beside them.

use base::{
    counts::{SETTLE, settled},
    reading,
    shortcuts::{repeated_shortcut, shortcut},
    use_live,
};
use i18n::*;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};
use leptos_meta::Title;
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate, use_query_map},
};
use types::{event::EventName, id::ConversationId};
use ui::{EmptyState, icons};

use crate::{
    bulk::BulkBar,
    context::{Inbox, use_inbox},
    divider::{Divider, Part, Widths},
    filters::Filters,
    list::ConversationList,
    query,
    rail::Rail,
    rpc,
    selection::Selection,
};

/// The pages `/app/inbox` and `/app/inbox/:id`. On a narrow screen one part is seen at a time.
#[component]
pub fn InboxPage() -> impl IntoView {
    let i18n = use_i18n();
    let map = use_query_map();
    let path = use_location().pathname;
    let filter = Memo::new(move |_| map.with(query::read));
    let open = Memo::new(move |_| path.with(|path| path.strip_prefix("/app/inbox/")?.parse::<ConversationId>().ok()));
    let choices = Resource::new(|| (), |()| rpc::list_choices());
    let heard = StoredValue::new(None);
    let list = reading(filter, move |filter| async move {
        _ = heard.try_set_value(Some(Vec::new()));
        rpc::list_conversations(filter).await
    });
    let inbox = Inbox {
        filter,
        open,
        choices,
        canned: RwSignal::new(Vec::new()),
        shown: RwSignal::new(Vec::new()),
        heard,
        selection: Selection::new(),
        drafts: expect_context(),
    };
    provide_context(inbox);
    follow_choices(inbox);
    register_moves(i18n, inbox);
    let widths = Widths::remembered();
    provide_context(widths);
    let is_open = Signal::derive(move || open.get().is_some());
    view! {
        <Title text=tu_string!(i18n, inbox.title) />
        <div class="inbox" style=move || widths.style()>
            // Outside of the parts, of which a phone shows one.
            <h1 class="sr-only">{tu_string!(i18n, inbox.title)}</h1>
            <div class="inbox-side" class:inbox-behind=is_open>
                <Rail />
                <section class="inbox-list" aria-label=tu_string!(i18n, inbox.conversations)>
                    <Filters />
                    <BulkBar />
                    <ConversationList list />
                </section>
                <Divider part=Part::List label=tu_string!(i18n, inbox.resize_list) />
            </div>
            <div class="inbox-main" class:inbox-behind=move || !is_open.get()>
                <Outlet />
            </div>
        </div>
    }
}

/// What stands beside the list while nothing is open.
#[component]
pub fn NothingOpen() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="grid h-full place-items-center">
            <EmptyState
                icon=icons::MESSAGE_SQUARE_TEXT
                title=tu_string!(i18n, inbox.select_title)
                text=tu_string!(i18n, inbox.select_body)
            />
        </div>
    }
}

/// Keeps true what filters, selects and menus offer.
fn follow_choices(inbox: Inbox) {
    Effect::new(move || {
        inbox.choices.track();
        spawn_local_scoped_with_cancellation(async move {
            if let Ok(choices) = inbox.choices.await {
                inbox.canned.set(choices.canned);
            }
        });
    });
    let reload = settled(SETTLE, move || inbox.choices.refetch());
    use_live().on_event(move |event| {
        if matches!(
            event.name,
            EventName::MemberCreated
                | EventName::MemberUpdated
                | EventName::MemberDeleted
                | EventName::ChannelCreated
                | EventName::ChannelUpdated
                | EventName::ChannelDeleted
                | EventName::CannedResponseCreated
                | EventName::CannedResponseUpdated
                | EventName::CannedResponseDeleted
        ) {
            reload();
        }
    });
}

/// `j` and `k` move through the rows.
fn register_moves(i18n: I18n, inbox: Inbox) {
    let navigate = use_navigate();
    let step = move |by: isize, is_held: bool| {
        let shown = inbox.shown.get_untracked();
        let open = inbox.open.get_untracked();
        let at = open.and_then(|open| shown.iter().position(|id| *id == open));
        let next = match at {
            Some(at) => at.checked_add_signed(by),
            None => Some(0),
        };
        if let Some(id) = next.and_then(|next| shown.get(next)) {
            let address = query::href(&inbox.filter.get_untracked(), Some(id));
            // Nobody goes back through all that a held key passes.
            navigate(&address, NavigateOptions { scroll: false, replace: is_held, ..NavigateOptions::default() });
        }
    };
    let group = tu_string!(i18n, inbox.title);
    let back = step.clone();
    let select = move || {
        if let Some(id) = inbox.open.get_untracked() {
            inbox.selection.toggle(id, false, &inbox.shown.get_untracked());
        }
    };
    shortcut("x", tu_string!(i18n, inbox.key_select), group, select);
    repeated_shortcut("j", tu_string!(i18n, inbox.key_next), group, move |is_held| step(1, is_held));
    repeated_shortcut("k", tu_string!(i18n, inbox.key_previous), group, move |is_held| back(-1, is_held));
}

/// A link back to the list, for narrow screens.
#[component]
pub fn BackToList() -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let href = move || query::href(&inbox.filter.get(), None::<ConversationId>);
    view! {
        <a href=href class="btn btn-ghost btn-sm btn-square md:hidden" aria-label=tu_string!(i18n, inbox.back)>
            <ui::Icon glyph=icons::ARROW_LEFT />
        </a>
    }
}
