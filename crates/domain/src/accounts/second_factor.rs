//! The second factor: codes of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, half a minute), and recovery
//! codes for when it is lost, each good once.

use anyhow::anyhow;
use qrcodegen::{QrCode, QrCodeEcc};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, TOTP};
use types::{
    error::FieldRule,
    id::{SessionId, UserId},
    user::{Me, SecondFactorSetup, Security},
};
use uuid::Uuid;

use super::{Authenticated, actor, attempts, passkeys, password};
use crate::{
    Error, Result, Services, audit,
    mails::{self, Letter, Outgoing},
};

/// How long a code counts, in seconds.
const PERIOD: i64 = 30;
/// Recovery codes that are given out.
const RECOVERY_CODES: usize = 10;
/// Letters and digits of recovery codes: none that look like another.
const ALPHABET: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";

/// A second factor that waits for its first code, as it is stored (encrypted).
#[derive(Serialize, Deserialize)]
struct Pending {
    secret: [u8; 20],
    codes: Vec<String>,
}

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

/// Begins to set up an authenticator app: it counts when [`confirm_second_factor`] was given its first code. Asks for the
/// password, so that nobody locks the owner of an unattended browser out.
///
/// # Errors
/// [`Error::Validation`] of `password`; [`Error::Conflict`] when there is one already.
pub async fn begin_second_factor(services: &Services, asked_by: &Authenticated, password: &str) -> Result<()> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    check_own_password(services, me, password).await?;
    let mut secret = [0u8; 20];
    rand::rng().fill_bytes(&mut secret);
    let pending = Pending { secret, codes: new_recovery_codes() };
    let sealed = services.secret_key.encrypt(&serde_json::to_vec(&pending)?);
    let begun = sqlx::query!(
        "update users set two_factor_pending = $2 where id = $1 and two_factor_secret is null",
        me.user_id.0,
        sealed
    )
    .execute(services.db.system().pool())
    .await?;
    if begun.rows_affected() == 0 {
        return Err(Error::Conflict("there is an authenticator app already".into()));
    }
    Ok(())
}

/// The second factor that waits for its first code, with the recovery codes that come with it.
///
/// # Errors
/// When the database does not answer.
pub async fn pending_second_factor(
    services: &Services,
    asked_by: &Authenticated,
) -> Result<Option<(SecondFactorSetup, Vec<String>)>> {
    let me = &asked_by.me;
    if asked_by.impersonation.is_some() {
        return Ok(None);
    }
    let Some(pending) = pending(services, me.user_id).await? else { return Ok(None) };
    let totp = totp(&pending.secret, &me.email)?;
    let url = totp.get_url();
    let code = QrCode::encode_text(&url, QrCodeEcc::Medium).map_err(|error| anyhow!("QR code: {error}"))?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            path.push_str(&format!("M{x} {y}h1v1h-1z"));
        }
    }
    let setup = SecondFactorSetup { secret: totp.get_secret_base32(), url, qr_path: path, qr_size: code.size() };
    Ok(Some((setup, pending.codes)))
}

/// Puts the pending second factor in force, ends the person's other sessions and tells the person by mail.
///
/// # Errors
/// [`Error::Validation`] of `code`; [`Error::NotFound`] when none is pending; [`Error::InvalidCredentials`] after too
/// many wrong codes.
pub async fn confirm_second_factor(services: &Services, asked_by: &Authenticated, code: &str) -> Result<()> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    let pending = pending(services, me.user_id).await?.ok_or(Error::NotFound("second factor"))?;
    attempts::count(services, &counted_as(me.user_id)).await?;
    let step = fitting_step(&pending.secret, code, services.db.now().timestamp(), 0)?
        .ok_or_else(|| Error::rule("code", FieldRule::Mismatch))?;
    attempts::forgive(services, &counted_as(me.user_id)).await?;
    let hashes: Vec<String> = pending.codes.iter().map(|code| recovery_hash(services, me.user_id, code)).collect();
    let sealed = services.secret_key.encrypt(&pending.secret);
    let mut cx = services.db.begin(me.organization.id, actor(me)).await?;
    let now = cx.now();
    let confirmed = sqlx::query!(
        "update users set two_factor_secret = $2, two_factor_pending = null, recovery_codes = $3, two_factor_step = $4,
                          updated_at = $5
         where id = $1 and two_factor_pending is not null",
        me.user_id.0,
        sealed,
        &hashes,
        step,
        now
    )
    .execute(cx.conn())
    .await?;
    if confirmed.rows_affected() == 0 {
        return Err(Error::NotFound("second factor"));
    }
    let (letter, action) = (Letter::TwoFactorOn, "user.second_factor_enabled");
    finish(services, cx, asked_by, Change { letter, action, before: None, after: None }).await
}

