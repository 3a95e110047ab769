use chrono::Duration;
use serde_json::json;
use types::{error::FieldRule, event::EventName, member::Role};

use crate::{Actor, Cx, Error, Result, audit, error::require_in_person, events};

/// How long a deleted organization can be brought back.
const GRACE: Duration = Duration::days(30);

/// Deletes the organization: from now on its members, keys and widgets are refused. Its owners can bring it back for 30
/// days, then it is gone with everything that it owns. For owners; `confirmation` is its name.
///
/// # Errors
/// [`Error::Refused`] for others than owners; [`Error::Validation`] of `confirmation`.
pub async fn delete(cx: &mut Cx, confirmation: &str) -> Result<()> {
    require_in_person(cx)?;
    if cx.actor().role() != Some(Role::Owner) && *cx.actor() != Actor::System {
        return Err(Error::Refused("only an owner can delete an organization"));
    }
    let (id, now) = (cx.organization(), cx.now());
    let name = sqlx::query_scalar!("select name from organizations where id = $1 for update", id.0)
        .fetch_optional(cx.conn())
        .await?
        .ok_or(Error::NotFound("organization"))?;
    if confirmation.trim() != name {
        return Err(Error::rule("confirmation", FieldRule::Mismatch));
    }
    sqlx::query!(
        "with purge as (
           insert into organization_purges (organization_id, purge_at) values ($1, $3)
           on conflict (organization_id) do nothing
         )
         update organizations set status = 'deleted', deleted_at = $2, updated_at = $2 where id = $1",
        id.0,
        now,
        now + GRACE
    )
    .execute(cx.conn())
    .await?;
    super::index(cx).await?;
    let facts = json!({"name": name, "purge_at": now + GRACE});
    events::emit(cx, EventName::OrganizationDeleted, "organization", id, None, facts.clone()).await?;
    audit::record(cx, "organization.deleted", id, None, Some(facts)).await
}
