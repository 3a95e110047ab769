use sqlx::PgConnection;
use types::id::UserId;

use super::LIFETIME;
use crate::{Cx, Error, Result, Token, audit, validate::cut};

/// What brings a session. A password is named by its hash: looking at one takes a while, and meanwhile a new one may have
/// ended all sessions.
#[derive(Clone, Copy)]
pub(crate) enum Proof<'a> {
    /// The password alone, which is not enough for who has a second factor.
    Password(&'a str),
    /// The password, and then the second step.
    SecondStep(&'a str),
    /// A passkey: both factors at once.
    Passkey,
}

/// Opens a session in the organization of this transaction, notes it in the audit log, and gives its token.
///
/// # Errors
/// [`Error::InvalidCredentials`] when the password is another by now, or no longer enough.
pub(in crate::accounts) async fn open(cx: &mut Cx, user: UserId, proof: Proof<'_>) -> Result<String> {
    let (password_hash, is_password_alone) = match proof {
        Proof::Password(hash) => (Some(hash), true),
        Proof::SecondStep(hash) => (Some(hash), false),
        Proof::Passkey => (None, false),
    };
    // A statement before the one that looks: a passkey that is being added is seen.
    hold(cx.conn(), user).await?;
    let token = Token::random();
    let (organization, id, now, client) = (cx.organization(), cx.new_id(), cx.now(), cx.client().clone());
    let opened = sqlx::query!(
        "with person as (
           update users u set last_login_at = $7, last_login_ip = $5
           where id = $2 and ($9::text is null or password_hash = $9) and not ($10 and has_second_factor(u)) returning id
         )
         insert into sessions (id, user_id, organization_id, token_hash, ip, user_agent, created_at, last_seen_at, expires_at)
         select $1, id, $3, $4, $5, $6, $7, $7, $8 from person",
        id,
        user.0,
        organization.0,
        token.hash,
        cut(client.ip.as_deref(), 64),
        cut(client.user_agent.as_deref(), 400),
        now,
        now + LIFETIME,
        password_hash,
        is_password_alone
    )
    .execute(cx.conn())
    .await?;
    if opened.rows_affected() == 0 {
        return Err(Error::InvalidCredentials);
    }
    audit::record(cx, "session.created", id, None, None).await?;
    Ok(token.secret)
}

/// Holds the person's row. Sessions are opened, and the ways in changed, one after the other: the next statement of the
/// transaction sees what came first.
pub(in crate::accounts) async fn hold(connection: &mut PgConnection, user: UserId) -> Result<()> {
    sqlx::query!("select id from users where id = $1 for no key update", user.0).fetch_optional(connection).await?;
    Ok(())
}
