//! The rows of a list, which stay true while others work.

use std::collections::HashMap;

use base::{AppError, ErrorView, use_live};
use i18n::*;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation, task::spawn_local};
use types::{
    conversation::{ConversationSummary, InboxFilter},
    event::EventName,
    id::{ContactId, ConversationId, MemberId},
    page::Page,
};
use ui::Pagination;

use crate::{context::use_inbox, list::NoRows, query, row::ConversationRow, rpc};

/// A row with its own signal, so that a change draws that row alone.
#[derive(Clone)]
struct Row {
    id: ConversationId,
    summary: ArcRwSignal<ConversationSummary>,
}

impl Row {
    fn new(summary: ConversationSummary) -> Self {
        Self { id: summary.id, summary: ArcRwSignal::new(summary) }
    }
}

/// Nothing is drawn anew for what is as it was.
fn set_if_new<T: PartialEq>(signal: &impl Update<Value = T>, value: T) {
    signal.maybe_update(|current| {
        let is_new = *current != value;
        *current = value;
        is_new
    });
}

/// Which rows of all they are.
#[derive(Clone, PartialEq)]
struct Slice {
    filter: InboxFilter,
    page: i64,
    pages: i64,
    limit: usize,
}

/// The rows of what the list is of, and a way to its other parts.
#[component]
pub fn Rows(
    list: Resource<Result<Page<ConversationSummary>, AppError>>,
    /// What the list begins with.
    first: Result<Page<ConversationSummary>, AppError>,
    member: MemberId,
    /// The next page has rows for places that are free here, or there is a next page now.
    on_gap: Callback<()>,
    on_retry: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let inbox = use_inbox();
    let slice = move |page: &Page<ConversationSummary>| Slice {
        filter: inbox.filter.get_untracked(),
        page: page.page,
        pages: page.pages(),
        limit: usize::try_from(page.limit).unwrap_or_default(),
    };
    let (page, error) = match first {
        Ok(page) => (page, None),
        Err(error) => (Page { items: Vec::new(), total: 0, page: 1, limit: query::ROWS }, Some(error)),
    };
    let of = RwSignal::new(slice(&page));
    let rows = RwSignal::new(page.items.into_iter().map(Row::new).collect::<Vec<_>>());
    let error = RwSignal::new(error);
    Effect::new(move || {
        list.track();
        // Ends with the list, which one may leave meanwhile.
        spawn_local_scoped_with_cancellation(async move {
            let answer = list.await;
            set_if_new(&error, answer.as_ref().err().cloned());
            let heard = inbox.heard.try_update_value(Option::take).flatten().unwrap_or_default();
            if let Ok(page) = answer {
                set_if_new(&of, slice(&page));
                let mut has_gap = false;
                rows.update(|rows| {
                    renew(rows, page.items);
                    for summary in heard {
                        has_gap |= of.with_untracked(|of| place(rows, of, summary, member)).has_gap;
                    }
                });
                if has_gap {
                    on_gap.run(());
                }
            }
        });
    });
    // Chosen rows that are no longer there are not to be changed unseen.
    let shown = move || rows.with(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>());
    inbox.selection.keep(&untrack(shown));
    Effect::new(move || inbox.selection.keep(&inbox.shown.get()));
    Effect::new(move || inbox.shown.set(shown()));

    use_live().on_event(move |event| {
        if event.name == EventName::ContactUpdated {
            rows.with_untracked(|rows| follow_contact(rows, ContactId(event.resource_id)));
        }
        let Some(summary) = event.conversation.as_deref().and_then(types::live::read::<ConversationSummary>) else {
            return;
        };
        inbox.heard.update_value(|heard| {
            if let Some(heard) = heard {
                heard.retain(|other| other.id != summary.id);
                heard.push(summary.clone());
            }
        });
        let mut placed = Placed::default();
        rows.maybe_update(|rows| {
            placed = of.with_untracked(|of| place(rows, of, summary, member));
            placed.has_moved
        });
        if placed.has_gap {
            on_gap.run(());
        }
    });
    let empty = Memo::new(move |_| rows.with(Vec::is_empty));
    let pagination = move || {
        let Slice { filter, page, pages, .. } = of.get();
        view! {
            <Pagination
                page
                pages
                href=Callback::new(move |page| {
                    let filter = InboxFilter { page: Some(page), ..filter.clone() };
                    query::href(&filter, None::<ConversationId>)
                })
                label=tu_string!(i18n, common.pages.label)
                previous_label=tu_string!(i18n, common.pages.previous)
                next_label=tu_string!(i18n, common.pages.next)
                position=tu_string!(i18n, common.pages.of, page = page, pages = pages).to_string()
            />
        }
    };
    move || match error.get() {
        Some(error) => view! { <ErrorView error on_retry /> }.into_any(),
        None => view! {
            <Show when=move || empty.get()>
                {move || view! { <NoRows filter=of.with(|of| of.filter.clone()) /> }}
            </Show>
            <ul class="divide-y divide-line">
                <For each=move || rows.get() key=|row| row.id let:row>
                    <ConversationRow
                        summary=row.summary
                        href=Signal::derive(move || of.with(|of| query::href(&of.filter, Some(row.id))))
                        member
                    />
                </For>
            </ul>
            <div class="px-3">{pagination}</div>
        }
        .into_any(),
    }
}

/// What was read anew in place of what was there: who stays keeps its row.
fn renew(rows: &mut Vec<Row>, items: Vec<ConversationSummary>) {
    let mut before: HashMap<_, _> = rows.drain(..).map(|row| (row.id, row)).collect();
    rows.extend(items.into_iter().map(|summary| match before.remove(&summary.id) {
        Some(row) => {
            set_if_new(&row.summary, summary);
            row
        }
        None => Row::new(summary),
    }));
}

