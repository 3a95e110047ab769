use sqlx::{FromRow, Postgres, QueryBuilder};
use types::{
    audit::{AuditEntry, AuditFilter},
    id::AuditLogId,
    page::{Page, clamp},
    permission::Permission,
};

use crate::{
    Cx, Result,
    error::require,
    validate::{clean, storable},
};

/// Counting stops here, and so do the pages: a filter narrows the list.
pub const COUNT_BOUND: i64 = 10_000;

/// The rows of the log that match, newest first; those of the last moment once they are sealed.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx, filter: &AuditFilter) -> Result<Page<AuditEntry>> {
    require(cx, Permission::AuditRead)?;
    let (page, limit, offset) = clamp(filter.page, filter.limit);
    cx.plan_for_values().await?;
    let organization = cx.organization().0;
    let mut count = QueryBuilder::new(
        "select count(*) from (select from audit_logs l where l.seq is not null and l.organization_id = ",
    );
    count.push_bind(organization);
    matching(&mut count, filter);
    count.push(" limit ").push_bind(COUNT_BOUND).push(") matching");
    let total: i64 = count.build_query_scalar().fetch_one(cx.conn()).await?;

    let mut query = rows(cx);
    matching(&mut query, filter);
    query.push(" order by l.seq desc limit ").push_bind(limit).push(" offset ").push_bind(offset.min(COUNT_BOUND));
    let rows = query.build_query_as::<Row>().fetch_all(cx.conn()).await?;
    Ok(Page { items: rows.into_iter().map(Row::entry).collect(), total, page, limit })
}

/// The same without pages: the rows that match before a place in the chain, newest first, at most `limit`.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn before(cx: &mut Cx, filter: &AuditFilter, seq: Option<i64>, limit: i64) -> Result<Vec<AuditEntry>> {
    require(cx, Permission::AuditRead)?;
    cx.plan_for_values().await?;
    let mut query = rows(cx);
    matching(&mut query, filter);
    query.push(" and l.seq < ").push_bind(seq.unwrap_or(i64::MAX));
    query.push(" order by l.seq desc limit ").push_bind(limit);
    let rows = query.build_query_as::<Row>().fetch_all(cx.conn()).await?;
    Ok(rows.into_iter().map(Row::entry).collect())
}

/// The rows of the organization's log, up to the conditions.
fn rows(cx: &Cx) -> QueryBuilder<'static, Postgres> {
    let mut query = QueryBuilder::new(
        "select l.id, l.seq, l.actor_type, l.actor_id,
                case when l.actor_type = 'platform_admin' then 'platform admin' else coalesce(u.name, k.name, a.name) end
                  as actor_name,
                l.action, l.resource_type, l.resource_id, l.before, l.after,
                l.impersonator_id is not null as impersonated, l.ip, l.user_agent, l.created_at
         from audit_logs l
         left join members m on m.organization_id = l.organization_id and m.id = l.actor_id
         left join users u on u.id = m.user_id
         left join api_keys k on k.organization_id = l.organization_id and k.id = l.actor_id
         left join agents a on a.organization_id = l.organization_id and a.id = l.actor_id
         where l.seq is not null and l.organization_id = ",
    );
    query.push_bind(cx.organization().0);
    query
}

/// The conditions, the same for the rows and for their number.
fn matching(query: &mut QueryBuilder<'_, Postgres>, filter: &AuditFilter) {
    if let Some(action) = filter.action.as_deref().map(clean).filter(|action| !action.trim().is_empty()) {
        let action = action.trim().to_lowercase();
        query.push(" and (l.action = ").push_bind(action.clone());
        query.push(" or l.resource_type = ").push_bind(action).push(")");
    }
    if let Some(actor) = filter.actor_id {
        query.push(" and l.actor_id = ").push_bind(actor);
    }
    if let Some(resource) = filter.resource_id {
        query.push(" and l.resource_id = ").push_bind(resource);
    }
    if let Some(from) = filter.from {
        query.push(" and l.created_at >= ").push_bind(storable(from));
    }
    if let Some(until) = filter.until {
        query.push(" and l.created_at < ").push_bind(storable(until));
    }
}

#[derive(FromRow)]
struct Row {
    id: uuid::Uuid,
    seq: i64,
    actor_type: String,
    actor_id: Option<uuid::Uuid>,
    actor_name: Option<String>,
    action: String,
    resource_type: String,
    resource_id: Option<uuid::Uuid>,
    before: Option<serde_json::Value>,
    after: Option<serde_json::Value>,
    impersonated: bool,
    ip: Option<String>,
    user_agent: Option<String>,
    created_at: chrono::DateTime<chrono::Utc>,
}

impl Row {
    fn entry(self) -> AuditEntry {
        AuditEntry {
            id: AuditLogId(self.id),
            seq: self.seq,
            actor_type: self.actor_type,
            actor_id: self.actor_id,
            actor_name: self.actor_name,
            action: self.action,
            resource_type: self.resource_type,
            resource_id: self.resource_id,
            before: self.before,
            after: self.after,
            impersonated: self.impersonated,
            ip: self.ip,
            user_agent: self.user_agent,
            created_at: self.created_at,
        }
    }
}
