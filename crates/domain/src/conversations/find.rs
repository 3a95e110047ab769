//! What a search text of the inbox finds.

use types::conversation::{ConversationStatus, InboxFilter, InboxList};
use uuid::Uuid;

use crate::{
    Cx, Result,
    validate::{clean, contains_pattern},
};

/// A search finds so many contacts, and so many last messages.
const SEARCH_BOUND: i64 = 500;
/// A search for one or two characters looks at so many conversations, those of the last time.
const SHORT_SEARCH_BOUND: i64 = 5_000;

/// What a filter's search text finds; nothing when it has none. A list that is narrowed is planned for its organization
/// and what is looked for from here on: the best plan depends on them.
pub(super) async fn prepare(cx: &mut Cx, filter: &InboxFilter) -> Result<Option<Vec<Uuid>>> {
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
