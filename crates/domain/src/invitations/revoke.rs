use serde_json::json;
use types::{event::EventName, id::InvitationId, permission::Permission};

use crate::{
    Cx, Error, Result, audit,
    error::{require, require_in_person},
    events,
};

/// Takes an open invitation back; its link is void at once.
///
/// # Errors
/// [`Error::NotFound`] when there is no such open invitation.
pub async fn revoke(cx: &mut Cx, id: InvitationId) -> Result<()> {
    require(cx, Permission::MembersWrite)?;
    require_in_person(cx)?;
    let organization = cx.organization();
    let email = sqlx::query_scalar!(
        "with key as (
           delete from secret_lookups where kind = 'invitation' and organization_id = $1 and resource_id = $2
         )
         delete from invitations where organization_id = $1 and id = $2 and accepted_at is null returning email",
        organization.0,
        id.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or(Error::NotFound("invitation"))?;
    let facts = json!({"email": email});
    events::emit(cx, EventName::InvitationDeleted, "invitation", id, None, facts.clone()).await?;
    audit::record(cx, "invitation.deleted", id, Some(facts), None).await
}
