//! A person's organizations: which there are, going from one to another, founding a further one, bringing one back.

use types::{
    id::{OrganizationId, UserId},
    member::{Place, Role},
    organization::{Organization, OrganizationStatus},
};

use super::{Authenticated, ClientInfo, actor, found, log_in, me};
use crate::{Actor, Error, Result, Services, audit, organizations, validate::Check};

/// The organizations that a person belongs to by name, at most 50. Deleted ones are shown to their owners, as long as
/// they can be brought back.
///
/// # Errors
/// When the database does not answer.
pub async fn places(services: &Services, asked_by: &Authenticated) -> Result<Vec<Place>> {
    let me = &asked_by.me;
    let mut places = Vec::new();
    for organization in log_in::organizations_of(services, me.user_id).await? {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let row = sqlx::query!(
            r#"select o.name, o.status, m.role, p.purge_at as "purge_at?"
               from members m join organizations o on o.id = m.organization_id
               left join organization_purges p on p.organization_id = o.id
               where m.organization_id = $1 and m.user_id = $2 and (o.status <> 'deleted' or m.role = 'owner')"#,
            organization.0,
            me.user_id.0
        )
        .fetch_optional(cx.conn())
        .await?;
        if let Some(row) = row {
            places.push(Place {
                organization_id: organization,
                name: row.name,
                role: row.role.parse()?,
                status: row.status.parse()?,
                purge_at: row.purge_at,
                is_current: organization == me.organization.id,
            });
        }
    }
    places.sort_by_key(|place| place.name.to_lowercase());
    Ok(places)
}

/// Lets the session work in another of the person's organizations. Its open sockets begin anew there.
///
/// # Errors
/// [`Error::NotFound`] when the person does not belong to it, or it was deleted; [`Error::Suspended`].
pub async fn switch_organization(
    services: &Services,
    asked_by: &Authenticated,
    organization: OrganizationId,
    client: &ClientInfo,
) -> Result<()> {
    asked_by.in_person()?;
    let user = asked_by.me.user_id;
    let me = me::load(services, user, organization).await?.ok_or(Error::NotFound("organization"))?;
    let mut cx = services.db.begin(organization, actor(&me)).await?.asked_by(client.clone());
    move_session(&mut cx, asked_by).await?;
    audit::record(&mut cx, "session.entered", asked_by.session_id, None, None).await?;
    services.commit(cx).await?;
    services.live.end_session(asked_by.session_id);
    Ok(())
}

/// Founds a further organization, of which the person becomes the owner, and lets the session work in it.
///
/// # Errors
/// [`Error::Validation`] of `name`; [`Error::Refused`] for who belongs to 50 already.
pub async fn found_another(
    services: &Services,
    asked_by: &Authenticated,
    name: &str,
    client: &ClientInfo,
) -> Result<Organization> {
    asked_by.in_person()?;
    let mut check = Check::default();
    let name = check.line("name", name, 1..=120);
    check.finish()?;
    let me = &asked_by.me;
    if log_in::organizations_of(services, me.user_id).await?.len() >= 50 {
        return Err(Error::Refused("nobody can belong to more than 50 organizations"));
    }
    let founder = found::Founder { user: me.user_id, name: &me.name };
    let (mut cx, member) = found::begin(services, &founder, client).await?;
    let organization = found::establish(&mut cx, member, me.user_id, &name, &me.locale).await?;
    move_session(&mut cx, asked_by).await?;
    services.commit(cx).await?;
    services.live.end_session(asked_by.session_id);
    Ok(organization)
}

/// Brings a deleted organization back, as long as its grace period runs. For its owners.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and when there is nothing to bring back.
pub async fn restore_organization(
    services: &Services,
    user: UserId,
    organization: OrganizationId,
    client: &ClientInfo,
) -> Result<()> {
    let gone = || Error::NotFound("organization");
    let mut cx = services.db.begin(organization, Actor::System).await?;
    let owner = sqlx::query!(
        "select m.id, u.name from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and m.user_id = $2 and m.role = 'owner' and u.is_active",
        organization.0,
        user.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or_else(gone)?;
    drop(cx);
    let permissions = types::permission::Permissions::of_role(Role::Owner);
    let owner = Actor::Member {
        id: owner.id.into(),
        user_id: user,
        name: owner.name,
        role: Role::Owner,
        permissions,
        impersonator: None,
    };
    let mut cx = services.db.begin(organization, owner).await?.asked_by(client.clone());
    if !organizations::bring_back(&mut cx, OrganizationStatus::Deleted).await? {
        return Err(gone());
    }
    services.commit(cx).await
}

/// Lets the session work in the organization of this transaction.
async fn move_session(cx: &mut crate::Cx, asked_by: &Authenticated) -> Result<()> {
    let organization = cx.organization();
    let moved = sqlx::query!(
        "update sessions set organization_id = $1 where id = $2 and user_id = $3",
        organization.0,
        asked_by.session_id.0,
        asked_by.me.user_id.0
    )
    .execute(cx.conn())
    .await?;
    if moved.rows_affected() == 1 { Ok(()) } else { Err(Error::Unauthenticated) }
}
