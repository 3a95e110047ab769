use sqlx::{FromRow, QueryBuilder};
use types::{
    conversation::{ConversationSummary, InboxFilter},
    id::ConversationId,
    page::{Page, clamp},
    permission::Permission,
};
use uuid::Uuid;

use super::{
    find::prepare,
    load::{COLUMNS, Row, join, load},
    matching::{count, matching, order},
};
use crate::{Cx, Result, error::require};

/// Counting stops here, and so do the pages: screens show "1,000+", and a search narrows the list.
pub const COUNT_BOUND: i64 = 1000;
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
