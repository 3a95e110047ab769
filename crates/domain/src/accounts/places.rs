//! A person's organizations: which there are, going from one to another, founding a further one, bringing one back.

use sha2::{Digest, Sha256};
use types::{
    id::{OrganizationId, UserId},
    member::{Place, Role},
    organization::{Organization, OrganizationStatus},
};

use super::{Authenticated, ClientInfo, actor, establish::establish, found, log_in, me};
use crate::{
    Actor, Cx, Error, Result, Services, audit,
    idempotency::{self, Once, Reserved},
    organizations,
    validate::Check,
};

/// The status of the answer to who founded an organization.
const CREATED: u16 = 201;

/// The organizations that a person belongs to by name, at most 50. Deleted ones are shown to their owners, as long as
/// they can be brought back.
///
/// # Errors
/// When the database does not answer.
pub async fn places(services: &Services, asked_by: &Authenticated) -> Result<Vec<Place>> {
    let me = &asked_by.me;
    let mut places = places_of(services, me.user_id).await?;
    for place in &mut places {
        place.is_current = place.organization_id == me.organization.id;
    }
    Ok(places)
}

/// The same for somebody without a session.
pub(super) async fn places_of(services: &Services, user: UserId) -> Result<Vec<Place>> {
    let mut places = Vec::new();
    for organization in log_in::organizations_of(services.db.system().pool(), user).await? {
        let mut cx = services.db.begin(organization, Actor::System).await?;
        let row = sqlx::query!(
            r#"select o.name, o.status, m.role, p.purge_at as "purge_at?"
               from members m join organizations o on o.id = m.organization_id
               left join organization_purges p on p.organization_id = o.id
               where m.organization_id = $1 and m.user_id = $2 and (o.status <> 'deleted' or m.role = 'owner')"#,
            organization.0,
            user.0
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
                is_current: false,
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

/// Founds a further organization, of which the person becomes the owner, and lets the session work in it. A request that
/// arrives `once` more founds nothing: it gets the organization as it was founded, wherever the session works by then,
/// because key and organization are written in one transaction.
///
/// # Errors
/// [`Error::Validation`] of `name`; [`Error::Refused`] for who belongs to 50 already; [`Error::Conflict`] when the key has
/// founded another organization before.
pub async fn found_another(
    services: &Services,
    asked_by: &Authenticated,
    name: &str,
    client: &ClientInfo,
    once: Option<Once<'_>>,
) -> Result<Organization> {
    asked_by.in_person()?;
    let mut check = Check::default();
    let name = check.name("name", name);
    check.finish()?;
    let me = &asked_by.me;
    let founder = found::Founder { user: me.user_id, name: &me.name, key: once.map(|once| once.key) };
    let (mut cx, member) = found::begin(services, &founder, client).await?;
    if let Some(once) = once
        && let Some(founded) = founded_before(services, &mut cx, once).await?
    {
        return Ok(founded);
    }
    found::check_room(&mut cx, me.user_id).await?;
    let organization = establish(&mut cx, member, me.user_id, &name, &me.locale).await?;
    if let Some(once) = once {
        let key = kept_as(once.key);
        idempotency::reserve(services, &mut cx, &key, once.fingerprint).await?;
        idempotency::store(services, &mut cx, &key, CREATED, &serde_json::to_vec(&organization)?).await?;
    }
    move_session(&mut cx, asked_by).await?;
    services.commit(cx).await?;
    services.live.end_session(asked_by.session_id);
    Ok(organization)
}

/// The key in the organization that it founded: apart from the keys of requests that are made there.
fn kept_as(key: &str) -> String {
    format!("founded:{}", hex::encode(Sha256::digest(key)))
}

/// What a request with this key has founded. The same request waits here until this transaction ends.
async fn founded_before(services: &Services, cx: &mut Cx, once: Once<'_>) -> Result<Option<Organization>> {
    let id = cx.organization().0;
    sqlx::query!("select pg_advisory_xact_lock($1)", id.as_u64_pair().0.cast_signed()).execute(cx.conn()).await?;
    let exists = sqlx::query_scalar!(r#"select exists (select from organizations where id = $1) as "exists!""#, id)
        .fetch_one(cx.conn())
        .await?;
    if !exists {
        return Ok(None);
    }
    match idempotency::reserve(services, cx, &kept_as(once.key), once.fingerprint).await? {
        Reserved::Done { answer, .. } => Ok(Some(serde_json::from_slice(&answer)?)),
        // The answer is remembered for a day, the organization stays.
        Reserved::New => Err(Error::Conflict(
            "this Idempotency-Key was already used to create an organization: use a new one".into(),
        )),
    }
}

/// Brings a deleted organization back, as long as its grace period runs. For its owners. One that works stays as it is, so
/// that the request may be repeated.
///
/// # Errors
/// [`Error::NotFound`] for everybody else, and when there is nothing to bring back.
pub async fn restore_organization(
    services: &Services,
    asked_by: &Authenticated,
    organization: OrganizationId,
    client: &ClientInfo,
) -> Result<()> {
    asked_by.in_person()?;
    services.commit(bring_back(services, asked_by.me.user_id, organization, client).await?).await
}

/// A transaction of an organization, in the name of its owner, in which it works again: see [`restore_organization`].
pub(super) async fn bring_back(
    services: &Services,
    user: UserId,
    organization: OrganizationId,
    client: &ClientInfo,
) -> Result<Cx> {
    let gone = || Error::NotFound("organization");
    let mut cx = services.db.begin(organization, Actor::System).await?.asked_by(client.clone());
    let owner = sqlx::query!(
        "select m.id, u.name from members m join users u on u.id = m.user_id
         where m.organization_id = $1 and m.user_id = $2 and m.role = 'owner' and u.is_active",
        organization.0,
        user.0
    )
    .fetch_optional(cx.conn())
    .await?
    .ok_or_else(gone)?;
    let permissions = types::permission::Permissions::of_role(Role::Owner);
    let owner = Actor::Member {
        id: owner.id.into(),
        user_id: user,
        name: owner.name,
        role: Role::Owner,
        permissions,
        impersonator: None,
    };
    let mut cx = cx.acted_by(owner);
    if organizations::bring_back(&mut cx, OrganizationStatus::Deleted).await? {
        return Ok(cx);
    }
    // It works already: so does one that the same request at the same moment has brought back.
    let status = sqlx::query_scalar!("select status from organizations where id = $1", organization.0)
        .fetch_optional(cx.conn())
        .await?;
    if status.as_deref() == Some(OrganizationStatus::Active.as_str()) { Ok(cx) } else { Err(gone()) }
}

/// Lets the session work in the organization of this transaction.
async fn move_session(cx: &mut Cx, asked_by: &Authenticated) -> Result<()> {
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