/// What a changed conversation did to the rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Placed {
    /// Their order is another; a row's own signal tells of the rest.
    has_moved: bool,
    /// Rows and pages do not match any more, until the list is read anew.
    has_gap: bool,
}

/// Puts a changed conversation where it belongs now.
fn place(rows: &mut Vec<Row>, of: &Slice, summary: ConversationSummary, member: MemberId) -> Placed {
    let Slice { filter, page, pages, limit } = of;
    let before: Vec<_> = rows.iter().map(|row| row.id).collect();
    let at = before.iter().position(|id| *id == summary.id);
    // What the server has found stays found.
    let belongs = query::belongs(filter, &summary, member) && (at.is_some() || query::has_words(filter, &summary));
    match (at, belongs) {
        (Some(at), true) => set_if_new(&rows[at].summary, summary),
        (Some(at), false) => {
            rows.remove(at);
        }
        // Later pages take no newcomers: they would push rows the reader has not seen to the next page.
        (None, true) if *page == 1 => {
            rows.push(Row::new(summary));
        }
        (None, _) => return Placed::default(),
    }
    rows.sort_by(|a, b| {
        let (a, b) = (a.summary.read_untracked(), b.summary.read_untracked());
        query::compare(filter.sort, &a, &b)
    });
    // What is pushed off the last page would be on none.
    let has_gap = if page < pages { rows.len() < before.len() } else { rows.len() > *limit };
    rows.truncate(*limit);
    Placed { has_moved: !rows.iter().map(|row| row.id).eq(before), has_gap }
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

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Utc};
    use types::{
        channel::ChannelType,
        conversation::{ConversationStatus, InboxList, Owner, Priority},
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

    fn slice(filter: InboxFilter, page: i64, pages: i64) -> Slice {
        Slice { filter, page, pages, limit: 2 }
    }

    fn order(rows: &[Row]) -> Vec<u128> {
        rows.iter().map(|row| row.id.0.as_u128()).collect()
    }

    #[test]
    fn rows_follow_what_happens() {
        let me = MemberId(Uuid::nil());
        let filter = InboxFilter { list: Some(InboxList::Unassigned), ..InboxFilter::default() };
        let of = slice(filter.clone(), 1, 1);
        let mut rows = Vec::new();
        let mut moves = |of: &Slice, summary| (place(&mut rows, of, summary, me).has_moved, order(&rows));
        assert_eq!(moves(&of, conversation(1, 1)), (true, vec![1]));
        assert_eq!(moves(&of, conversation(2, 2)), (true, vec![2, 1]));
        assert_eq!(moves(&of, conversation(1, 3)), (true, vec![1, 2]), "a new message lifts its row");
        assert_eq!(moves(&of, conversation(1, 3)), (false, vec![1, 2]), "the same again changes no order");
        assert_eq!(moves(&of, conversation(3, 4)), (true, vec![3, 1]), "the page keeps its length");
        let taken = ConversationSummary { assignee_id: Some(me), ..conversation(3, 4) };
        assert_eq!(moves(&of, taken), (true, vec![1]), "what belongs elsewhere leaves");
        let second = slice(filter, 2, 2);
        assert_eq!(moves(&second, conversation(4, 5)), (false, vec![1]), "later pages take no newcomers");
    }

    #[test]
    fn no_row_is_lost_between_the_pages() {
        let me = MemberId(Uuid::nil());
        let closed =
            |number, minute| ConversationSummary { status: ConversationStatus::Closed, ..conversation(number, minute) };
        let mut rows = vec![Row::new(conversation(1, 1))];
        let mut has_gap = |of: &Slice, summary| place(&mut rows, of, summary, me).has_gap;
        let only = slice(InboxFilter::default(), 1, 1);
        assert!(!has_gap(&only, conversation(2, 2)), "there is room for it");
        assert!(has_gap(&only, conversation(3, 3)), "the first row has left the only page");
        let first = slice(InboxFilter::default(), 1, 2);
        assert!(!has_gap(&first, conversation(4, 4)), "what leaves the first page is on the next");
        assert!(has_gap(&first, closed(4, 5)), "the next page has a row for the free place");
        assert!(!has_gap(&only, closed(3, 6)), "nothing can fill the last page");
    }

    #[test]
    fn what_was_told_of_meanwhile_is_put_back_after_an_older_answer() {
        let me = MemberId(Uuid::nil());
        let of = slice(InboxFilter::default(), 1, 1);
        let mut rows = vec![Row::new(conversation(1, 1))];
        let told = [conversation(2, 3), conversation(1, 4)];
        told.clone().into_iter().for_each(|summary| _ = place(&mut rows, &of, summary, me));
        assert_eq!(order(&rows), vec![1, 2]);
        renew(&mut rows, vec![conversation(1, 1)]);
        assert_eq!(order(&rows), vec![1], "it knows nothing of the second one");
        told.into_iter().for_each(|summary| _ = place(&mut rows, &of, summary, me));
        assert_eq!(order(&rows), vec![1, 2]);
        assert_eq!(rows[0].summary.get_untracked(), conversation(1, 4));
    }

    #[test]
    fn what_was_found_stays() {
        let me = MemberId(Uuid::nil());
        let of = slice(InboxFilter { q: Some("+355 69".into()), ..InboxFilter::default() }, 1, 1);
        let found = conversation(1, 1);
        let mut rows = vec![Row::new(found)];
        place(&mut rows, &of, ConversationSummary { unread_count: 1, ..conversation(1, 2) }, me);
        assert_eq!(rows.len(), 1, "the server found it by the telephone, which no row has");
        place(&mut rows, &of, conversation(2, 3), me);
        assert_eq!(rows.len(), 1, "others must have the words");
    }
}
