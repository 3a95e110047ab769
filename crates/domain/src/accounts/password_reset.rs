//! A new password by mail, for those who forgot the old one.

use chrono::Duration;
use types::id::{SessionId, UserId};

use super::{ClientInfo, actor, attempts, log_in, me, password, sessions};
use crate::{
    Error, Result, Services, Token, audit,
    jobs::{self, Job},
    mails::{self, Letter, Outgoing},
    validate::Check,
};

/// How long a link is good.
const GOOD_FOR: Duration = Duration::hours(1);
/// Links that may be good at a time: further ones are not sent, whoever asks.
const AT_A_TIME: i64 = 3;

/// Asks for a link to a new password. The answer and the work are the same whether or not a user has the address: a job
/// looks afterwards.
///
/// # Errors
/// [`Error::Validation`] of `email`.
pub async fn request_password_reset(services: &Services, email: &str) -> Result<()> {
    let mut check = Check::default();
    let email = check.email("email", email);
    check.finish()?;
    let mut connection = services.db.system().pool().acquire().await?;
    jobs::enqueue_on(&mut connection, Job::ResetPassword { email }).await
}

/// Sends the link, if a user has the address and not too many links are good already.
///
/// # Errors
/// When the database does not answer.
pub(crate) async fn send_password_reset(services: &Services, email: &str) -> Result<()> {
    let mut tx = services.db.system().begin().await?;
    // The lock lets requests of the same moment count each other's links.
    let user = sqlx::query!(
        "select id, email, locale from users where lower(email) = lower($1) and is_active for no key update",
        email
    )
    .fetch_optional(&mut *tx)
    .await?;
    let Some(user) = user else { return Ok(()) };
    let now = services.db.now();
    let good = sqlx::query_scalar!(
        r#"select count(*) as "good!" from password_resets where user_id = $1 and used_at is null and expires_at > $2"#,
        user.id,
        now
    )
    .fetch_one(&mut *tx)
    .await?;
    if good >= AT_A_TIME {
        return Ok(());
    }
    let token = Token::random();
    sqlx::query!(
        "insert into password_resets (token_hash, user_id, expires_at) values ($1, $2, $3)",
        token.hash,
        user.id,
        now + GOOD_FOR
    )
    .execute(&mut *tx)
    .await?;
    let path = format!("/reset/{}", token.secret);
    let letter = Letter::PasswordReset;
    let mail = Outgoing { organization: None, recipient: &user.email, locale: &user.locale, letter, path: &path };
    mails::queue(services, &mut tx, mail).await?;
    tx.commit().await?;
    Ok(())
}

/// Sets a new password with a link that was sent. Ends every session of the person, voids the other links, and tells the
/// person by mail. The link proves the address, so it counts as confirmed; a second factor stays in force, but one that only
/// waits for its first code is dropped.
///
/// # Errors
/// [`Error::NotFound`] when the link is unknown, used or too old; [`Error::Validation`] of `password`.
pub async fn reset_password(services: &Services, token: &str, new: &str, client: &ClientInfo) -> Result<()> {
    let gone = || Error::NotFound("link");
    let (token_hash, now) = (Token::hash(token), services.db.now());
    let user = sqlx::query!(
        "select u.id, u.email, u.locale from password_resets r join users u on u.id = r.user_id
         where r.token_hash = $1 and r.used_at is null and r.expires_at > $2 and u.is_active",
        token_hash,
        now
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or_else(gone)?;
    let mut check = Check::default();
    password::check(&mut check, "password", new, &user.email);
    check.finish()?;
    let hash = password::hash(new).await?;

    let mut tx = services.db.system().begin().await?;
    // Before the link: another one that is used at this moment voids this one.
    sessions::hold(&mut tx, UserId(user.id)).await?;
    let used = sqlx::query!(
        "update password_resets set used_at = $2 where token_hash = $1 and used_at is null",
        token_hash,
        now
    )
    .execute(&mut *tx)
    .await?;
    if used.rows_affected() == 0 {
        return Err(gone());
    }
    let ended = sqlx::query_scalar!(
        "with changed as (
           update users set password_hash = $2, two_factor_pending = null,
                            email_verified_at = coalesce(email_verified_at, $3), updated_at = $3
           where id = $1
         ), voided as (
           update password_resets set used_at = $3 where user_id = $1 and used_at is null
         )
         delete from sessions where user_id = $1 returning id",
        user.id,
        hash,
        now
    )
    .fetch_all(&mut *tx)
    .await?;
    let letter = Letter::PasswordChanged;
    let notice = Outgoing { organization: None, recipient: &user.email, locale: &user.locale, letter, path: "/reset" };
    mails::queue(services, &mut tx, notice).await?;
    tx.commit().await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    // The link is used up: who tried again would read that there is none.
    if let Err(error) = attempts::forgive(services, &user.email).await {
        tracing::error!(?error, user = %user.id, "the attempts before a new password still count");
    }
    if let Err(error) = note(services, UserId(user.id), client).await {
        tracing::error!(?error, user = %user.id, "an audit log does not tell of a new password");
    }
    Ok(())
}

/// Whether a link is good, without using it.
///
/// # Errors
/// [`Error::NotFound`] when it is not.
pub async fn check_reset_link(services: &Services, token: &str) -> Result<()> {
    let good = sqlx::query_scalar!(
        r#"select exists (select from password_resets where token_hash = $1 and used_at is null and expires_at > $2)
           as "good!""#,
        Token::hash(token),
        services.db.now()
    )
    .fetch_one(services.db.system().pool())
    .await?;
    if good { Ok(()) } else { Err(Error::NotFound("link")) }
}

/// Writes into the log of each of the person's organizations that the password is another.
async fn note(services: &Services, user: UserId, client: &ClientInfo) -> Result<()> {
    for organization in log_in::organizations_of(services.db.system().pool(), user).await? {
        // A suspended organization's log is told nothing: nothing of the person can reach it either.
        let Ok(Some(me)) = me::load(services, user, organization).await else { continue };
        let mut cx = services.db.begin(organization, actor(&me)).await?.asked_by(client.clone());
        audit::record(&mut cx, "user.password_reset", user, None, None).await?;
        services.commit(cx).await?;
    }
    Ok(())
}
