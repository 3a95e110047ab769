//! The authenticator app: set up, put in force by its first code, and taken away.

use anyhow::anyhow;
use qrcodegen::{QrCode, QrCodeEcc};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use types::{error::FieldRule, id::SessionId, user::SecondFactorSetup};

use super::{
    super::{Authenticated, actor, attempts},
    Change, check_own_password,
    code::{fitting_step, totp},
    counted_as, finish,
    recovery::{new_recovery_codes, recovery_hash},
};
use crate::{Error, Result, Services, mails::Letter};

/// A second factor that waits for its first code, as it is stored (encrypted).
#[derive(Serialize, Deserialize)]
struct Pending {
    /// Where it was begun. It is good nowhere else: whoever began it knows the secret, and may have been signed out since.
    /// None of an older version.
    session: Option<SessionId>,
    secret: [u8; 20],
    codes: Vec<String>,
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
    let pending = Pending { session: Some(asked_by.session_id), secret, codes: new_recovery_codes() };
    let sealed = services.secret_key.encrypt(&serde_json::to_vec(&pending)?);
    let begun = sqlx::query!(
        "update users set two_factor_pending = $2 where id = $1 and two_factor_secret is null",
        me.user_id.0,
        sealed
    )
    .execute(services.db.system().pool())
    .await?;
    if begun.rows_affected() == 0 {
        return Err(Error::Conflict("an authenticator app is already set up".into()));
    }
    Ok(())
}

/// The second factor that was begun in this session and waits for its first code, with the recovery codes that come with it.
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
    let Some(pending) = pending(services, asked_by).await? else { return Ok(None) };
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
/// [`Error::Validation`] of `code`; [`Error::NotFound`] when none was begun in this session; [`Error::InvalidCredentials`] after too
/// many wrong codes.
pub async fn confirm_second_factor(services: &Services, asked_by: &Authenticated, code: &str) -> Result<()> {
    asked_by.in_person()?;
    let me = &asked_by.me;
    let pending = pending(services, asked_by).await?.ok_or(Error::NotFound("second factor"))?;
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

async fn pending(services: &Services, asked_by: &Authenticated) -> Result<Option<Pending>> {
    let user = asked_by.me.user_id;
    let sealed = sqlx::query_scalar!("select two_factor_pending from users where id = $1", user.0)
        .fetch_optional(services.db.system().pool())
        .await?
        .flatten();
    let open = sealed.and_then(|sealed| services.secret_key.decrypt(&sealed));
    let pending: Option<Pending> = open.as_deref().map(serde_json::from_slice).transpose()?;
    Ok(pending.filter(|pending| pending.session == Some(asked_by.session_id)))
}
