use sqlx::{FromRow, Postgres, QueryBuilder};
use types::{
    conversation::{ConversationStatus, ConversationSummary, InboxFilter, InboxList, InboxSort, Priority},
    id::{ConversationId, MemberId, OrganizationId},
    page::{Page, clamp},
    permission::Permission,
};
use uuid::Uuid;

use super::load::{COLUMNS, Row, join, load};
use crate::{
    Cx, Result,
    error::require,
    validate::{clean, contains_pattern},
};

/// Counting stops here, and so do the pages: screens show "1,000+", and a search narrows the list.
pub const COUNT_BOUND: i64 = 1000;
/// A search finds so many contacts, and so many last messages.
const SEARCH_BOUND: i64 = 500;
/// A search for one or two characters looks at so many conversations, those of the last time.
const SHORT_SEARCH_BOUND: i64 = 5_000;

/// The conversations that match, in the order asked for: the open ones by last message when nothing is said.
///
/// A search text of one or two characters is looked for among the 5,000 conversations of the last time.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx, filter: &InboxFilter) -> Result<Page<ConversationSummary>> {
    require(cx, Permission::ConversationsRead)?;
    let (organization, member) = (cx.organization(), cx.actor().member_id());
    let (page, limit, offset) = clamp(filter.page, filter.limit);
    let found = prepare(cx, filter).await?;
    // One question for the rows, what they belong to, and the number of all.
    let mut query = QueryBuilder::new("select c.total, ");
    query.push(COLUMNS).push(" from (select conversations.*, ");
    count(&mut query, organization, member, filter, found.as_deref());
    query.push(" as total");
    matching(&mut query, organization, member, filter, found.as_deref());
    query.push(order(filter.sort, "conversations"));
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset.min(COUNT_BOUND)).push(") c");
    join(&mut query, organization);
    query.push(order(filter.sort, "c"));
    let rows: Vec<Counted> = query.build_query_as().fetch_all(cx.conn()).await?;
    let total = match rows.first() {
        Some(row) => row.total,
        None if offset == 0 => 0,
        None => {
            let mut query = QueryBuilder::new("select ");
            count(&mut query, organization, member, filter, found.as_deref());
            query.build_query_scalar().fetch_one(cx.conn()).await?
        }
    };
    let items = rows.into_iter().map(|row| Ok(row.entry.conversation()?.summary)).collect::<Result<_>>()?;
    Ok(Page { items, total, page, limit })
}

/// The order of a list of the rows of this name: the words of an index.
fn order(sort: Option<InboxSort>, rows: &str) -> String {
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

/// An entry with the number of all that match.
#[derive(FromRow)]
struct Counted {
    total: i64,
    #[sqlx(flatten)]
    entry: Row,
}

/// The conversations that match, in the order in which they began, after the given one: to go through all of them,
/// however many there are, while they change. As many as the filter's limit says; its order and page say nothing here.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn walk(
    cx: &mut Cx,
    filter: &InboxFilter,
    after: Option<ConversationId>,
) -> Result<Vec<ConversationSummary>> {
    require(cx, Permission::ConversationsRead)?;
    let (organization, member) = (cx.organization(), cx.actor().member_id());
    let (_, limit, _) = clamp(None, filter.limit);
    let found = prepare(cx, filter).await?;
    let mut query = QueryBuilder::new("select id");
    matching(&mut query, organization, member, filter, found.as_deref());
    if let Some(after) = after {
        query.push(" and id > ").push_bind(after.0);
    }
    query.push(" order by id limit ").push_bind(limit);
    let ids: Vec<Uuid> = query.build_query_scalar().fetch_all(cx.conn()).await?;
    Ok(load(cx, &ids).await?.into_iter().map(|conversation| conversation.summary).collect())
}

/// What a filter's search text finds; nothing when it has none. A list that is narrowed is planned for its organization
/// and what is looked for from here on: the best plan depends on them.
async fn prepare(cx: &mut Cx, filter: &InboxFilter) -> Result<Option<Vec<Uuid>>> {
    let whole = InboxFilter { list: filter.list, page: filter.page, limit: filter.limit, ..InboxFilter::default() };
    if *filter != whole {
        cx.plan_for_values().await?;
    }
    match filter.q.as_deref().map(clean).filter(|text| !text.trim().is_empty()) {
        Some(text) => Ok(Some(search(cx, &text, statuses(filter)).await?)),
        None => Ok(None),
    }
}

/// The statuses that a list shows.
fn statuses(filter: &InboxFilter) -> &'static [ConversationStatus] {
    match filter.list.unwrap_or(InboxList::All) {
        InboxList::Closed => &[ConversationStatus::Closed],
        InboxList::All if filter.contact.is_some() => {
            &[ConversationStatus::Active, ConversationStatus::Closed, ConversationStatus::Archived]
        }
        _ => &[ConversationStatus::Active],
    }
}

/// The conversations of these statuses whose contact or last message holds the text.
async fn search(cx: &mut Cx, text: &str, statuses: &[ConversationStatus]) -> Result<Vec<Uuid>> {
    let pattern = contains_pattern(&text.chars().take(200).collect::<String>());
    let is_short = text.trim().chars().count() <= 2;
    let mut ids = Vec::new();
    // One status at a time: the indexes begin with it.
    for status in statuses {
        ids.extend(match is_short {
            true => search_recent(cx, &pattern, *status).await?,
            false => search_all(cx, &pattern, *status).await?,
        });
    }
    Ok(ids)
}

/// Two look-ups, each by its own index.
async fn search_all(cx: &mut Cx, pattern: &str, status: ConversationStatus) -> Result<Vec<Uuid>> {
    let organization = cx.organization();
    let ids = sqlx::query_scalar!(
        r#"select c.id as "id!" from conversations c
           where c.organization_id = $1 and c.status = $4 and c.contact_id = any(array(
             select id from contacts where organization_id = $1 and search ilike $2 limit $3))
           union
           (select id from conversations
            where organization_id = $1 and status = $4 and last_message_preview ilike $2 limit $3)"#,
        organization.0,
        pattern,
        SEARCH_BOUND,
        status.as_str()
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(ids)
}

/// The same among what is recent: the indexes hold groups of three letters and cannot help.
async fn search_recent(cx: &mut Cx, pattern: &str, status: ConversationStatus) -> Result<Vec<Uuid>> {
    let organization = cx.organization();
    let ids = sqlx::query_scalar!(
        "select c.id from (select id, contact_id, last_message_preview from conversations
                           where organization_id = $1 and status = $4
                           order by last_message_at desc, id desc limit $5) c
         join contacts ct on ct.organization_id = $1 and ct.id = c.contact_id
         where c.last_message_preview ilike $2 or ct.search ilike $2 limit $3",
        organization.0,
        pattern,
        SEARCH_BOUND,
        status.as_str(),
        SHORT_SEARCH_BOUND
    )
    .fetch_all(cx.conn())
    .await?;
    Ok(ids)
}

/// How many match, as a part of a query.
fn count<'a>(
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
fn matching<'a>(
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