/// Takes the authenticator app away, ends the person's other sessions and tells the person by mail. Also drops one that is
/// pending. Recovery codes go with it, unless passkeys stay.
///
/// # Errors
/// [`Error::Validation`] of `password`.
pub async fn remove_second_factor(services: &Services, asked_by: &Authenticated, password: &str) -> Result<()> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    check_own_password(services, me, password).await?;
    let mut cx = services.db.begin(me.organization.id, actor(me)).await?;
    let now = cx.now();
    let had_one = sqlx::query_scalar!(
        r#"select two_factor_secret is not null as "had!" from users where id = $1 for update"#,
        me.user_id.0
    )
    .fetch_one(cx.conn())
    .await?;
    let has_passkeys =
        sqlx::query_scalar!(r#"select exists (select from passkeys where user_id = $1) as "has!""#, me.user_id.0)
            .fetch_one(cx.conn())
            .await?;
    sqlx::query!(
        "update users set two_factor_secret = null, two_factor_pending = null,
                          recovery_codes = case when $3 then recovery_codes else '{}' end, updated_at = $2
         where id = $1",
        me.user_id.0,
        now,
        has_passkeys
    )
    .execute(cx.conn())
    .await?;
    if !had_one {
        return services.commit(cx).await;
    }
    let letter = if has_passkeys { Letter::AppRemoved } else { Letter::TwoFactorOff };
    let action = "user.second_factor_disabled";
    finish(services, cx, asked_by, Change { letter, action, before: None, after: None }).await
}

/// A change of how a person signs in: what the person is told, and what stands in the log.
pub(super) struct Change<'a> {
    pub letter: Letter<'a>,
    pub action: &'a str,
    pub before: Option<Value>,
    pub after: Option<Value>,
}

/// What follows a change of the second factor: the other sessions end, the log and the person are told.
pub(super) async fn finish(
    services: &Services,
    mut cx: crate::Cx,
    asked_by: &Authenticated,
    change: Change<'_>,
) -> Result<()> {
    let me = &asked_by.me;
    let ended = sqlx::query_scalar!(
        "delete from sessions where user_id = $1 and id <> $2 returning id",
        me.user_id.0,
        asked_by.session_id.0
    )
    .fetch_all(cx.conn())
    .await?;
    let letter = change.letter;
    let notice = Outgoing { organization: None, recipient: &me.email, locale: &me.locale, letter, path: "/reset" };
    mails::queue(services, cx.conn(), notice).await?;
    audit::record(&mut cx, change.action, me.user_id, change.before, change.after).await?;
    services.commit(cx).await?;
    for session in ended {
        services.live.end_session(SessionId(session));
    }
    Ok(())
}

/// Checks a code at sign-in, and takes it: neither a code of the app nor a recovery code counts twice.
///
/// # Errors
/// [`Error::Validation`] of `code`; [`Error::InvalidCredentials`] after too many wrong ones.
pub(super) async fn spend_code(services: &Services, user: UserId, code: &str) -> Result<()> {
    attempts::count(services, &counted_as(user)).await?;
    let row = sqlx::query!(
        r#"select two_factor_secret, two_factor_step, email, locale, has_second_factor(u) as "has_second_factor!"
           from users u where id = $1 and is_active"#,
        user.0
    )
    .fetch_optional(services.db.system().pool())
    .await?
    .ok_or(Error::Unauthenticated)?;
    // Taken away meanwhile, in another browser: the password was right.
    if !row.has_second_factor {
        return Ok(());
    }
    let step = match row.two_factor_secret {
        Some(sealed) => {
            let secret = services.secret_key.decrypt(&sealed);
            let secret = secret.ok_or_else(|| anyhow!("a second factor was sealed with another key"))?;
            fitting_step(&secret, code, services.db.now().timestamp(), row.two_factor_step)?
        }
        // Passkeys alone: recovery codes count.
        None => None,
    };
    let wrong = || Error::rule("code", FieldRule::Mismatch);
    let pool = services.db.system();
    if let Some(step) = step {
        let spent =
            sqlx::query!("update users set two_factor_step = $2 where id = $1 and two_factor_step < $2", user.0, step)
                .execute(pool.pool())
                .await?;
        if spent.rows_affected() == 0 {
            return Err(wrong());
        }
    } else {
        let mut tx = pool.begin().await?;
        let hash = recovery_hash(services, user, code);
        let spent = sqlx::query!(
            "update users set recovery_codes = array_remove(recovery_codes, $2)
             where id = $1 and $2 = any(recovery_codes)",
            user.0,
            hash
        )
        .execute(&mut *tx)
        .await?;
        if spent.rows_affected() == 0 {
            return Err(wrong());
        }
        let letter = Letter::RecoveryCodeUsed;
        let notice =
            Outgoing { organization: None, recipient: &row.email, locale: &row.locale, letter, path: "/reset" };
        mails::queue(services, &mut tx, notice).await?;
        tx.commit().await?;
    }
    attempts::forgive(services, &counted_as(user)).await
}

