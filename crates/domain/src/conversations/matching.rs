//! A filter of the inbox as parts of a query.

use sqlx::{Postgres, QueryBuilder};
use types::{
    conversation::{InboxFilter, InboxList, InboxSort, Priority},
    id::{MemberId, OrganizationId},
};
use uuid::Uuid;

use super::list::COUNT_BOUND;
use crate::validate::clean;

/// How many match, as a part of a query.
pub(super) fn count<'a>(
    query: &mut QueryBuilder<'a, Postgres>,
    organization: OrganizationId,
    member: Option<MemberId>,
    filter: &InboxFilter,
    found: Option<&'a [Uuid]>,
) {
    query.push("(select count(*) from (select");
    matching(query, organization, member, filter, found);
    query.push(" limit ").push_bind(COUNT_BOUND).push(") matching)");
}

/// Where the rows of the list are and what they fulfil, the same for the rows and for their number. `found` are the
/// conversations that a search found.
pub(super) fn matching<'a>(
    query: &mut QueryBuilder<'a, Postgres>,
    organization: OrganizationId,
    member: Option<MemberId>,
    filter: &InboxFilter,
    found: Option<&'a [Uuid]>,
) {
    match found {
        // `offset 0` keeps the planner from reading the whole list and looking each row up in what was found.
        Some(ids) => {
            query
                .push(" from (select c.* from unnest(")
                .push_bind(ids)
                .push(") found (id) join conversations c on c.organization_id = ")
                .push_bind(organization.0)
                .push(" and c.id = found.id offset 0) conversations where organization_id = ")
                .push_bind(organization.0);
        }
        None => {
            query.push(" from conversations where organization_id = ").push_bind(organization.0);
        }
    }
    query.push(match filter.list.unwrap_or(InboxList::All) {
        InboxList::Mine => " and status = 'active' and snoozed_until is null and assignee_id = ",
        InboxList::Unassigned => {
            " and status = 'active' and snoozed_until is null and assignee_id is null and owner <> 'agent'"
        }
        InboxList::Agent => " and status = 'active' and snoozed_until is null and owner = 'agent'",
        // A contact's conversations are all of them, open and closed.
        InboxList::All if filter.contact.is_some() => "",
        InboxList::All => " and status = 'active' and snoozed_until is null",
        InboxList::Snoozed => " and status = 'active' and snoozed_until is not null",
        InboxList::Closed => " and status = 'closed'",
    });
    if filter.list == Some(InboxList::Mine) {
        query.push_bind(member.map(|id| id.0));
    }
    if let Some(channel) = filter.channel {
        query.push(" and channel_id = ").push_bind(channel.0);
    }
    if let Some(contact) = filter.contact {
        query.push(" and contact_id = ").push_bind(contact.0);
    }
    if let Some(assignee) = filter.assignee {
        query.push(" and assignee_id = ").push_bind(assignee.0);
    }
    if let Some(priority) = filter.priority {
        // As the index has it, which the word itself could not use.
        let wanted = match priority {
            Priority::Urgent => 0,
            Priority::High => 1,
            Priority::Medium => 2,
            Priority::Low => 3,
        };
        query.push(" and (").push(rank("conversations")).push(") = ").push_bind(wanted);
    }
    if filter.unread == Some(true) {
        // A closed conversation has been read.
        query.push(if filter.list == Some(InboxList::Closed) { " and false" } else { " and unread_count > 0" });
    }
    if let Some(tag) = filter.tag.as_deref().map(clean).filter(|tag| !tag.trim().is_empty()) {
        query.push(" and tags @> array[").push_bind(tag.trim().to_owned()).push("]");
    }
}

/// The order of a list of the rows of this name: the words of an index.
pub(super) fn order(sort: Option<InboxSort>, rows: &str) -> String {
    match sort.unwrap_or(InboxSort::Newest) {
        InboxSort::Newest => format!(" order by {rows}.last_message_at desc, {rows}.id desc"),
        InboxSort::Oldest => format!(" order by {rows}.last_message_at, {rows}.id"),
        InboxSort::Waiting => format!(" order by {rows}.waiting_since, {rows}.id"),
        InboxSort::Priority => format!(" order by {}, {rows}.last_message_at desc, {rows}.id desc", rank(rows)),
    }
}

/// Priorities as numbers, the most urgent first: the words of an index.
fn rank(rows: &str) -> String {
    format!("case {rows}.priority when 'urgent' then 0 when 'high' then 1 when 'medium' then 2 else 3 end")
}
