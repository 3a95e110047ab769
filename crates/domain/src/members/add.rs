use serde_json::json;
use types::{
    event::EventName,
    id::{MemberId, UserId},
    member::RoleChoice,
};

use crate::{
    Cx, Result, audit, events,
    organizations::{Limited, check_limit},
};

/// Gives a user a place in the organization. `None` when the user has one already. The caller has asked whether that may
/// be.
///
/// # Errors
/// [`Error::LimitReached`](crate::Error::LimitReached).
pub(crate) async fn add(cx: &mut Cx, user: UserId, choice: RoleChoice) -> Result<Option<MemberId>> {
    check_limit(cx, Limited::Members).await?;
    let (organization, id, now) = (cx.organization(), MemberId(cx.new_id()), cx.now());
    let inserted = sqlx::query!(
        "with place as (
           insert into user_organizations (user_id, organization_id) values ($3, $1) on conflict do nothing
         )
         insert into members (organization_id, id, user_id, role, custom_role_id, created_at)
         values ($1, $2, $3, $4, $5, $6) on conflict (organization_id, user_id) do nothing",
        organization.0,
        id.0,
        user.0,
        choice.role.as_str(),
        choice.custom.map(|id| id.0),
        now
    )
    .execute(cx.conn())
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(None);
    }
    let facts = json!({"role": choice.role, "role_id": choice.custom});
    events::emit(cx, EventName::MemberCreated, "member", id, None, facts.clone()).await?;
    audit::record(cx, "member.created", id, None, Some(facts)).await?;
    Ok(Some(id))
}
