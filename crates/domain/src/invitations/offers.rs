//! Invitations that are offered to who has proven who they are, and is not signed in yet.

use types::{
    id::{InvitationId, OrganizationId, UserId},
    member::OfferedInvitation,
};

use super::{
    accept::join,
    create::GOOD_FOR,
    find::{By, open_in, organization_of},
};
use crate::{Cx, Error, Result, Services, Token, accounts::ClientInfo};

/// Invitations that are offered to somebody at a time.
const OFFERED: i64 = 20;

/// The open invitations that somebody may accept: that behind the token `link`, to whatever address it was sent, and those
/// that were sent to `address`, which the caller knows to be the person's own; the newest first, 20 of these at most.
pub(crate) async fn offers(
    services: &Services,
    address: Option<&str>,
    link: Option<&str>,
) -> Result<Vec<OfferedInvitation>> {
    let mut offers: Vec<OfferedInvitation> = Vec::new();
    for (organization, by) in places(services, address, link).await? {
        if let Some(found) = open_in(services, organization, &by).await?
            && offers.iter().all(|offer| offer.id != found.id)
        {
            offers.push(OfferedInvitation {
                id: found.id,
                organization: found.organization,
                invited_by: found.invited_by,
            });
        }
    }
    Ok(offers)
}

/// Accepts one of what [`offers`] gives, in the name of a user with an address. The caller commits.
///
/// # Errors
/// [`Error::NotFound`] when it is none of them (any more); otherwise as [`join`].
pub(crate) async fn join_offered(
    services: &Services,
    (user, email): (UserId, &str),
    address: Option<&str>,
    link: Option<&str>,
    id: InvitationId,
    client: &ClientInfo,
) -> Result<Cx> {
    for (organization, by) in places(services, address, link).await? {
        if let Some(found) = open_in(services, organization, &by).await?
            && found.id == id
        {
            return join(found, user, email, client).await;
        }
    }
    Err(Error::NotFound("invitation"))
}

/// Where the offered ones may stand. Invitations are known to their organizations alone; which have written to an address
/// tells the list of mails, which outlives them.
async fn places<'a>(
    services: &Services,
    address: Option<&'a str>,
    link: Option<&str>,
) -> Result<Vec<(OrganizationId, By<'a>)>> {
    let mut places = Vec::new();
    if let Some(hash) = link.map(Token::hash)
        && let Some(organization) = organization_of(services, &hash).await?
    {
        places.push((organization, By::Link(hash)));
    }
    let Some(address) = address else { return Ok(places) };
    let organizations = sqlx::query_scalar!(
        r#"select organization_id as "id!" from mails
           where kind = 'invitation' and organization_id is not null and created_at > $2 and lower(recipient) = lower($1)
           group by organization_id order by max(created_at) desc limit $3"#,
        address,
        services.db.now() - GOOD_FOR,
        OFFERED
    )
    .fetch_all(services.db.system().pool())
    .await?;
    places.extend(organizations.into_iter().map(|id| (OrganizationId(id), By::Address(address))));
    Ok(places)
}
