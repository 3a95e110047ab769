//! Lock-out: after five failed sign-ins an address waits, longer with each further one. Addresses that nobody has
//! are counted in the same way, so the wait does not tell who is a user.

use crate::{Error, Result, Services};

/// Counts an attempt before the password is looked at, so that attempts at the same moment cannot all pass.
/// [`forgive`] takes it back after a success.
///
/// The fifth attempt in a row brings a wait of 30 seconds, each further one doubles it, up to 15 minutes. A day
/// without an attempt starts anew.
///
/// # Errors
/// [`Error::InvalidCredentials`] while the address waits.
pub(super) async fn count(services: &Services, email: &str) -> Result<()> {
    let counted = sqlx::query_scalar!(
        "insert into login_attempts as attempt (email_hash, failed_attempts, last_attempt_at) values ($1, 1, $2)
         on conflict (email_hash) do update set
           failed_attempts = case when attempt.last_attempt_at < $2 - interval '1 day' then 1
                                  else attempt.failed_attempts + 1 end,
           locked_until = case when attempt.last_attempt_at < $2 - interval '1 day' or attempt.failed_attempts < 4 then null
                               else $2 + make_interval(secs => least(900, 30 * power(2, least(attempt.failed_attempts, 20) - 4)))
                          end,
           last_attempt_at = $2
         where attempt.locked_until is null or attempt.locked_until <= $2
         returning failed_attempts",
        key(services, email),
        services.db.now()
    )
    .fetch_optional(services.db.system().pool())
    .await?;
    counted.map(|_| ()).ok_or(Error::InvalidCredentials)
}

/// Forgets the failed attempts of an address, after its password was right.
pub(super) async fn forgive(services: &Services, email: &str) -> Result<()> {
    sqlx::query!("delete from login_attempts where email_hash = $1", key(services, email))
        .execute(services.db.system().pool())
        .await?;
    Ok(())
}

/// The address under the installation's key: the table does not list who tried to sign in. Each character becomes one, as in
/// the `lower` that finds users: to_lowercase of the whole makes two of "İ", which would be counted apart from "i".
fn key(services: &Services, email: &str) -> Vec<u8> {
    let email: String = email.trim().chars().filter_map(|c| c.to_lowercase().next()).collect();
    services.secret_key.sign("login attempts", email.as_bytes()).to_vec()
}
