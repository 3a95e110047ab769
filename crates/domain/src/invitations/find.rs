use types::{
    id::{InvitationId, OrganizationId, RoleId},
    member::{OpenInvitation, RoleChoice},
};

use crate::{Actor, Cx, Error, Result, Services, Token};

/// An invitation that can be accepted, in a transaction of its organization. Its row is held until that ends.
pub(super) struct Found {
    pub cx: Cx,
    pub id: InvitationId,
    pub email: String,
    pub choice: RoleChoice,
    organization: String,
    invited_by: Option<String>,
}

/// Finds the invitation behind a token.
///
/// # Errors
/// [`Error::NotFound`] when the token is unknown, used, revoked or too old, or the organization is not active.
pub(super) async fn open(services: &Services, token: &str) -> Result<Found> {
    let gone = || Error::NotFound("invitation");
    let hash = Token::hash(token);
    let place = sqlx::query!(
        "select organization_id, resource_id from secret_lookups where kind = 'invitation' and key = $1",
        hex::encode(&hash)
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or_else(gone)?;
    let mut cx = services.db.begin(OrganizationId(place.organization_id), Actor::System).await?;
    let now = cx.now();
    let row = sqlx::query!(
        r#"select i.email, i.role, i.custom_role_id, o.name, u.name as "invited_by?"
           from invitations i join organizations o on o.id = i.organization_id
           left join members m on m.organization_id = i.organization_id and m.id = i.invited_by
           left join users u on u.id = m.user_id
           where i.organization_id = $1 and i.id = $2 and i.token_hash = $3 and i.accepted_at is null
             and i.expires_at > $4 and o.status = 'active' for update of i"#,
        place.organization_id,
        place.resource_id,
        hash,
        now
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or_else(gone)?;
    Ok(Found {
        cx,
        id: InvitationId(place.resource_id),
        email: row.email,
        choice: RoleChoice { role: row.role.parse()?, custom: row.custom_role_id.map(RoleId) },
        organization: row.name,
        invited_by: row.invited_by,
    })
}

/// What the one who was invited sees before accepting.
///
/// # Errors
/// [`Error::NotFound`] when the token is unknown, used, revoked or too old, or the organization is not active.
pub async fn find(services: &Services, token: &str) -> Result<OpenInvitation> {
    let mut found = open(services, token).await?;
    let has_account = sqlx::query_scalar!(
        r#"select exists (select from users where lower(email) = lower($1)) as "known!""#,
        found.email
    )
    .fetch_one(found.cx.conn())
    .await?;
    Ok(OpenInvitation {
        organization: found.organization,
        invited_by: found.invited_by,
        email: found.email,
        has_account,
    })
}
