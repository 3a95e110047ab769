//! Codes of the app (RFC 6238), and the step of a sign-in that spends one.

use anyhow::anyhow;
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, TOTP};
use types::{error::FieldRule, id::UserId};

use super::{super::attempts, counted_as, recovery::recovery_hash};
use crate::{
    Error, Result, Services,
    mails::{self, Letter, Outgoing},
};

/// How long a code counts, in seconds.
const PERIOD: i64 = 30;

/// Checks a code at sign-in, and takes it: neither a code of the app nor a recovery code counts twice.
///
/// # Errors
/// [`Error::Validation`] of `code`; [`Error::InvalidCredentials`] after too many wrong ones.
pub(in crate::accounts) async fn spend_code(services: &Services, user: UserId, code: &str) -> Result<()> {
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

/// The app of this secret, called by the address under which it stands there.
pub(super) fn totp(secret: &[u8], email: &str) -> Result<TOTP> {
    let totp =
        TOTP::new(Algorithm::SHA1, 6, 1, PERIOD as u64, secret.to_vec(), Some("Biseda".into()), email.to_owned());
    Ok(totp.map_err(|error| anyhow!("second factor: {error}"))?)
}

/// The half minute that a code is of: the present one or one beside it, as clocks differ, and later than the last used.
pub(super) fn fitting_step(secret: &[u8], code: &str, now: i64, last: i64) -> Result<Option<i64>> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let totp = totp(secret, "")?;
    let current = now / PERIOD;
    let fits = |step: &i64| {
        let expected = totp.generate((step * PERIOD).unsigned_abs());
        bool::from(expected.as_bytes().ct_eq(code.as_bytes()))
    };
    Ok([current, current - 1, current + 1].into_iter().filter(|step| *step > last).find(fits))
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
}
