//! Whether an e-mail address is the person's own: a link in a mail says so.

use chrono::Duration;
use sqlx::PgConnection;
use types::id::UserId;

use super::Authenticated;
use crate::{
    Error, Result, Services, Token,
    mails::{self, Letter, Outgoing},
};

/// How long a link is good.
const GOOD_FOR: Duration = Duration::days(3);
/// Links that may be good at a time.
const AT_A_TIME: i64 = 5;

/// A person whose address is to be confirmed.
pub(super) struct Addressee<'a> {
    pub user: UserId,
    pub email: &'a str,
    pub locale: &'a str,
}

/// Writes the link and its mail, in the caller's transaction.
pub(super) async fn send(services: &Services, connection: &mut PgConnection, to: Addressee<'_>) -> Result<()> {
    let token = Token::random();
    sqlx::query!(
        "insert into email_verifications (token_hash, user_id, email, expires_at) values ($1, $2, $3, $4)",
        token.hash,
        to.user.0,
        to.email,
        services.db.now() + GOOD_FOR
    )
    .execute(&mut *connection)
    .await?;
    let path = format!("/verify/{}", token.secret);
    let letter = Letter::Verification;
    let mail = Outgoing { organization: None, recipient: to.email, locale: to.locale, letter, path: &path };
    mails::queue(services, connection, mail).await
}

/// Sends a person another link.
///
/// # Errors
/// [`Error::RateLimited`] while five are good.
pub async fn request_verification(services: &Services, asked_by: &Authenticated) -> Result<()> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    let mut tx = services.db.system().begin().await?;
    let good = sqlx::query_scalar!(
        r#"select count(*) as "good!" from email_verifications
           where user_id = $1 and used_at is null and expires_at > $2"#,
        me.user_id.0,
        services.db.now()
    )
    .fetch_one(&mut *tx)
    .await?;
    if good >= AT_A_TIME {
        return Err(Error::RateLimited { retry_after_seconds: 3600 });
    }
    send(services, &mut tx, Addressee { user: me.user_id, email: &me.email, locale: &me.locale }).await?;
    tx.commit().await?;
    Ok(())
}

/// Confirms the address of who is signed in with the link that was sent there. Only both together say that it is the
/// person's own: anybody can sign up with somebody else's address, whose owner then gets the link.
///
/// # Errors
/// [`Error::NotFound`] when the link is unknown, another's, used or too old, or the person has another address now;
/// [`Error::Refused`] for operators at work as a member.
pub async fn verify_email(services: &Services, asked_by: &Authenticated, token: &str) -> Result<()> {
    asked_by.in_person()?;
    let confirmed = sqlx::query!(
        "with used as (
           update email_verifications set used_at = $2
           where token_hash = $1 and user_id = $3 and used_at is null and expires_at > $2 returning user_id, email
         )
         update users u set email_verified_at = coalesce(u.email_verified_at, $2)
         from used where u.id = used.user_id and lower(u.email) = lower(used.email)",
        Token::hash(token),
        services.db.now(),
        asked_by.me.user_id.0
    )
    .execute(services.db.system().pool())
    .await?;
    if confirmed.rows_affected() == 1 { Ok(()) } else { Err(Error::NotFound("link")) }
}
