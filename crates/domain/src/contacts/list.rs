use sqlx::{FromRow, Postgres, QueryBuilder};
use types::{
    contact::{ContactFilter, ContactSort, ContactSummary},
    id::{ContactId, OrganizationId},
    page::{Page, clamp},
    permission::Permission,
};

use crate::{
    Cx, Result,
    error::require,
    validate::{clean, contains_pattern},
};

/// The order of an index.
const RECENT: &str = " order by last_contact_at desc nulls last, id";

/// Counting stops here, and so do the pages: screens show "1,000+", and a search narrows the list.
pub const COUNT_BOUND: i64 = 1000;

/// The contacts that match, in the order asked for; those seen last come first by default.
///
/// A search text of one or two characters is looked for among the 5,000 contacts seen last.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx, filter: &ContactFilter) -> Result<Page<ContactSummary>> {
    require(cx, Permission::ContactsRead)?;
    let organization = cx.organization();
    let (page, limit, offset) = clamp(filter.page, filter.limit);
    if is_narrowed(filter) {
        cx.plan_for_values().await?;
    }
    // The number with the rows: one question less.
    let mut query = QueryBuilder::new("select ");
    count(&mut query, organization, filter);
    query.push(" as total, ").push(COLUMNS);
    matching(&mut query, organization, filter);
    query.push(match filter.sort.unwrap_or(ContactSort::Recent) {
        ContactSort::Recent => RECENT,
        ContactSort::Oldest => " order by last_contact_at asc nulls first, id desc",
        ContactSort::Name => " order by lower(name), id",
        ContactSort::NameDescending => " order by lower(name) desc, id desc",
    });
    query.push(" limit ").push_bind(limit).push(" offset ").push_bind(offset.min(COUNT_BOUND));
    let rows: Vec<Counted> = query.build_query_as().fetch_all(cx.conn()).await?;
    let total = match rows.first() {
        Some(row) => row.total,
        None if offset == 0 => 0,
        None => {
            let mut query = QueryBuilder::new("select ");
            count(&mut query, organization, filter);
            query.build_query_scalar().fetch_one(cx.conn()).await?
        }
    };
    Ok(Page { items: rows.into_iter().map(|row| row.entry.summary()).collect(), total, page, limit })
}

/// The contacts that match, in the order in which they were made, after the given one: to go through all of them, however
/// many there are, while they change. As many as the filter's limit says; its order and page say nothing here.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn walk(cx: &mut Cx, filter: &ContactFilter, after: Option<ContactId>) -> Result<Vec<ContactSummary>> {
    require(cx, Permission::ContactsRead)?;
    let organization = cx.organization();
    let (_, limit, _) = clamp(None, filter.limit);
    if is_narrowed(filter) {
        cx.plan_for_values().await?;
    }
    let mut query = QueryBuilder::new("select ");
    query.push(COLUMNS);
    matching(&mut query, organization, filter);
    if let Some(after) = after {
        query.push(" and id > ").push_bind(after.0);
    }
    query.push(" order by id limit ").push_bind(limit);
    let rows = query.build_query_as::<Row>().fetch_all(cx.conn()).await?;
    Ok(rows.into_iter().map(Row::summary).collect())
}

/// Whether the conditions are such that the best plan depends on the organization and on what is looked for.
fn is_narrowed(filter: &ContactFilter) -> bool {
    filter.q.is_some() || filter.tag.is_some()
}

/// How many match, as a part of a query. Without a search it walks the index that the list has, and no rows.
fn count(query: &mut QueryBuilder<'_, Postgres>, organization: OrganizationId, filter: &ContactFilter) {
    query.push("(select count(*) from (select from ");
    matching(query, organization, filter);
    if !is_narrowed(filter) {
        query.push(RECENT);
    }
    query.push(" limit ").push_bind(COUNT_BOUND).push(") matching)");
}

/// Where the list looks and its conditions, the same for the rows and for their number.
fn matching(query: &mut QueryBuilder<'_, Postgres>, organization: OrganizationId, filter: &ContactFilter) {
    let text: String = filter.q.as_deref().map(clean).unwrap_or_default().trim().chars().take(200).collect();
    if matches!(text.chars().count(), 1 | 2) {
        // The index holds groups of three letters.
        query.push("(select * from contacts where organization_id = ").push_bind(organization.0);
        query.push(" and merged_into_id is null order by last_contact_at desc nulls last, id limit 5000) contacts");
    } else {
        query.push("contacts");
    }
    query.push(" where organization_id = ").push_bind(organization.0).push(" and merged_into_id is null");
    if !text.is_empty() {
        query.push(" and search ilike ").push_bind(contains_pattern(&text.to_lowercase()));
    }
    if let Some(tag) = filter.tag.as_deref().map(clean).filter(|tag| !tag.trim().is_empty()) {
        query.push(" and tags @> array[").push_bind(tag.trim().to_owned()).push("]");
    }
}

const COLUMNS: &str = "id, name, email, phone, company, tags, is_vip, is_blocked, last_contact_at, created_at from ";

/// An entry with the number of all that match.
#[derive(FromRow)]
struct Counted {
    total: i64,
    #[sqlx(flatten)]
    entry: Row,
}

#[derive(FromRow)]
struct Row {
    id: uuid::Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    company: String,
    tags: Vec<String>,
    is_vip: bool,
    is_blocked: bool,
    last_contact_at: Option<chrono::DateTime<chrono::Utc>>,
    created_at: chrono::DateTime<chrono::Utc>,
}

impl Row {
    fn summary(self) -> ContactSummary {
        ContactSummary {
            id: ContactId(self.id),
            name: self.name,
            email: self.email,
            phone: self.phone,
            company: self.company,
            tags: self.tags,
            is_vip: self.is_vip,
            is_blocked: self.is_blocked,
            last_contact_at: self.last_contact_at,
            created_at: self.created_at,
        }
    }
}
