use chrono::{DateTime, Utc};
use domain::audit;
use serde::Deserialize;
use types::audit::{AuditEntry, AuditFilter};
use types::page::clamp;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{ApiQuery, Caller, Many, query::number};
use crate::{Api, error::ApiResult};

pub(super) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(list))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Filter {
    /// An action such as `agent.updated`, or only its noun.
    action: Option<String>,
    /// A member, an API key or an agent.
    actor_id: Option<Uuid>,
    resource_id: Option<Uuid>,
    /// At this time or later.
    from: Option<DateTime<Utc>>,
    /// Before this time.
    until: Option<DateTime<Utc>>,
    /// The `next_cursor` of the previous part.
    #[param(pattern = "^[0-9]{1,18}$")]
    cursor: Option<String>,
    limit: Option<i64>,
}

/// List who changed what, newest first
///
/// Each entry has a position in the organization's chain, where every entry carries a digest of the previous one.
#[utoipa::path(get, path = "/audit-logs", tag = "Audit log", params(Filter),
    responses((status = 200, body = Many<AuditEntry>)), security(("api_key" = ["audit:read"])))]
async fn list(caller: Caller, ApiQuery(query): ApiQuery<Filter>) -> ApiResult<Many<AuditEntry>> {
    let Filter { action, actor_id, resource_id, from, until, cursor, limit } = query;
    let before = number("cursor", cursor.as_deref())?;
    let (_, limit, _) = clamp(None, limit);
    let filter = AuditFilter { action, actor_id, resource_id, from, until, ..AuditFilter::default() };
    // What the caller has just done shows.
    audit::seal(&caller.api.services).await?;
    let mut entries = audit::before(&mut caller.begin().await?, &filter, before, limit + 1).await?;
    let more = i64::try_from(entries.len()).is_ok_and(|found| found > limit);
    if more {
        entries.pop();
    }
    let next = entries.last().filter(|_| more).map(|entry| entry.seq.to_string());
    Ok(Many::until(entries, limit, next))
}
