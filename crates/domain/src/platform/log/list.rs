use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::QueryBuilder;
use types::{
    page::{Page, clamp},
    platform::{PlatformLogEntry, PlatformLogFilter},
};
use uuid::Uuid;

use crate::{Result, Services, platform::Operator, validate::clean};

/// Counting stops here, and so do the pages: a filter narrows the list.
const COUNT_BOUND: i64 = 10_000;

/// The rows of the operators' log that match, newest first.
///
/// # Errors
/// When the database does not answer.
pub async fn log(services: &Services, _: &Operator, filter: &PlatformLogFilter) -> Result<Page<PlatformLogEntry>> {
    let (page, limit, offset) = clamp(filter.page, Some(50));
    let action = clean(&filter.action).trim().to_lowercase();
    let conditions = |query: &mut QueryBuilder<'_, sqlx::Postgres>| {
        if !action.is_empty() {
            query.push(" and (l.action = ").push_bind(action.clone());
            query.push(" or l.resource_type = ").push_bind(action.clone()).push(")");
        }
        if let Some(resource) = filter.resource_id {
            query.push(" and l.resource_id = ").push_bind(resource);
        }
    };
    let pool = services.db.system();
    let mut count = QueryBuilder::new("select count(*) from (select from platform_logs l where true");
    conditions(&mut count);
    count.push(" limit ").push_bind(COUNT_BOUND).push(") matching");
    let total: i64 = count.build_query_scalar().fetch_one(pool.pool()).await?;
    let mut query = QueryBuilder::new(
        "select l.seq, u.name as actor_name, l.action, l.resource_type, l.resource_id, l.before, l.after, l.ip, l.created_at
         from platform_logs l left join users u on u.id = l.actor_id where true",
    );
    conditions(&mut query);
    query.push(" order by l.seq desc limit ").push_bind(limit).push(" offset ").push_bind(offset.min(COUNT_BOUND));
    let rows = query.build_query_as::<Row>().fetch_all(pool.pool()).await?;
    Ok(Page { items: rows.into_iter().map(Row::entry).collect(), total, page, limit })
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    actor_name: Option<String>,
    action: String,
    resource_type: String,
    resource_id: Option<Uuid>,
    before: Option<Value>,
    after: Option<Value>,
    ip: Option<String>,
    created_at: DateTime<Utc>,
}

impl Row {
    fn entry(self) -> PlatformLogEntry {
        PlatformLogEntry {
            seq: self.seq,
            actor_name: self.actor_name,
            action: self.action,
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            before: self.before,
            after: self.after,
            ip: self.ip,
            created_at: self.created_at,
        }
    }
}
