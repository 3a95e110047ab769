use serde_json::json;
use types::{event::EventName, id::OrganizationId};

use super::{Operator, impersonation, log::Act};
use crate::{Error, Result, Services, audit, events, organizations, validate::Check};

/// Suspends an organization: its members, API keys, widgets, sockets, file links and webhooks are refused from now on,
/// until [`restore_organization`](super::restore_organization). Nothing of it is lost. Its members and programs are told
/// the `reason`.
///
/// # Errors
/// [`Error::Validation`] of `reason`; [`Error::NotFound`]; [`Error::Conflict`] when it is not active; [`Error::Refused`] for
/// the operator's own: nobody could restore it.
pub async fn suspend_organization(
    services: &Services,
    operator: &Operator,
    id: OrganizationId,
    reason: &str,
) -> Result<()> {
    let mut check = Check::default();
    let reason = check.line("reason", reason, 1..=500);
    check.finish()?;
    let mut cx = operator.begin(services, id).await?;
    let is_own = sqlx::query_scalar!(
        r#"select exists (select from user_organizations where organization_id = $1 and user_id = $2) as "is_own!""#,
        id.0,
        operator.user().0
    )
    .fetch_one(cx.conn())
    .await?;
    if is_own {
        return Err(Error::Refused("you belong to this organization, and cannot suspend your own"));
    }
    let now = cx.now();
    let name = sqlx::query_scalar!("select name from organizations where id = $1 for update", id.0)
        .fetch_optional(cx.conn())
        .await?
        .ok_or(Error::NotFound("organization"))?;
    let suspended = sqlx::query!(
        "update organizations set status = 'suspended', suspended_at = $2, suspended_reason = $3, updated_at = $2
         where id = $1 and status = 'active'",
        id.0,
        now,
        reason
    )
    .execute(cx.conn())
    .await?;
    if suspended.rows_affected() == 0 {
        return Err(Error::Conflict("the organization is already suspended or deleted".into()));
    }
    organizations::index(&mut cx).await?;
    impersonation::end_in(&mut cx).await?;
    let facts = json!({"name": name, "reason": reason});
    events::emit(&mut cx, EventName::OrganizationSuspended, "organization", id, None, json!({})).await?;
    audit::record(&mut cx, "organization.suspended", id, None, Some(facts.clone())).await?;
    let act = Act { action: "organization.suspended", resource: id.0, before: None, after: Some(facts) };
    operator.note(services, cx.conn(), act).await?;
    services.commit(cx).await?;
    services.live.end_organization(id);
    Ok(())
}
