//! The rows of a list, which stay true while others work.

use base::{
    AppError, ErrorView,
    counts::{SETTLE, settled, takes_conversations},
    use_live, use_me,
};
use i18n::*;
use leptos::{prelude::*, task::spawn_local};
use types::{
    conversation::{ConversationSummary, InboxFilter, InboxList},
    event::EventName,
    id::{ContactId, ConversationId, MemberId},
    page::Page,
};
use ui::{ButtonLink, ButtonStyle, EmptyState, Pagination, SkeletonRows, icons};

use crate::{
    context::{on_catch_up, use_inbox},
    query,
    row::ConversationRow,
    rpc,
};

/// The list of the address.
#[component]
pub fn ConversationList(list: Resource<Result<Page<ConversationSummary>, AppError>>) -> impl IntoView {
    let inbox = use_inbox();
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
                {move || Suspend::new(async move {
                    let member = me.await.map(|me| me.member_id);
                    match (list.await, member) {
                        (Ok(page), Ok(member)) => {
                            let filter = inbox.filter.get_untracked();
                            view! { <Rows page filter member on_gap /> }.into_any()
                        }
                        (Err(error), _) | (_, Err(error)) => view! { <ErrorView error on_retry /> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
}

/// A row with its own signal, so that a change draws that row alone.
#[derive(Clone)]
struct Row {
    id: ConversationId,
    summary: ArcRwSignal<ConversationSummary>,
}

#[component]
fn Rows(
    page: Page<ConversationSummary>,
    filter: InboxFilter,
    member: MemberId,
    /// Rows have left, and the next page has others for their places.
    on_gap: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let (number, pages, limit) = (page.page, page.pages(), usize::try_from(page.limit).unwrap_or(30));
    let row = |summary: ConversationSummary| Row { id: summary.id, summary: ArcRwSignal::new(summary) };
    let rows = RwSignal::new(page.items.into_iter().map(row).collect::<Vec<_>>());
    let filter = StoredValue::new(filter);
    // Chosen rows that are no longer there are not to be changed unseen.
    let shown = move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
    inbox.selection.keep(&untrack(shown));
    Effect::new(move || inbox.selection.keep(&inbox.shown.get()));
    Effect::new(move || inbox.shown.set(shown()));

    use_live().on_event(move |event| {
        if event.name == EventName::ContactUpdated {
            rows.with_untracked(|rows| follow_contact(rows, ContactId(event.resource_id)));
        }
        let Some(summary) = event.conversation.as_deref().and_then(types::live::read) else { return };
        let before = rows.with_untracked(Vec::len);
        filter.with_value(|filter| rows.maybe_update(|rows| place(rows, filter, summary, member, limit)));
        if number < pages && rows.with_untracked(Vec::len) < before {
            on_gap.run(());
        }
    });
    let empty = Memo::new(move |_| rows.with(Vec::is_empty));
    view! {
        <Show when=move || empty.get()>
            <NoRows filter />
        </Show>
        <ul class="divide-y divide-line">
            <For each=move || rows.get() key=|row| row.id let:row>
                <ConversationRow
                    summary=row.summary
                    href=filter.with_value(|filter| query::href(filter, Some(row.id)))
                    member
                />
            </For>
        </ul>
        <div class="px-3">
            <Pagination
                page=number
                pages
                href=Callback::new(move |page| {
                    let filter = filter.with_value(|filter| InboxFilter { page: Some(page), ..filter.clone() });
                    query::href(&filter, None::<ConversationId>)
                })
                label=tu_string!(i18n, common.pages.label)
                previous_label=tu_string!(i18n, common.pages.previous)
                next_label=tu_string!(i18n, common.pages.next)
                position=tu_string!(i18n, common.pages.of, page = number, pages = pages).to_string()
            />
        </div>
    }
}

/// Puts a changed conversation where it belongs now. Gives whether the order of rows changed; the row's own signal
/// tells of the rest.
fn place(
    rows: &mut Vec<Row>,
    filter: &InboxFilter,
    summary: ConversationSummary,
    member: MemberId,
    limit: usize,
) -> bool {
    let before: Vec<_> = rows.iter().map(|row| row.id).collect();
    let at = before.iter().position(|id| *id == summary.id);
    // What the server has found stays found.
    let belongs = query::belongs(filter, &summary, member) && (at.is_some() || query::has_words(filter, &summary));
    match (at, belongs) {
        (Some(at), true) => rows[at].summary.set(summary),
        (Some(at), false) => {
            rows.remove(at);
        }
        // Later pages take no newcomers: they would push rows the reader has not seen to the next page.
        (None, true) if filter.page.unwrap_or(1) == 1 => {
            rows.push(Row { id: summary.id, summary: ArcRwSignal::new(summary) });
        }
        (None, _) => return false,
    }
    rows.sort_by(|a, b| {
        let (a, b) = (a.summary.read_untracked(), b.summary.read_untracked());
        query::compare(filter.sort, &a, &b)
    });
    rows.truncate(limit);
    !rows.iter().map(|row| row.id).eq(before)
}

/// Gets the customer of these rows anew.
fn follow_contact(rows: &[Row], contact: ContactId) {
    for row in rows.iter().filter(|row| row.summary.read_untracked().contact_id == contact) {
        let Row { id, summary } = row.clone();
        spawn_local(async move {
            if let Ok(newer) = rpc::get_conversation(id).await {
                let ConversationSummary { contact_id, contact_name, contact_email, .. } = newer.summary;
                summary.update(|row| {
                    (row.contact_id, row.contact_name, row.contact_email) = (contact_id, contact_name, contact_email);
                });
            }
        });
    }
}

/// What stands in place of rows.
#[component]
fn NoRows(filter: StoredValue<InboxFilter>) -> impl IntoView {
    let i18n = use_i18n();
    let filter = filter.get_value();
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use types::{
        channel::ChannelType,
        conversation::{ConversationStatus, Owner, Priority},
        id::*,
        message::Direction,
    };
    use uuid::Uuid;

    use super::*;

    fn conversation(number: u128, minute: u32) -> ConversationSummary {
        let at: DateTime<Utc> = format!("2026-11-20T12:{minute:02}:00Z").parse().expect("a time");
        ConversationSummary {
            id: ConversationId(Uuid::from_u128(number)),
            contact_id: ContactId(Uuid::nil()),
            contact_name: "Arta".into(),
            contact_email: None,
            channel_id: ChannelId(Uuid::nil()),
            channel_type: ChannelType::Widget,
            channel_name: "Web".into(),
            status: ConversationStatus::Active,
            snoozed_until: None,
            subject: String::new(),
            owner: Owner::Nobody,
            assignee_id: None,
            assignee_name: None,
            agent_id: None,
            agent_name: None,
            priority: Priority::Medium,
            tags: Vec::new(),
            unread_count: 0,
            last_message_at: at,
            last_message_preview: String::new(),
            last_message_direction: Direction::Inbound,
            waiting_since: None,
            created_at: at,
        }
    }

    #[test]
    fn rows_follow_what_happens() {
        let me = MemberId(Uuid::nil());
        let filter = InboxFilter { list: Some(InboxList::Unassigned), ..InboxFilter::default() };
        let mut rows = Vec::new();
        assert!(place(&mut rows, &filter, conversation(1, 1), me, 2));
        assert!(place(&mut rows, &filter, conversation(2, 2), me, 2));
        let order = |rows: &[Row]| rows.iter().map(|row| row.id.0.as_u128()).collect::<Vec<_>>();
        assert_eq!(order(&rows), [2, 1]);

        assert!(place(&mut rows, &filter, conversation(1, 3), me, 2), "a new message lifts its row");
        assert_eq!(order(&rows), [1, 2]);
        assert!(!place(&mut rows, &filter, conversation(1, 3), me, 2), "the same again changes no order");
        assert!(place(&mut rows, &filter, conversation(3, 4), me, 2));
        assert_eq!(order(&rows), [3, 1], "the page keeps its length");

        let taken = ConversationSummary { assignee_id: Some(me), ..conversation(3, 4) };
        assert!(place(&mut rows, &filter, taken, me, 2));
        assert_eq!(order(&rows), [1], "what belongs elsewhere leaves");
        let second = InboxFilter { page: Some(2), ..filter };
        assert!(!place(&mut rows, &second, conversation(4, 5), me, 2), "later pages take no newcomers");
    }

    #[test]
    fn what_was_found_stays() {
        let me = MemberId(Uuid::nil());
        let filter = InboxFilter { q: Some("+355 69".into()), ..InboxFilter::default() };
        let found = conversation(1, 1);
        let mut rows = vec![Row { id: found.id, summary: ArcRwSignal::new(found) }];
        place(&mut rows, &filter, ConversationSummary { unread_count: 1, ..conversation(1, 2) }, me, 2);
        assert_eq!(rows.len(), 1, "the server found it by the telephone, which no row has");
        place(&mut rows, &filter, conversation(2, 3), me, 2);
        assert_eq!(rows.len(), 1, "others must have the words");
    }
}
