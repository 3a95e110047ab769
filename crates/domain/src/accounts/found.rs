use db::Actor;
use sha2::{Digest, Sha256};
use types::{
    id::{MemberId, OrganizationId, UserId},
    member::Role,
    organization::SignUp,
    permission::Permissions,
};

use super::{
    ClientInfo, NewUser, Proof, SignedIn,
    establish::establish,
    log_in::{MAX_ORGANIZATIONS, enter_here, organizations_of},
    verification::{self, Addressee},
};
use crate::{Cx, Error, Result, Services};

/// Makes a user with an organization, its first agent, first channel and a session, all in one transaction; the user is
/// asked by mail to confirm the address. `hash` is that of the password. `None` when the address was taken in the meantime.
pub(super) async fn found(
    services: &Services,
    form: &SignUp,
    hash: &str,
    client: &ClientInfo,
) -> Result<Option<SignedIn>> {
    let user = UserId(services.db.new_id());
    let (mut cx, member) = begin(services, &Founder { user, name: &form.name, key: None }, client).await?;
    let new = NewUser { email: &form.email, name: &form.name, hash, locale: &form.locale };
    if !new.insert(&mut cx, user).await? {
        return Ok(None);
    }
    let to = Addressee { user, email: &form.email, locale: &form.locale };
    verification::send(services, cx.conn(), to).await?;
    establish(&mut cx, member, user, &form.organization_name, &form.locale).await?;
    enter_here(services, cx, user, Proof::Password(hash)).await.map(Some)
}

/// Who founds an organization.
pub(super) struct Founder<'a> {
    pub user: UserId,
    pub name: &'a str,
    /// The key under which the request may arrive again: it leads to the same organization.
    pub key: Option<&'a str>,
}

impl Founder<'_> {
    /// The ids of the organization and of its owner's membership.
    fn ids(&self, services: &Services) -> (OrganizationId, MemberId) {
        let Some(key) = self.key else {
            return (OrganizationId(services.db.new_id()), MemberId(services.db.new_id()));
        };
        let mut digest = Sha256::new();
        digest.update(b"organization ");
        digest.update(self.user.0);
        digest.update(key);
        let digest: [u8; 32] = digest.finalize().into();
        let id = |from: usize| {
            let mut bytes = [0; 16];
            bytes.copy_from_slice(&digest[from..from + 16]);
            uuid::Builder::from_random_bytes(bytes).into_uuid()
        };
        (OrganizationId(id(0)), MemberId(id(16)))
    }
}

/// Begins the transaction of an organization that is to be made, in the name of its owner to be.
pub(super) async fn begin(services: &Services, founder: &Founder<'_>, client: &ClientInfo) -> Result<(Cx, MemberId)> {
    let (organization, member) = founder.ids(services);
    let actor = Actor::Member {
        id: member,
        user_id: founder.user,
        name: founder.name.to_owned(),
        role: Role::Owner,
        permissions: Permissions::of_role(Role::Owner),
        impersonator: None,
    };
    Ok((services.db.begin(organization, actor).await?.asked_by(client.clone()), member))
}

/// Asks whether a person may belong to one more organization than now.
///
/// # Errors
/// [`Error::Refused`] for who belongs to [`MAX_ORGANIZATIONS`] already.
pub(super) async fn check_room(cx: &mut Cx, user: UserId) -> Result<()> {
    if organizations_of(cx.conn(), user).await?.len() >= MAX_ORGANIZATIONS {
        return Err(Error::Refused("you cannot belong to more than 50 organizations"));
    }
    Ok(())
}
