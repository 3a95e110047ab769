//! The inbox's filter in the URL, and what of it a live update can decide by itself.

use std::cmp::{Ordering, Reverse};

use contacts::address;
use leptos_router::params::ParamsMap;
use types::{
    conversation::{ConversationStatus, ConversationSummary, InboxFilter, InboxList, InboxSort, Owner},
    id::MemberId,
};

/// Rows of a page of the inbox.
pub const ROWS: i64 = 50;

/// The filter that an address names; words that mean nothing are left out.
pub fn read(map: &ParamsMap) -> InboxFilter {
    let text = |key| map.get(key).filter(|value| !value.trim().is_empty());
    fn word<T: std::str::FromStr>(text: Option<String>) -> Option<T> {
        text.and_then(|text| text.parse().ok())
    }
    InboxFilter {
        list: Some(list_of(text("list"))),
        channel: word(text("channel")),
        tag: text("tag"),
        priority: word(text("priority")),
        assignee: word(text("assignee")),
        contact: None,
        q: text("q"),
        sort: word(text("sort")),
        unread: text("unread").filter(|value| value == "true").map(|_| true),
        page: word(text("page")),
        limit: Some(ROWS),
    }
}

fn list_of(text: Option<String>) -> InboxList {
    text.and_then(|text| text.parse().ok()).unwrap_or(InboxList::All)
}

/// The address of the inbox under a filter, with a conversation open or not.
pub fn href(filter: &InboxFilter, open: Option<impl std::fmt::Display>) -> String {
    fn text(value: Option<impl ToString>) -> Option<String> {
        value.map(|value| value.to_string())
    }
    let path = open.map_or_else(|| "/app/inbox".to_owned(), |id| format!("/app/inbox/{id}"));
    let pairs = [
        ("list", &text(filter.list.filter(|list| *list != InboxList::All))),
        ("channel", &text(filter.channel)),
        ("tag", &filter.tag),
        ("priority", &text(filter.priority)),
        ("assignee", &text(filter.assignee)),
        ("q", &filter.q),
        ("sort", &text(filter.sort.filter(|sort| *sort != InboxSort::Newest))),
        ("unread", &text(filter.unread.filter(|unread| *unread))),
        ("page", &text(filter.page.filter(|page| *page > 1))),
    ];
    address(&path, &pairs)
}

/// Whether something beside the list narrows it.
pub fn is_narrowed(filter: &InboxFilter) -> bool {
    filter.channel.is_some()
        || filter.tag.is_some()
        || filter.priority.is_some()
        || filter.assignee.is_some()
        || filter.q.is_some()
        || filter.unread.is_some()
}

/// Whether a conversation belongs in the list, whatever is searched.
pub fn belongs(filter: &InboxFilter, row: &ConversationSummary, me: MemberId) -> bool {
    let active = row.status == ConversationStatus::Active;
    let awake = active && row.snoozed_until.is_none();
    let in_list = match filter.list.unwrap_or(InboxList::All) {
        InboxList::Mine => awake && row.assignee_id == Some(me),
        InboxList::Unassigned => awake && row.assignee_id.is_none() && row.owner != Owner::Agent,
        InboxList::Agent => awake && row.owner == Owner::Agent,
        InboxList::All => awake,
        InboxList::Snoozed => active && row.snoozed_until.is_some(),
        InboxList::Closed => row.status == ConversationStatus::Closed,
    };
    in_list
        && filter.channel.is_none_or(|channel| channel == row.channel_id)
        && filter.priority.is_none_or(|priority| priority == row.priority)
        && filter.assignee.is_none_or(|member| row.assignee_id == Some(member))
        && filter.tag.as_ref().is_none_or(|tag| row.tags.contains(tag))
        && (filter.unread != Some(true) || row.unread_count > 0)
}

/// Whether a row has the words that are searched. The server searches more than a row shows.
pub fn has_words(filter: &InboxFilter, row: &ConversationSummary) -> bool {
    let words = ui::lowercase(filter.q.as_deref().unwrap_or_default().trim());
    let said = || {
        let email = row.contact_email.as_deref().unwrap_or_default();
        ui::lowercase(&format!("{} {email} {}", row.contact_name, row.last_message_preview))
    };
    words.is_empty() || said().contains(&words)
}

/// Which of two rows stands first.
pub fn compare(sort: Option<InboxSort>, a: &ConversationSummary, b: &ConversationSummary) -> Ordering {
    let newest = (Reverse(a.last_message_at), Reverse(a.id)).cmp(&(Reverse(b.last_message_at), Reverse(b.id)));
    match sort.unwrap_or(InboxSort::Newest) {
        InboxSort::Newest => newest,
        InboxSort::Oldest => newest.reverse(),
        InboxSort::Waiting => {
            let wait = |row: &ConversationSummary| (row.waiting_since.is_none(), row.waiting_since);
            wait(a).cmp(&wait(b)).then(newest)
        }
        InboxSort::Priority => b.priority.cmp(&a.priority).then(newest),
    }
}
