use sqlx::PgExecutor;
use types::{
    id::{OrganizationId, SessionId, UserId},
    user::Me,
};

use super::{
    ClientInfo, Proof, SignedIn, UserRow, actor, attempts, find_user, me, password, second_factor, sessions,
    ticket::{self, Holder, Purpose},
};
use crate::{Actor, Cx, Error, Result, Services, Token};

/// What a step of signing in brings.
#[derive(Debug)]
pub enum Entry {
    /// A session.
    SignedIn(Box<SignedIn>),
    /// After the password: the second step is left. [`second_step`] takes this ticket with a code,
    /// [`super::passkey_second_step`] with a passkey.
    SecondStep(String),
    /// After all that is to be proven: the person belongs to no active organization. [`super::openings`] tells the holder of
    /// this ticket what can be done.
    NoOrganization(String),
}

impl Entry {
    /// The session, for those who have no page on which to go on.
    ///
    /// # Errors
    /// [`Error::Refused`] when something is left to be done.
    pub fn signed_in(self) -> Result<SignedIn> {
        match self {
            Self::SignedIn(signed_in) => Ok(*signed_in),
            Self::SecondStep(_) => {
                Err(Error::Refused("this account needs a second step: sign in on the page, or use an API key"))
            }
            Self::NoOrganization(_) => Err(Error::Refused(
                "this account does not belong to an active organization: sign in on the page at /login, where you can join, \
                 restore or create one",
            )),
        }
    }
}

/// Takes the first step of signing in. A wrong password, an unknown address, a locked one and a user who was switched
/// off give the same answer after the same work.
///
/// # Errors
/// [`Error::InvalidCredentials`], or, told only to those who know the password and need no second step:
/// [`Error::Suspended`] when none of the person's organizations is active and one is suspended.
pub async fn first_step(services: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<Entry> {
    let email = email.trim();
    attempts::count(services, email).await?;
    let user = check_password(find_user(services, email).await?, password).await?;
    attempts::forgive(services, email).await?;
    after_password(services, user, client).await
}

/// What follows the right password.
pub(super) async fn after_password(services: &Services, user: UserRow, client: &ClientInfo) -> Result<Entry> {
    let (id, password_hash) = (UserId(user.id), user.password_hash);
    if user.has_second_factor {
        let holder = Holder { user: id, purpose: Purpose::SecondStep, password_hash, last_login_at: None };
        return Ok(Entry::SecondStep(holder.ticket(services)));
    }
    enter(services, id, Proof::Password(&password_hash), client).await
}

/// Takes the second step: a code of the authenticator app or a recovery code, each good once.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more); [`Error::Validation`] of `code`;
/// [`Error::InvalidCredentials`] after too many wrong codes; [`Error::Suspended`] as [`first_step`].
pub async fn second_step(services: &Services, given: &str, code: &str, client: &ClientInfo) -> Result<Entry> {
    let holder = ticket::holder(services, given, &[Purpose::SecondStep]).await?;
    second_factor::spend_code(services, holder.user, code).await?;
    enter(services, holder.user, Proof::SecondStep(&holder.password_hash), client).await
}

/// Signs a person in who has no second factor.
///
/// # Errors
/// As [`first_step`]; [`Error::Refused`] when there is a second factor, or no active organization.
pub async fn log_in(services: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<SignedIn> {
    first_step(services, email, password, client).await?.signed_in()
}

/// Signs a session's browser out. A token that is no longer known is no error.
///
/// # Errors
/// When the database does not answer.
pub async fn log_out(services: &Services, token: &str) -> Result<()> {
    let ended = sqlx::query_scalar!("delete from sessions where token_hash = $1 returning id", Token::hash(token))
        .fetch_optional(services.db.system().pool())
        .await?;
    if let Some(session) = ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}

/// The user, when the password is theirs. Without a user the same work is done in vain.
pub(super) async fn check_password(user: Option<UserRow>, password: &str) -> Result<UserRow> {
    let Some(user) = user else {
        password::hash(password).await?;
        return Err(Error::InvalidCredentials);
    };
    if password::verify(password, &user.password_hash).await? && user.is_active {
        Ok(user)
    } else {
        Err(Error::InvalidCredentials)
    }
}

/// Opens a session in the first of the user's organizations that is active, after all that is to be proven. Where there is
/// none, gives a ticket with which one is chosen.
///
/// # Errors
/// [`Error::Suspended`] when none is active and one is suspended.
pub(super) async fn enter(services: &Services, user: UserId, proof: Proof<'_>, client: &ClientInfo) -> Result<Entry> {
    let mut suspended = None;
    for organization in organizations_of(services.db.system().pool(), user).await? {
        let mut cx = services.db.begin(organization, Actor::System).await?.asked_by(client.clone());
        match me::find(&mut cx, user).await {
            Ok(Some(me)) => return Ok(Entry::SignedIn(Box::new(open(services, cx, me, proof).await?))),
            Ok(None) => {}
            Err(error @ Error::Suspended(_)) => suspended = suspended.or(Some(error)),
            Err(error) => return Err(error),
        }
    }
    if let Some(suspended) = suspended {
        return Err(suspended);
    }
    let row = sqlx::query!("select password_hash, last_login_at from users where id = $1 and is_active", user.0)
        .fetch_optional(services.db.system().pool())
        .await?
        .ok_or(Error::InvalidCredentials)?;
    let (purpose, password_hash) = match proof {
        Proof::Password(hash) => (Purpose::EntryByPassword, hash.to_owned()),
        Proof::SecondStep(hash) => (Purpose::Entry, hash.to_owned()),
        Proof::Passkey => (Purpose::Entry, row.password_hash),
    };
    let holder = Holder { user, purpose, password_hash, last_login_at: row.last_login_at };
    Ok(Entry::NoOrganization(holder.ticket(services)))
}

/// Opens a session in the organization of this transaction, where the person has become a member or is one again, and
/// commits both.
///
/// # Errors
/// [`Error::Unauthenticated`] for who was switched off meanwhile; [`Error::InvalidCredentials`] when the password is another
/// by now, or no longer enough.
pub(crate) async fn enter_here(services: &Services, mut cx: Cx, user: UserId, proof: Proof<'_>) -> Result<SignedIn> {
    let me = me::find(&mut cx, user).await?.ok_or(Error::Unauthenticated)?;
    open(services, cx, me, proof).await
}

async fn open(services: &Services, cx: Cx, me: Me, proof: Proof<'_>) -> Result<SignedIn> {
    let mut cx = cx.acted_by(actor(&me));
    let token = sessions::open(&mut cx, me.user_id, proof).await?;
    services.commit(cx).await?;
    Ok(SignedIn { token, me })
}

/// How many organizations a person may belong to at most; the limit of the statement in [`organizations_of`] is the same.
pub(super) const MAX_ORGANIZATIONS: usize = 50;

/// The organizations that a person belongs to, the oldest first, [`MAX_ORGANIZATIONS`] at most.
pub(super) async fn organizations_of(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar!(
        "select organization_id from user_organizations where user_id = $1 order by organization_id limit 50",
        user.0
    )
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}
