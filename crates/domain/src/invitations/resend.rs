use serde_json::json;
use types::{event::EventName, id::InvitationId, permission::Permission};

use super::create::{GOOD_FOR, send};
use crate::{Cx, Error, Result, Services, Token, audit, error::require, events};

/// Sends an invitation again, with a new link and another week; the old link is void.
///
/// # Errors
/// [`Error::NotFound`] when there is no such open invitation.
pub async fn resend(services: &Services, cx: &mut Cx, id: InvitationId) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    let (organization, now) = (cx.organization(), cx.now());
    let token = Token::random();
    let email = sqlx::query_scalar!(
        "update invitations set token_hash = $3, expires_at = $4
         where organization_id = $1 and id = $2 and accepted_at is null returning email",
        organization.0,
        id.0,
        token.hash,
        now + GOOD_FOR
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("invitation"))?;
    send(services, cx, id, &email, &token).await?;
    let facts = json!({"email": email, "expires_at": now + GOOD_FOR});
    events::emit(cx, EventName::InvitationUpdated, "invitation", id, None, facts.clone()).await?;
    audit::record(cx, "invitation.updated", id, None, Some(facts)).await
}
