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
    pub organization: String,
    pub invited_by: Option<String>,
}

/// How an invitation is found in its organization.
pub(super) enum By<'a> {
    /// By the hash of the token in its link.
    Link(Vec<u8>),
    /// By the address that it was sent to: there is one at most.
    Address(&'a str),
}

/// Finds the invitation behind a token.
///
/// # Errors
/// [`Error::NotFound`] when the token is unknown, used, revoked or too old, or the organization is not active.
pub(super) async fn open(services: &Services, token: &str) -> Result<Found> {
    let gone = || Error::NotFound("invitation");
    let hash = Token::hash(token);
    let organization = organization_of(services, &hash).await?.ok_or_else(gone)?;
    open_in(services, organization, &By::Link(hash)).await?.ok_or_else(gone)
}

/// The organization of the invitation whose token has this hash.
pub(super) async fn organization_of(services: &Services, token_hash: &[u8]) -> Result<Option<OrganizationId>> {
    let organization = sqlx::query_scalar!(
        "select organization_id from secret_lookups where kind = 'invitation' and key = $1",
        hex::encode(token_hash)
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    Ok(organization.map(OrganizationId))
}

/// Finds an invitation of an organization; `None` when there is no such, it was used or is too old, or the organization is
/// not active.
pub(super) async fn open_in(services: &Services, organization: OrganizationId, by: &By<'_>) -> Result<Option<Found>> {
    let (token_hash, address) = match by {
        By::Link(hash) => (Some(hash.as_slice()), None),
        By::Address(address) => (None, Some(*address)),
    };
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let now = cx.now();
    let row = sqlx::query!(
        r#"select i.id, i.email, i.role, i.custom_role_id, o.name, u.name as "invited_by?"
           from invitations i join organizations o on o.id = i.organization_id
           left join members m on m.organization_id = i.organization_id and m.id = i.invited_by
           left join users u on u.id = m.user_id
           where i.organization_id = $1 and (i.token_hash = $2 or lower(i.email) = lower($3)) and i.accepted_at is null
             and i.expires_at > $4 and o.status = 'active' for update of i"#,
        organization.0,
        token_hash,
        address,
        now
    )
    .fetch_optional(cx.conn())
    .await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(Found {
        cx,
        id: InvitationId(row.id),
        email: row.email,
        choice: RoleChoice { role: row.role.parse()?, custom: row.custom_role_id.map(RoleId) },
        organization: row.name,
        invited_by: row.invited_by,
    }))
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
