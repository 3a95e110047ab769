use serde_json::json;
use types::{
    event::EventName,
    id::{InvitationId, MemberId},
    permission::Permission,
};

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
    tell(cx, id, &email).await
}

/// Takes back the open invitations of members who go, or who may give less from now on: otherwise they could come back by
/// one that they sent to themselves.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn withdraw(cx: &mut Cx, members: &[MemberId]) -> Result<()> {
    let organization = cx.organization();
    let members: Vec<_> = members.iter().map(|id| id.0).collect();
    // Waits for, and then sees, an invitation that one of them is just giving.
    sqlx::query!(
        "select from members where organization_id = $1 and id = any($2) order by id for update",
        organization.0,
        &members
    )
    .execute(cx.conn())
    .await?;
    let gone = sqlx::query!(
        r#"with gone as (
             delete from invitations where organization_id = $1 and invited_by = any($2) and accepted_at is null
             returning id, email
           ), key as (
             delete from secret_lookups l using gone
             where l.kind = 'invitation' and l.organization_id = $1 and l.resource_id = gone.id
           )
           select id as "id!", email as "email!" from gone order by id"#,
        organization.0,
        &members
    )
    .fetch_all(cx.conn())
    .await?;
    for invitation in gone {
        tell(cx, InvitationId(invitation.id), &invitation.email).await?;
    }
    Ok(())
}

async fn tell(cx: &mut Cx, id: InvitationId, email: &str) -> Result<()> {
    let facts = json!({"email": email});
    events::emit(cx, EventName::InvitationDeleted, "invitation", id, None, facts.clone()).await?;
    audit::record(cx, "invitation.deleted", id, Some(facts), None).await
}
