//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, half a minute), and recovery
//! codes for when it is lost, each good once.

mod app;
mod code;
mod recovery;

use serde_json::Value;
use types::{
    error::FieldRule,
    id::UserId,
    user::{Me, Security},
};

use super::{Authenticated, attempts, passkeys, password, sessions};
use crate::{
    Error, Result, Services, audit,
    mails::{self, Letter, Outgoing},
};

pub use app::{begin_second_factor, confirm_second_factor, pending_second_factor, remove_second_factor};
pub(super) use code::spend_code;
pub(super) use recovery::{new_recovery_codes, recovery_hash};

/// How a person's sign-in is secured.
///
/// # Errors
/// [`Error::NotFound`] when there is no such user.
pub async fn security(services: &Services, user: UserId) -> Result<Security> {
    let row = sqlx::query!(
        r#"select email_verified_at is not null as "verified!", two_factor_secret is not null as "app!",
                  recovery_codes from users where id = $1"#,
        user.0
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or(Error::NotFound("user"))?;
    let passkeys = passkeys::list(services, user).await?;
    Ok(Security {
        email_is_verified: row.verified,
        has_second_factor: row.app || !passkeys.is_empty(),
        has_app: row.app,
        recovery_codes: row.recovery_codes.len(),
        passkeys,
    })
}

/// A change of how a person signs in: what the person is told, and what stands in the log.
pub(super) struct Change<'a> {
    pub letter: Letter<'a>,
    pub action: &'a str,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What follows a change of the second factor: the other sessions end, the log and the person are told.
///
/// # Errors
/// [`Error::Unauthenticated`] when the session that asks has ended meanwhile.
pub(super) async fn finish(
    services: &Services,
    mut cx: crate::Cx,
    asked_by: &Authenticated,
    change: Change<'_>,
) -> Result<()> {
    let me = &asked_by.me;
    let ended = sessions::end_others(cx.conn(), asked_by).await?;
    let letter = change.letter;
    let notice = Outgoing { organization: None, recipient: &me.email, locale: &me.locale, letter, path: "/reset" };
    mails::queue(services, cx.conn(), notice).await?;
    audit::record(&mut cx, change.action, me.user_id, change.before, change.after).await?;
    services.commit(cx).await?;
    for session in ended {
        services.live.end_session(session);
    }
    Ok(())
}

/// Whether the password is the person's own. Wrong guesses count as failed sign-ins.
pub(super) async fn check_own_password(services: &Services, me: &Me, given: &str) -> Result<()> {
    let stored = sqlx::query_scalar!("select password_hash from users where id = $1", me.user_id.0)
        .fetch_optional(services.db.system().pool())
        .await?
        .ok_or(Error::NotFound("user"))?;
    attempts::count(services, &me.email).await?;
    if !password::verify(given, &stored).await? {
        return Err(Error::rule("password", FieldRule::WrongPassword));
    }
    attempts::forgive(services, &me.email).await
}

/// Under this name wrong codes are counted.
fn counted_as(user: UserId) -> String {
    format!("second factor of {user}")
}