async fn pending(services: &Services, user: UserId) -> Result<Option<Pending>> {
    let sealed = sqlx::query_scalar!("select two_factor_pending from users where id = $1", user.0)
        .fetch_optional(services.db.system().pool())
        .await?
        .flatten();
    let open = sealed.and_then(|sealed| services.secret_key.decrypt(&sealed));
    Ok(open.as_deref().map(serde_json::from_slice).transpose()?)
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

fn totp(secret: &[u8], email: &str) -> Result<TOTP> {
    let totp =
        TOTP::new(Algorithm::SHA1, 6, 1, PERIOD as u64, secret.to_vec(), Some("Biseda".into()), email.to_owned());
    Ok(totp.map_err(|error| anyhow!("second factor: {error}"))?)
}

/// The half minute that a code is of: the present one or one beside it, as clocks differ, and later than the last used.
fn fitting_step(secret: &[u8], code: &str, now: i64, last: i64) -> Result<Option<i64>> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = totp(secret, "")?;
    let current = now / PERIOD;
    let fits = |step: &i64| {
        let expected = totp.generate((step * PERIOD).unsigned_abs());
        bool::from(expected.as_bytes().ct_eq(code.as_bytes()))
    };
    Ok([current, current - 1, current + 1].into_iter().filter(|step| *step > last).find(fits))
}

/// Recovery codes for somebody who has none yet.
pub(super) fn new_recovery_codes() -> Vec<String> {
    (0..RECOVERY_CODES).map(|_| recovery_code()).collect()
}

/// Ten characters of 32, 50 bits, with a hyphen between for the eye.
fn recovery_code() -> String {
    let mut bytes = [0u8; 10];
    rand::rng().fill_bytes(&mut bytes);
    let letters: String = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])).collect();
    format!("{}-{}", &letters[..5], &letters[5..])
}

/// A recovery code as it is stored: under the installation's key, because it is short.
pub(super) fn recovery_hash(services: &Services, user: UserId, code: &str) -> String {
    let plain: String = code.chars().filter(char::is_ascii_alphanumeric).collect();
    let message = [Uuid::from(user).as_bytes().as_slice(), plain.to_ascii_lowercase().as_bytes()].concat();
    hex::encode(services.secret_key.sign("recovery code", &message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_standard() {
        // RFC 6238, appendix B: SHA-1, the last six of its eight digits.
        let secret = b"12345678901234567890";
        for (time, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(fitting_step(secret, code, time, 0).unwrap(), Some(time / 30), "{code}");
            assert_eq!(
                fitting_step(secret, code, time + 30, 0).unwrap(),
                Some(time / 30),
                "the clock of the phone is late"
            );
            assert_eq!(fitting_step(secret, code, time + 90, 0).unwrap(), None);
            assert_eq!(fitting_step(secret, code, time, time / 30).unwrap(), None, "it was used already");
        }
        assert_eq!(fitting_step(secret, "28 70 82", 59, 0).unwrap(), Some(1));
        assert_eq!(fitting_step(secret, "", 59, 0).unwrap(), None);
    }

    #[test]
    fn recovery_codes_differ() {
        let codes: std::collections::HashSet<_> = (0..50).map(|_| recovery_code()).collect();
        assert_eq!(codes.len(), 50);
        assert!(codes.iter().all(|code| code.len() == 11));
    }
}
