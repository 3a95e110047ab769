use types::{
    id::{InvitationId, RoleId},
    member::Invitation,
    permission::Permission,
};

use crate::{Cx, Error, Result, error::require};

/// The open invitations, also those that have run out, the newest first, at most 500.
///
/// # Errors
/// [`Error::Forbidden`](crate::Error::Forbidden).
pub async fn list(cx: &mut Cx) -> Result<Vec<Invitation>> {
    rows(cx, None).await
}

/// An open invitation.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Forbidden`].
pub async fn get(cx: &mut Cx, id: InvitationId) -> Result<Invitation> {
    rows(cx, Some(id)).await?.pop().ok_or(Error::NotFound("invitation"))
}

async fn rows(cx: &mut Cx, id: Option<InvitationId>) -> Result<Vec<Invitation>> {
    require(cx, Permission::MembersRead)?;
    let (organization, now) = (cx.organization(), cx.now());
    let rows = sqlx::query!(
        r#"select i.id, i.email, i.role, i.custom_role_id, r.name as "role_name?", u.name as "invited_by?",
                  i.created_at, i.expires_at
           from invitations i
           left join roles r on r.organization_id = i.organization_id and r.id = i.custom_role_id
           left join members m on m.organization_id = i.organization_id and m.id = i.invited_by
           left join users u on u.id = m.user_id
           where i.organization_id = $1 and i.accepted_at is null and ($2::uuid is null or i.id = $2)
           order by i.created_at desc, i.id desc limit 500"#,
        organization.0,
        id.map(|id| id.0)
    )
    .fetch_all(cx.conn())
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Invitation {
                id: InvitationId(row.id),
                email: row.email,
                role: row.role.parse()?,
                role_id: row.custom_role_id.map(RoleId),
                role_name: row.role_name,
                invited_by: row.invited_by,
                created_at: row.created_at,
                expires_at: row.expires_at,
                has_expired: row.expires_at <= now,
            })
        })
        .collect()
}
