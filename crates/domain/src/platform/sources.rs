use types::{
    id::{OrganizationId, SourceId},
    knowledge::NotRead,
    platform::FailingSource,
};

use super::Operator;
use crate::{Result, Services};

/// Organizations that are looked at.
const ORGANIZATIONS: i64 = 50;
/// Sources of one organization.
const EACH: i64 = 20;

/// Sources of knowledge that could not be read: of the first 50 organizations that have some, as of their last count, at
/// most 20 each.
///
/// # Errors
/// When the database does not answer.
pub async fn failing_sources(services: &Services, operator: &Operator) -> Result<Vec<FailingSource>> {
    let organizations = sqlx::query!(
        "select organization_id, name from organization_index where failed_sources > 0
         order by failed_sources desc, organization_id limit $1",
        ORGANIZATIONS
    )
    .fetch_all(services.db.system().pool())
    .await?;
    let mut failing = Vec::new();
    for organization in organizations {
        let id = OrganizationId(organization.organization_id);
        let mut cx = operator.begin(services, id).await?;
        let rows = sqlx::query!(
            r#"select s.id, s.name, s.location, s.failure_reason, s.updated_at, y.code as "code?"
               from knowledge_sources s
               left join lateral (
                 select case when y.status = 'cancelled' then '{"code": "cancelled"}'
                             when y.reason = s.failure_reason then y.reason_code end as code
                 from knowledge_syncs y where y.organization_id = $1 and y.source_id = s.id
                 order by y.started_at desc, y.id desc limit 1
               ) y on true
               where s.organization_id = $1 and s.status = 'failed' order by s.updated_at desc, s.id limit $2"#,
            id.0,
            EACH
        )
        .fetch_all(cx.conn())
        .await?;
        failing.extend(rows.into_iter().map(|row| FailingSource {
            organization_id: id,
            organization_name: organization.name.clone(),
            source_id: SourceId(row.id),
            name: row.name,
            location: row.location,
            reason: NotRead::stored(row.failure_reason, row.code),
            updated_at: row.updated_at,
        }));
    }
    Ok(failing)
}
