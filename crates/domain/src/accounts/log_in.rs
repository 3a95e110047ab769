use types::id::{OrganizationId, SessionId, UserId};

use super::{ClientInfo, SignedIn, attempts, find_user, me, password, sessions};
use crate::{Error, Result, Services, Token};

/// Signs a person in. A wrong password, an unknown address, a locked one and a user who was switched off give the
/// same answer after the same work.
///
/// # Errors
/// [`Error::InvalidCredentials`], or [`Error::Refused`] when the person belongs to no organization that may use the
/// product (told only to those who know the password).
pub async fn log_in(services: &Services, email: &str, password: &str, client: &ClientInfo) -> Result<SignedIn> {
    let email = email.trim();
    attempts::count(services, email).await?;
    let user = find_user(services, email).await?;
    let user = check_password(user, password).await?;
    attempts::forgive(services, email).await?;
    enter(services, user, client).await
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
pub(super) async fn check_password(user: Option<super::UserRow>, password: &str) -> Result<UserId> {
    let Some(user) = user else {
        password::hash(password).await?;
        return Err(Error::InvalidCredentials);
    };
    if password::verify(password, &user.password_hash).await? && user.is_active {
        Ok(UserId(user.id))
    } else {
        Err(Error::InvalidCredentials)
    }
}

/// Opens a session in the first of the user's organizations that is active.
pub(super) async fn enter(services: &Services, user: UserId, client: &ClientInfo) -> Result<SignedIn> {
    let organizations = organizations_of(services, user).await?;
    if organizations.is_empty() {
        return Err(Error::Refused(
            "this account belongs to no organization yet: sign up with the same address and password to found one",
        ));
    }
    for organization in organizations {
        if let Some(me) = me::load(services, user, organization).await? {
            let mut cx = services.db.begin(organization, super::actor(&me)).await?.asked_by(client.clone());
            let token = sessions::open(&mut cx, user).await?;
            services.commit(cx).await?;
            return Ok(SignedIn { token, me });
        }
    }
    Err(Error::Refused("the organization is suspended or was deleted: ask the operator of this service"))
}

/// The organizations that a person belongs to, the oldest first.
pub(super) async fn organizations_of(services: &Services, user: UserId) -> Result<Vec<OrganizationId>> {
    let ids = sqlx::query_scalar!(
        "select organization_id from user_organizations where user_id = $1 order by organization_id limit 50",
        user.0
    )
    .fetch_all(services.db.system().pool())
    .await?;
    Ok(ids.into_iter().map(OrganizationId).collect())
}
