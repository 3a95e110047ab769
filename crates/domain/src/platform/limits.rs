use sqlx::types::Json;
use types::{error::FieldRule, id::OrganizationId, organization::OrganizationLimits};

use super::{Operator, log::Act};
use crate::{Error, Result, Services, audit, validate::Check};

/// The largest limit.
const MOST: i64 = 1_000_000_000;

/// Sets what an organization may have. What it has beyond a limit stays; it gets no more.
///
/// # Errors
/// [`Error::Validation`] of the limits' names; [`Error::NotFound`].
pub async fn set_limits(
    services: &Services,
    operator: &Operator,
    id: OrganizationId,
    limits: OrganizationLimits,
) -> Result<()> {
    let mut check = Check::default();
    let named = [
        ("members", limits.members),
        ("conversations_per_month", limits.conversations_per_month),
        ("knowledge_sources", limits.knowledge_sources),
        ("visitor_megabytes_per_day", limits.visitor_megabytes_per_day),
    ];
    for (name, limit) in named {
        if limit.is_some_and(|limit| !(0..=MOST).contains(&limit)) {
            check.rule(name, FieldRule::Number);
        }
    }
    check.finish()?;
    let mut cx = operator.begin(services, id).await?;
    let before = sqlx::query_scalar!(
        r#"select limits as "limits: Json<OrganizationLimits>" from organizations where id = $1 for update"#,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("organization"))?
    .0;
    let now = cx.now();
    sqlx::query!(
        "update organizations set limits = $2, updated_at = $3 where id = $1",
        id.0,
        serde_json::to_value(limits)?,
        now
    )
    .execute(cx.conn())
    .await?;
    let (before, after) = audit::difference(&before, &limits)?;
    let (before, after) = (Some(before.into()), Some(after.into()));
    audit::record(&mut cx, "organization.limited", id, before.clone(), after.clone()).await?;
    operator.note(services, cx.conn(), Act { action: "organization.limited", resource: id.0, before, after }).await?;
    services.commit(cx).await
}
