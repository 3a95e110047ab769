use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use sqlx::PgExecutor;
use types::id::{OrganizationId, SessionId, UserId};
use uuid::Uuid;

use super::{ClientInfo, Proof, SignedIn, attempts, find_user, me, password, second_factor, sessions};
use crate::{Error, Result, Services, Token};

/// How long the code of the second factor may take after the password.
const TICKET: Duration = Duration::minutes(10);
/// Under this name tickets are signed.
const PURPOSE: &str = "second factor";

/// What the right password brings.
#[derive(Debug)]
pub enum Entry {
    /// A session.
    SignedIn(Box<SignedIn>),
    /// The second step is left: [`second_step`] takes this ticket with a code, [`super::passkey_second_step`] with a passkey.
    SecondStep(String),
}

/// Takes the first step of signing in. A wrong password, an unknown address, a locked one and a user who was switched
/// off give the same answer after the same work.
///
/// # Errors
/// [`Error::InvalidCredentials`], or, told only to those who know the password: [`Error::Suspended`] when all of the
/// person's organizations are, and [`Error::Refused`] when there are none.
pub async fn first_step(services: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<Entry> {
    let email = email.trim();
    attempts::count(services, email).await?;
    let user = find_user(services, email).await?;
    let has_second_factor = user.as_ref().is_some_and(|user| user.has_second_factor);
    let (user, hash) = check_password(user, password).await?;
    attempts::forgive(services, email).await?;
    if has_second_factor {
        return Ok(Entry::SecondStep(ticket(services, user, services.db.now() + TICKET, &hash)));
    }
    Ok(Entry::SignedIn(Box::new(enter(services, user, Proof::Password(&hash), client).await?)))
}

/// Takes the second step: a code of the authenticator app or a recovery code, each good once.
///
/// # Errors
/// [`Error::Unauthenticated`] when the ticket is not good (any more); [`Error::Validation`] of `code`;
/// [`Error::InvalidCredentials`] after too many wrong codes; [`Error::Refused`] as [`first_step`].
pub async fn second_step(services: &Services, given: &str, code: &str, client: &ClientInfo) -> Result<SignedIn> {
    let (user, hash) = holder(services, given).await?.ok_or(Error::Unauthenticated)?;
    second_factor::spend_code(services, user, code).await?;
    enter(services, user, Proof::SecondStep(&hash), client).await
}

/// Signs a person in who has no second factor.
///
/// # Errors
/// As [`first_step`]; [`Error::Refused`] when there is a second factor.
pub async fn log_in(services: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<SignedIn> {
    match first_step(services, email, password, client).await? {
        Entry::SignedIn(signed_in) => Ok(*signed_in),
        Entry::SecondStep(_) => {
            Err(Error::Refused("this account needs a second step: sign in on the page, or use an API key"))
        }
    }
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

/// The user, when the password is theirs, and its hash. Without a user the same work is done in vain.
pub(super) async fn check_password(user: Option<super::UserRow>, password: &str) -> Result<(UserId, String)> {
    let Some(user) = user else {
        password::hash(password).await?;
        return Err(Error::InvalidCredentials);
    };
    if password::verify(password, &user.password_hash).await? && user.is_active {
        Ok((UserId(user.id), user.password_hash))
    } else {
        Err(Error::InvalidCredentials)
    }
}

/// Opens a session in the first of the user's organizations that is active.
pub(crate) async fn enter(
    services: &Services,
    user: UserId,
    proof: Proof<'_>,
    client: &ClientInfo,
) -> Result<SignedIn> {
    let organizations = organizations_of(services.db.system().pool(), user).await?;
    if organizations.is_empty() {
        return Err(Error::Refused(
            "this account does not belong to an organization yet: sign up with the same address and password to create one",
        ));
    }
    let mut suspended = None;
    for organization in organizations {
        let me = match me::load(services, user, organization).await {
            Err(error @ Error::Suspended(_)) => {
                suspended.get_or_insert(error);
                None
            }
            other => other?,
        };
        if let Some(me) = me {
            let mut cx = services.db.begin(organization, super::actor(&me)).await?.asked_by(client.clone());
            let token = sessions::open(&mut cx, user, proof).await?;
            services.commit(cx).await?;
            return Ok(SignedIn { token, me });
        }
    }
    Err(suspended.unwrap_or(Error::Refused("the organization was deleted")))
}

/// Whether a person operates the service.
pub(super) async fn is_platform_admin(services: &Services, user: UserId) -> Result<bool> {
    let is_admin = sqlx::query_scalar!("select is_platform_admin from users where id = $1", user.0)
        .fetch_optional(services.db.system().pool())
        .await?;
    Ok(is_admin.unwrap_or_default())
}

/// The organizations that a person belongs to, the oldest first.
pub(super) async fn organizations_of(db: impl PgExecutor<'_>, user: UserId) -> Result<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar!(
        "select organization_id from user_organizations where user_id = $1 order by organization_id limit 50",
        user.0
    )
    .fetch_all(db)
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}

/// User, end and signature. What is signed holds the password's hash: a new password voids the tickets of the old one.
fn ticket(services: &Services, user: UserId, until: chrono::DateTime<chrono::Utc>, password_hash: &str) -> String {
    let mut bytes = [user.0.as_bytes().as_slice(), &until.timestamp().to_be_bytes()].concat();
    let signature = services.secret_key.sign(PURPOSE, &[&bytes, password_hash.as_bytes()].concat());
    bytes.extend(signature);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Whose ticket it is, when it is good, with the hash of the password that brought it.
pub(super) async fn holder(services: &Services, ticket: &str) -> Result<Option<(UserId, String)>> {
    let Some(bytes) = URL_SAFE_NO_PAD.decode(ticket).ok().filter(|bytes| bytes.len() == 56) else { return Ok(None) };
    let (signed, signature) = bytes.split_at(24);
    let (Ok(user), Ok(until)) = (Uuid::from_slice(&signed[..16]), signed[16..].try_into()) else { return Ok(None) };
    if i64::from_be_bytes(until) < services.db.now().timestamp() {
        return Ok(None);
    }
    let hash = sqlx::query_scalar!("select password_hash from users where id = $1 and is_active", user)
        .fetch_optional(services.db.system().pool())
        .await?;
    let fits = |hash: &String| services.secret_key.verify(PURPOSE, &[signed, hash.as_bytes()].concat(), signature);
    Ok(hash.filter(fits).map(|hash| (UserId(user), hash)))
}
