use chrono::{DateTime, Utc};
use sqlx::{Postgres, QueryBuilder};
use types::{
    id::OrganizationId,
    page::{Page, clamp},
    platform::{OrganizationFilter, OrganizationRow, OrganizationSort, OrganizationUsage},
};
use uuid::Uuid;

use super::Operator;
use crate::{
    Result, Services,
    validate::{clean, contains_pattern},
};

/// Counting stops here, and so do the pages: a search narrows the list.
const COUNT_BOUND: i64 = 10_000;

/// The organizations that match, with their figures; the newest first unless asked otherwise.
///
/// # Errors
/// When the database does not answer.
pub async fn organizations(
    services: &Services,
    _: &Operator,
    filter: &OrganizationFilter,
) -> Result<Page<OrganizationRow>> {
    let (page, limit, offset) = clamp(filter.page, None);
    let pool = services.db.system();
    let mut count = QueryBuilder::new("select count(*) from (select from organization_index i where true");
    matching(&mut count, filter);
    count.push(" limit ").push_bind(COUNT_BOUND).push(") matching");
    let total: i64 = count.build_query_scalar().fetch_one(pool.pool()).await?;
    let mut query = QueryBuilder::new(format!("select {COLUMNS} from organization_index i where true"));
    matching(&mut query, filter);
    query.push(match filter.sort.unwrap_or(OrganizationSort::Created) {
        OrganizationSort::Created => " order by i.created_at desc",
        OrganizationSort::Name => " order by lower(i.name)",
        OrganizationSort::Members => " order by i.members desc",
        OrganizationSort::Conversations => " order by i.conversations desc",
        OrganizationSort::Messages => " order by i.messages desc",
        OrganizationSort::Documents => " order by i.documents desc",
        OrganizationSort::Storage => " order by i.storage_bytes desc",
        OrganizationSort::Active => " order by i.last_active_at desc nulls last",
    });
    query.push(", i.organization_id limit ").push_bind(limit);
    query.push(" offset ").push_bind(offset.min(COUNT_BOUND));
    let rows = query.build_query_as::<Row>().fetch_all(pool.pool()).await?;
    Ok(Page { items: rows.into_iter().map(Row::row).collect::<Result<_>>()?, total, page, limit })
}

/// The rows of these organizations, by name.
pub(super) async fn by_id(services: &Services, ids: &[Uuid]) -> Result<Vec<OrganizationRow>> {
    let mut query =
        QueryBuilder::new(format!("select {COLUMNS} from organization_index i where organization_id = any("));
    query.push_bind(ids).push(") order by lower(i.name), i.organization_id limit 100");
    let rows = query.build_query_as::<Row>().fetch_all(services.db.system().pool()).await?;
    rows.into_iter().map(Row::row).collect()
}

fn matching(query: &mut QueryBuilder<'_, Postgres>, filter: &OrganizationFilter) {
    let text: String = clean(&filter.q).trim().chars().take(200).collect();
    if let Ok(id) = text.parse::<Uuid>() {
        query.push(" and i.organization_id = ").push_bind(id);
    } else if !text.is_empty() {
        let pattern = contains_pattern(&text.to_lowercase());
        query.push(" and (lower(i.name) like ").push_bind(pattern.clone());
        query.push(" or i.slug like ").push_bind(pattern).push(")");
    }
    if let Some(status) = filter.status {
        query.push(" and i.status = ").push_bind(status.as_str());
    }
}

const COLUMNS: &str =
    "i.organization_id, i.name, i.slug, i.status, i.created_at, i.members, i.conversations, i.messages,
    i.documents, i.storage_bytes, i.failing_webhooks, i.failed_sources, i.last_active_at, i.measured_at";

#[derive(sqlx::FromRow)]
struct Row {
    organization_id: Uuid,
    name: String,
    slug: String,
    status: String,
    created_at: DateTime<Utc>,
    members: i32,
    conversations: i64,
    messages: i64,
    documents: i64,
    storage_bytes: i64,
    failing_webhooks: i32,
    failed_sources: i32,
    last_active_at: Option<DateTime<Utc>>,
    measured_at: Option<DateTime<Utc>>,
}

impl Row {
    fn row(self) -> Result<OrganizationRow> {
        Ok(OrganizationRow {
            id: OrganizationId(self.organization_id),
            name: self.name,
            slug: self.slug,
            status: self.status.parse()?,
            created_at: self.created_at,
            usage: OrganizationUsage {
                members: self.members.into(),
                conversations: self.conversations,
                messages: self.messages,
                documents: self.documents,
                storage_bytes: self.storage_bytes,
                failing_webhooks: self.failing_webhooks.into(),
                failed_sources: self.failed_sources.into(),
                last_active_at: self.last_active_at,
                measured_at: self.measured_at,
            },
        })
    }
}
