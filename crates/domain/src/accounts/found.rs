use db::Actor;
use sha2::{Digest, Sha256};
use types::{
    id::{MemberId, OrganizationId, UserId},
    member::Role,
    organization::SignUp,
    permission::Permissions,
    user::Me,
};

use super::{
    ClientInfo, NewUser, SignedIn,
    establish::establish,
    sessions::{self, Proof},
    verification::{self, Addressee},
};
use crate::{Cx, Result, Services};

/// Who will own the new organization.
pub(super) enum Owner {
    /// A person who signs up.
    New,
    /// A user who belongs to no organization.
    Existing(UserId),
}

/// Makes an organization with its owner, first agent, first channel and a session, all in one transaction; a new owner is
/// asked by mail to confirm the address. `hash` is that of the owner's password. `None` when the address of a new owner was
/// taken in the meantime.
pub(super) async fn found(
    services: &Services,
    form: &SignUp,
    owner: Owner,
    hash: &str,
    client: &ClientInfo,
) -> Result<Option<SignedIn>> {
    let (user, is_new) = match owner {
        Owner::New => (UserId(services.db.new_id()), true),
        Owner::Existing(user) => (user, false),
    };
    let (mut cx, member) = begin(services, &Founder { user, name: &form.name, key: None }, client).await?;
    if is_new {
        let new = NewUser { email: &form.email, name: &form.name, hash, locale: &form.locale };
        if !new.insert(&mut cx, user).await? {
            return Ok(None);
        }
        let to = Addressee { user, email: &form.email, name: &form.name, locale: &form.locale };
        verification::send(services, cx.conn(), to).await?;
    }
    let organization = establish(&mut cx, member, user, &form.organization_name, &form.locale).await?;
    let token = sessions::open(&mut cx, user, Proof::Password(hash)).await?;
    let row = sqlx::query!("select name, email, locale, time_zone, is_platform_admin from users where id = $1", user.0)
        .fetch_one(cx.conn())
        .await?;
    services.commit(cx).await?;
    let me = Me {
        user_id: user,
        member_id: member,
        name: row.name,
        email: row.email,
        locale: row.locale,
        time_zone: row.time_zone,
        role: Role::Owner,
        permissions: Permissions::of_role(Role::Owner),
        is_platform_admin: row.is_platform_admin,
        organization,
    };
    Ok(Some(SignedIn { token, me }))
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
