use chrono::Duration;
use serde_json::json;
use types::{
    event::EventName,
    id::{InvitationId, RoleId},
    member::RoleChoice,
    permission::Permission,
};

use super::create::{GOOD_FOR, send, too_soon};
use crate::{
    Cx, Error, Result, Services, Token, audit,
    error::{require, require_in_person},
    events,
    members::check_grant,
};

/// So long after a mail the next one of the same invitation waits.
const PAUSE: Duration = Duration::minutes(5);

/// Sends an invitation again, with a new link and another week; the old link is void.
///
/// # Errors
/// [`Error::NotFound`] when there is no such open invitation; [`Error::Refused`] when its role may do more than the actor;
/// [`Error::RateLimited`] within five minutes of its last mail, or when 500 invitations were mailed in 24 hours.
pub async fn resend(services: &Services, cx: &mut Cx, id: InvitationId) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let (organization, now) = (cx.organization(), cx.now());
    let row = sqlx::query!(
        "select email, role, custom_role_id, expires_at from invitations
         where organization_id = $1 and id = $2 and accepted_at is null for update",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("invitation"))?;
    check_grant(cx, RoleChoice { role: row.role.parse()?, custom: row.custom_role_id.map(RoleId) }).await?;
    let wait = row.expires_at - GOOD_FOR + PAUSE - now;
    if wait > Duration::zero() {
        return Err(too_soon(wait));
    }
    let token = Token::random();
    sqlx::query!(
        "update invitations set token_hash = $3, expires_at = $4 where organization_id = $1 and id = $2",
        organization.0,
        id.0,
        token.hash,
        now + GOOD_FOR
    )
    .execute(cx.conn())
    .await?;
    send(services, cx, id, &row.email, &token).await?;
    let facts = json!({"email": row.email, "expires_at": now + GOOD_FOR});
    events::emit(cx, EventName::InvitationUpdated, "invitation", id, None, facts.clone()).await?;
    audit::record(cx, "invitation.updated", id, None, Some(facts)).await
}
