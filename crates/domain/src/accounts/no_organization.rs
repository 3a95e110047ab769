//! The way in for who belongs to no active organization. All is proven, and a ticket says so: what its holder chooses opens
//! the session.

use types::{
    id::{InvitationId, OrganizationId, UserId},
    member::Openings,
    organization::OrganizationStatus,
};

use super::{
    ClientInfo, Proof, SignedIn,
    establish::establish,
    found::{self, Founder},
    log_in, places, sessions, sign_up,
    ticket::{self, Holder, Purpose},
};
use crate::{Cx, Error, Result, Services, invitations, validate::Check};

/// The person behind a ticket.
struct Person {
    holder: Holder,
    email: String,
    name: String,
    locale: String,
    email_is_verified: bool,
    is_platform_admin: bool,
}

impl Person {
    async fn of(services: &Services, ticket: &str) -> Result<Self> {
        let holder = ticket::holder(services, ticket, &[Purpose::EntryByPassword, Purpose::Entry]).await?;
        let row = sqlx::query!(
            r#"select email, name, locale, email_verified_at is not null as "is_verified!", is_platform_admin
               from users where id = $1"#,
            holder.user.0
        )
        .fetch_optional(services.db.system().pool())
        .await?
        .ok_or(Error::Unauthenticated)?;
        Ok(Self {
            holder,
            email: row.email,
            name: row.name,
            locale: row.locale,
            email_is_verified: row.is_verified,
            is_platform_admin: row.is_platform_admin,
        })
    }

    fn user(&self) -> UserId {
        self.holder.user
    }

    /// The address, where it is the person's own.
    fn own_address(&self) -> Option<&str> {
        self.email_is_verified.then_some(self.email.as_str())
    }

    /// Whether the person may found an organization: as strangers may. Whoever operates the service needs one to work in.
    async fn may_found(&self, services: &Services) -> Result<bool> {
        Ok(self.is_platform_admin || sign_up::is_open(services).await?)
    }

    /// Opens the session, in the transaction of what was chosen. The ticket opens one: of two choices at the same moment the
    /// second comes to nothing.
    async fn enter(&self, services: &Services, mut cx: Cx) -> Result<SignedIn> {
        sessions::hold(cx.conn(), self.user()).await?;
        let last_login_at = sqlx::query_scalar!("select last_login_at from users where id = $1", self.user().0)
            .fetch_optional(cx.conn())
            .await?;
        if last_login_at != Some(self.holder.last_login_at) {
            return Err(Error::Unauthenticated);
        }
        let hash = &self.holder.password_hash;
        let proof = match self.holder.purpose {
            Purpose::Entry => Proof::SecondStep(hash),
            _ => Proof::Password(hash),
        };
        log_in::enter_here(services, cx, self.user(), proof).await
    }
}

/// What the holder of a ticket can do. `link` is the token of the invitation that the person came from, to whatever address
/// it was sent.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more).
pub async fn openings(services: &Services, ticket: &str, link: Option<&str>) -> Result<Openings> {
    let person = Person::of(services, ticket).await?;
    let mut deleted = places::places_of(services, person.user()).await?;
    let now = services.db.now();
    deleted.retain(|place| {
        place.status == OrganizationStatus::Deleted && place.purge_at.is_some_and(|purge_at| purge_at > now)
    });
    Ok(Openings {
        invitations: invitations::offers(services, person.own_address(), link).await?,
        deleted,
        may_found: person.may_found(services).await?,
        email_is_verified: person.email_is_verified,
        email: person.email,
    })
}

/// Accepts an invitation that was offered ([`openings`]) and signs the person in there.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more); [`Error::NotFound`] when this invitation is not
/// offered (any more); [`Error::LimitReached`].
pub async fn enter_invited(
    services: &Services,
    ticket: &str,
    invitation: InvitationId,
    link: Option<&str>,
    client: &ClientInfo,
) -> Result<SignedIn> {
    let person = Person::of(services, ticket).await?;
    let guest = (person.user(), person.email.as_str());
    let cx = invitations::join_offered(services, guest, person.own_address(), link, invitation, client).await?;
    person.enter(services, cx).await
}

/// Brings a deleted organization of the person's back, as long as its grace period runs, and signs the person in there.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more); [`Error::NotFound`] for who does not own it, and when
/// there is nothing to bring back.
pub async fn enter_restored(
    services: &Services,
    ticket: &str,
    organization: OrganizationId,
    client: &ClientInfo,
) -> Result<SignedIn> {
    let person = Person::of(services, ticket).await?;
    let cx = places::bring_back(services, person.user(), organization, client).await?;
    person.enter(services, cx).await
}

/// Founds an organization, of which the person becomes the owner, and signs the person in there.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more); [`Error::Validation`] of `organization_name`; [`Error::Refused`]
/// while the operator keeps sign-up closed, and for who belongs to 50 organizations.
pub async fn enter_founded(services: &Services, ticket: &str, name: &str, client: &ClientInfo) -> Result<SignedIn> {
    let person = Person::of(services, ticket).await?;
    let mut check = Check::default();
    let name = check.name("organization_name", name);
    check.finish()?;
    if !person.may_found(services).await? {
        return Err(sign_up::CLOSED);
    }
    let founder = Founder { user: person.user(), name: &person.name, key: None };
    let (mut cx, member) = found::begin(services, &founder, client).await?;
    found::check_room(&mut cx, person.user()).await?;
    establish(&mut cx, member, person.user(), &name, &person.locale).await?;
    person.enter(services, cx).await
}
